// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/lesson/granularity.h"
#include "core/lesson/grid.h"
#include "core/lesson/sample.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <limits>

using namespace halftone;
using namespace halftone::test;
using quant::Type;

namespace {

lesson::Sample sampleOf(const model::Tensor& tensor)
{
    Progress progress;
    return lesson::sampleOf(tensor, progress);
}

}  // namespace

class TestLessonSample : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSmallTensorIsTakenWhole()
    {
        const auto weights = bell(std::size_t(64) * 10, 1);
        const MadeTensor made(Type::F32, 64, weights);
        const auto sample = sampleOf(made.tensor);
        QVERIFY(sample.isWhole());
        QCOMPARE(sample.weights, weights);
        QCOMPARE(sample.rows(), std::size_t(10));
        QCOMPARE(sample.tensor, std::string("made.weight"));
    }

    void ofALargeOneWholeRowsAreTakenEvenlySpaced()
    {
        constexpr std::size_t kColumns = 4096, kRows = 256;  // four times as many as are taken
        std::vector<float> weights(kColumns * kRows);
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = float(i / kColumns);
        const auto sample = sampleOf(MadeTensor(Type::F32, kColumns, weights).tensor);
        QVERIFY(!sample.isWhole());
        QCOMPARE(sample.rows(), std::size_t(64));
        for (std::size_t r = 0; r < sample.rows(); ++r)
            QCOMPARE(sample.row(r)[0], float(4 * r));
    }

    void ofAnEndlessRowTheBeginningIsTaken()
    {
        std::vector<float> weights(std::size_t(3) << 18, 0.25f);
        const auto sample = sampleOf(MadeTensor(Type::Q8_0, weights.size(), weights).tensor);
        QCOMPARE(sample.columns, std::size_t(lesson::Sample::kMostWeights));
        QCOMPARE(sample.rows(), std::size_t(1));
    }

    void blocksLieWithinARow()
    {
        std::vector<float> weights(80);
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = float(i);
        const auto sample = sampleOf(MadeTensor(Type::F32, 40, weights).tensor);
        QCOMPARE(sample.blocks(16), std::size_t(4));
        QCOMPARE(sample.block(2, 16)[0], 40.0f);
        QCOMPARE(sample.block(3, 16)[15], 71.0f);
    }

    void theLeastCentredBlockIsFound()
    {
        std::vector<float> weights(96);
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i] = (i % 2 ? 1.0f : -1.0f) + (i / 32 == 1 ? 0.5f : 0.1f);
        const auto sample = sampleOf(MadeTensor(Type::F32, 96, weights).tensor);
        QCOMPARE(lesson::leastCentredBlock(sample, 32), std::size_t(1));
    }

    void weightsThatAreNoNumbersAreRefused()
    {
        MadeTensor made(Type::F32, 32, bell(64, 1));
        const float nan = std::numeric_limits<float>::quiet_NaN();
        std::memcpy(made.bytes.data() + 40 * sizeof nan, &nan, sizeof nan);
        QVERIFY_EXCEPTION_THROWN(sampleOf(made.tensor), Error);
    }

    void aGroupsErrorIsThatOfItsGrid()
    {
        const auto sample = sampleOf(MadeTensor(Type::F32, 80, bell(80 * 6, 0.1f)).tensor);
        const auto costs = lesson::granularityCosts(sample, 4);
        QCOMPARE(costs.size(), std::size_t(5));  // tensor, row, 64, 32, 16
        double sum = 0;
        for (std::size_t r = 0; r < 6; ++r)
            for (const auto& [at, size] : {std::pair(0, 64), std::pair(64, 16)}) {
                const auto block = sample.row(r).subspan(std::size_t(at), std::size_t(size));
                const double rmse = lesson::rmse(block, lesson::symmetricGrid(lesson::largestMagnitude(block), 4));
                sum += rmse * rmse * size;
            }
        QVERIFY(std::abs(costs[2].rmse / std::sqrt(sum / 480) - 1) < 1e-5);
        QCOMPARE(costs[2].size, std::size_t(64));
        QCOMPARE(costs[2].bitsPerWeight, 4 + 16.0 / 40);  // two scales for 80 weights
        QCOMPARE(costs[0].bitsPerWeight, 4 + 16.0 / 480);
        QCOMPARE(costs[1].bitsPerWeight, 4 + 16.0 / 80);
        const double whole = lesson::rmse(sample.weights, lesson::symmetricGrid(lesson::largestMagnitude(sample.weights), 4));
        QVERIFY(std::abs(costs[0].rmse / whole - 1) < 1e-5);
    }

    void finerScalesCostMoreBitsAndLessError()
    {
        const auto sample = sampleOf(MadeTensor(Type::F32, 1024, bell(1024 * 64, 0.1f)).tensor);
        for (int bits = 2; bits <= 8; ++bits) {
            const auto costs = lesson::granularityCosts(sample, bits);
            QCOMPARE(costs.size(), std::size_t(7));
            for (std::size_t i = 1; i < costs.size(); ++i) {
                QVERIFY(costs[i].bitsPerWeight > costs[i - 1].bitsPerWeight);
                QVERIFY(costs[i].rmse < costs[i - 1].rmse);
            }
        }
    }

    void zerosCostNothing()
    {
        const auto sample = sampleOf(MadeTensor(Type::F32, 32, std::vector<float>(64, 0.0f)).tensor);
        for (const auto& cost : lesson::granularityCosts(sample, 3))
            QCOMPARE(cost.rmse, 0.0);
    }
};

QTEST_APPLESS_MAIN(TestLessonSample)
#include "tst_lesson_sample.moc"
