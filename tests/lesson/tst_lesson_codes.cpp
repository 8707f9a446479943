// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/compressibility.h"
#include "core/lesson/code_counts.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <numeric>

using namespace halftone;
using namespace halftone::test;
using quant::Type;

namespace {

lesson::Sample sampleOf(std::vector<float> weights, std::size_t columns)
{
    return {"made", weights.size(), columns, std::move(weights)};
}

}  // namespace

class TestLessonCodes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void entropyOfKnownCounts()
    {
        QCOMPARE(inspect::entropyBits(std::vector<std::uint64_t>{4, 2, 1, 1, 0}), 1.75);
        QCOMPARE(inspect::entropyBits(std::vector<std::uint64_t>{0, 9}), 0.0);
        QCOMPARE(inspect::entropyBits({}), 0.0);
    }

    void everyWeightIsCountedByItsCode()
    {
        const auto counts = lesson::countCodes(sampleOf({4, -4, 1, 2, 3, 0, 0, 1}, 8), 4, 4);
        QCOMPARE(counts.first, -7);
        QCOMPARE(counts.counts, (std::vector<std::uint64_t>{1, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 1, 0, 0, 2}));  // 7 -7 2 4 and 7 0 0 2
        QCOMPARE(counts.storedBits, 4.0);
    }

    void codesOfATypeAreThoseOfItsBlocks()
    {
        std::vector<float> weights(32, 0);
        weights[0] = 127;
        weights[1] = -3;
        const auto counts = lesson::countCodes(sampleOf(weights, 32), Type::Q8_0);
        QCOMPARE(counts.first, -128);
        QCOMPARE(counts.counts[127 + 128], std::uint64_t(1));
        QCOMPARE(counts.counts[128 - 3], std::uint64_t(1));
        QCOMPARE(counts.counts[128], std::uint64_t(30));
        QVERIFY(std::abs(counts.entropyBits - (-30.0 / 32 * std::log2(30.0 / 32) + 2.0 / 32 * 5)) < 1e-12);
    }

    void entropyIsTheInspectorsForEveryType()
    {
        const auto weights = bell(256 * 40, 0.1f);
        const auto sample = sampleOf(weights, 256);
        const auto types = lesson::countableTypes(sample);
        QCOMPARE(types.size(), std::size_t(10));
        for (const Type type : types) {
            const MadeTensor made(type, 256, weights);
            Progress progress;
            const auto expected = inspect::compressibility(made.tensor, Executor(1), progress);
            const auto counts = lesson::countCodes(sample, type);
            QVERIFY(std::abs(counts.entropyBits - expected.entropyBits) < 1e-9);
            QCOMPARE(std::accumulate(counts.counts.begin(), counts.counts.end(), std::uint64_t(0)), std::uint64_t(weights.size()));
            QCOMPARE(counts.counts.size(), std::size_t(1) << int(counts.storedBits));
            QVERIFY(counts.savedShare() > 0 && counts.savedShare() < 0.5);
        }
    }

    void onlyTypesThatFitTheRowsAreOffered()
    {
        const auto types = lesson::countableTypes(sampleOf(bell(96, 1), 96));
        QCOMPARE(types, (std::vector<Type>{Type::Q4_0, Type::Q4_1, Type::Q5_0, Type::Q5_1, Type::Q8_0}));
        QVERIFY(lesson::countableTypes(sampleOf(bell(10, 1), 10)).empty());
    }

    void ofALargeSampleWholeRowsAreCounted()
    {
        const auto counts = lesson::countCodes(sampleOf(bell(lesson::kMostCounted + 3 * 640, 1), 640), 3, 32);
        QCOMPARE(std::accumulate(counts.counts.begin(), counts.counts.end(), std::uint64_t(0)),
                 std::uint64_t(lesson::kMostCounted / 640 * 640));
    }
};

QTEST_APPLESS_MAIN(TestLessonCodes)
#include "tst_lesson_codes.moc"
