// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lesson/grid.h"
#include "core/lesson/outliers.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::test;

class TestLessonGrid : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSymmetricGridHasZeroInItsMiddle()
    {
        const auto grid = lesson::symmetricGrid(6, 3);
        QCOMPARE(grid.levels(), (std::vector<double>{-6, -4, -2, 0, 2, 4, 6}));
        QCOMPARE(grid.snap(2.9), 2.0);
        QCOMPARE(grid.snap(-100), -6.0);
        QCOMPARE(grid.code(5.1), 3);
    }

    void anAffineGridReachesBothEnds()
    {
        const auto grid = lesson::affineGrid(1, 4, 2);
        QCOMPARE(grid.levels(), (std::vector<double>{1, 2, 3, 4}));
        QCOMPARE(grid.snap(0), 1.0);
        QCOMPARE(grid.code(2.6), 2);
    }

    void aGridWithoutAStepHasOneLevel()
    {
        QCOMPARE(lesson::symmetricGrid(0, 4).snap(3), 0.0);
        QCOMPARE(lesson::affineGrid(2, 2, 4).snap(3), 2.0);
    }

    void theErrorIsTheRootOfTheMeanSquare()
    {
        QCOMPARE(lesson::rmse(std::vector<float>{2.5f, -6, 3}, lesson::symmetricGrid(6, 3)), std::sqrt((0.25 + 0 + 1) / 3));
        QCOMPARE(lesson::rmse({}, lesson::symmetricGrid(1, 4)), 0.0);
    }

    void aWeightAloneIsMetExactly()
    {
        const auto best = lesson::bestReach(std::vector<float>{0, 0, 3}, 2);
        QCOMPARE(best.reach, 3.0);
        QCOMPARE(best.rmse, 0.0);
    }

    void theBestOfTwoLevelsIsTheMeanOfWhatLiesThere()
    {
        // With -s, 0, s and the weights 1, 1, 4: s = 2.5 for all but ... 4 -> s, 1 -> 0 gives 2; all -> s = 2 gives 6. The first wins.
        const auto best = lesson::bestReach(std::vector<float>{1, -1, 4}, 2);
        QCOMPARE(best.reach, 4.0);
        QCOMPARE(best.rmse, std::sqrt(2.0 / 3));
    }

    void noReachIsBetterThanTheBest_data()
    {
        QTest::addColumn<int>("bits");
        for (int bits = 2; bits <= 8; ++bits)
            QTest::newRow(qPrintable(QString::number(bits))) << bits;
    }
    void noReachIsBetterThanTheBest()
    {
        QFETCH(int, bits);
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const auto weights = bell(32, 0.1f, 0, seed);
            const auto best = lesson::bestReach(weights, bits);
            QVERIFY(std::abs(lesson::rmse(weights, lesson::symmetricGrid(best.reach, bits)) - best.rmse) < 1e-12);
            double least = 1;
            for (int i = 1; i <= 3000; ++i)
                least = std::min(least, lesson::rmse(weights, lesson::symmetricGrid(lesson::largestMagnitude(weights) * i / 2000, bits)));
            QVERIFY(best.rmse <= least * (1 + 1e-9));
            QVERIFY(best.rmse > 0.9 * least);  // and is one that exists
        }
    }

    void zerosNeedNoReach()
    {
        const auto best = lesson::bestReach(std::vector<float>(8, 0.0f), 4);
        QCOMPARE(best.reach, 0.0);
        QCOMPARE(best.rmse, 0.0);
    }

    void anOutlierStretchesTheLevelsOfTheOthers()
    {
        const std::vector<float> block{0.3f, -1, 0.5f, 0.1f};
        const auto plain = lesson::withOutlier(block, 1, 0, 3);
        QCOMPARE(plain.grid.levels().back(), 1.0);
        QCOMPARE(plain.enlarged, std::size_t(1));
        QCOMPARE(plain.bitsPerWeight, 3 + 16.0 / 4);
        const auto stretched = lesson::withOutlier(block, 10, 0, 3);
        QCOMPARE(stretched.weights[1], -10.0f);
        QCOMPARE(stretched.grid.levels().back(), 10.0);
        QCOMPARE(stretched.stored(0), 0.0);
        QVERIFY(std::abs(stretched.rmseOfOthers - std::sqrt((0.09 + 0.25 + 0.01) / 3)) < 1e-7);  // all fall to zero
        QVERIFY(plain.rmseOfOthers < stretched.rmseOfOthers);
    }

    void whatIsKeptAsideNoLongerStretches()
    {
        const std::vector<float> block{0.3f, -1, 0.5f, 0.1f};
        const auto kept = lesson::withOutlier(block, 10, 1, 3);
        QCOMPARE(kept.aside, (std::vector<std::size_t>{1}));
        QCOMPARE(kept.grid.levels().back(), 0.5);
        QCOMPARE(kept.stored(1), -10.0);
        QCOMPARE(kept.bitsPerWeight, 3 + (16.0 + 16 + 2) / 4);  // one of four places is two bits
        QVERIFY(kept.rmseOfOthers < 0.5 / 6 + 1e-9);
        QCOMPARE(lesson::withOutlier(block, 1, 2, 3).aside, (std::vector<std::size_t>{1, 2}));
    }
};

QTEST_APPLESS_MAIN(TestLessonGrid)
#include "tst_lesson_grid.moc"
