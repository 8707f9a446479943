// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lesson/levels.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

using namespace halftone;
using namespace halftone::test;

namespace {

/// As defined, value by value.
double naiveRmse(std::span<const float> values, std::span<const double> levels)
{
    double sum = 0;
    for (const float value : values) {
        double least = 1e300;
        for (const double level : levels)
            least = std::min(least, std::pow(double(value) - level, 2));
        sum += least;
    }
    return std::sqrt(sum / double(values.size()));
}

lesson::Sample sampleOf(std::vector<float> weights, std::size_t columns)
{
    return {"made", weights.size(), columns, std::move(weights)};
}

/// Quantiles of a standard normal distribution, by bisection on erf.
std::vector<float> normalQuantiles(int count)
{
    std::vector<float> values;
    for (int i = 0; i < count; ++i) {
        double low = -8, high = 8;
        for (int step = 0; step < 60; ++step) {
            const double middle = (low + high) / 2;
            (0.5 * (1 + std::erf(middle / std::sqrt(2.0))) < (i + 0.5) / count ? low : high) = middle;
        }
        values.push_back(float(low));
    }
    return values;
}

}  // namespace

class TestLessonLevels : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void distinctValuesAreMetExactly()
    {
        const lesson::SortedValues values({3, -1, 3, 0.5f, -1, 7});
        const auto levels = lesson::lloydMax(values, {-1, 0, 1, 2});
        QCOMPARE(levels, (std::vector<double>{-1, 0.5, 3, 7}));
        QCOMPARE(lesson::rmse(values, levels), 0.0);
    }

    void twoClustersGetTheirMeans()
    {
        const lesson::SortedValues values({-2.25f, -2, -1.75f, 4, 5});
        const auto levels = lesson::lloydMax(values, {0, 1});
        QCOMPARE(levels, (std::vector<double>{-2, 4.5}));
        QCOMPARE(lesson::rmse(values, levels), std::sqrt((0.0625 + 0.0625 + 0.25 + 0.25) / 5));
    }

    void ofANormalDistributionTheLevelsAreThoseOfMax()
    {
        // J. Max, Quantizing for minimum distortion, IRE Trans. Inf. Theory 6 (1960), table I: N = 4 and N = 8.
        const lesson::SortedValues values(normalQuantiles(40000));
        const auto four = lesson::lloydMax(values, {-3, -1, 1, 3});
        QVERIFY(std::abs(four[3] - 1.510) < 2e-3 && std::abs(four[2] - 0.4528) < 2e-3);
        QVERIFY(std::abs(std::pow(lesson::rmse(values, four), 2) - 0.1175) < 5e-4);
        const auto eight = lesson::lloydMax(values, {-4, -3, -2, -1, 1, 2, 3, 4});
        QVERIFY(std::abs(eight[7] - 2.152) < 5e-3 && std::abs(eight[4] - 0.2451) < 2e-3);
        QVERIFY(std::abs(std::pow(lesson::rmse(values, eight), 2) - 0.03454) < 3e-4);
    }

    void errorsAreThoseOfTheNearestLevel()
    {
        const auto weights = bell(2000, 0.3f);
        const lesson::SortedValues values(weights);
        for (int bits = 2; bits <= 4; ++bits)
            for (const auto& levels :
                 {lesson::uniformLevels(bits), lesson::iq4Levels(), lesson::lloydMax(values, lesson::uniformLevels(bits))})
                QVERIFY(std::abs(lesson::rmse(values, levels) - naiveRmse(weights, levels)) < 1e-9);
    }

    void theBestBookIsBetterThanTheOthers()
    {
        const auto values = lesson::normalised(sampleOf(bell(32 * 500, 0.1f), 320));
        const double uniform = lesson::rmse(values, lesson::uniformLevels(4)), table = lesson::rmse(values, lesson::iq4Levels());
        const double best = lesson::rmse(values, lesson::lloydMax(values, lesson::uniformLevels(4)));
        QVERIFY(best < table);
        QVERIFY(table < uniform);
    }

    void aBlocksLargestWeightBecomesOne()
    {
        std::vector<float> weights(96, 1);
        weights[3] = -4;  // of the first block; the second is all equal, the third all zeros
        std::fill(weights.begin() + 64, weights.end(), 0.0f);
        const auto values = lesson::normalised(sampleOf(weights, 96));
        QCOMPARE(values.count(), std::size_t(64));
        QCOMPARE(values.values().front(), -0.25f);
        QCOMPARE(values.values()[30], -0.25f);
        QCOMPARE(values.values()[31], 1.0f);
    }

    void levelsAreThoseOfTheFormats()
    {
        QCOMPARE(lesson::uniformLevels(2), (std::vector<double>{-0.5, 0, 0.5, 1}));
        QCOMPARE(lesson::uniformLevels(4).front(), -7.0 / 8);
        const auto table = lesson::iq4Levels();
        QCOMPARE(table.size(), std::size_t(16));
        QCOMPARE(table.front(), -113.0 / 127);
        QCOMPARE(table.back(), 1.0);
        QVERIFY(std::ranges::is_sorted(table));
    }

    void noValuesHaveNoError()
    {
        const lesson::SortedValues none({});
        QCOMPARE(lesson::lloydMax(none, {0, 1}), (std::vector<double>{0, 1}));
        QCOMPARE(lesson::rmse(none, lesson::uniformLevels(2)), 0.0);
    }
};

QTEST_APPLESS_MAIN(TestLessonLevels)
#include "tst_lesson_levels.moc"
