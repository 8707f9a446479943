// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/channels.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <limits>

using namespace halftone;

class TestChannels : public QObject {
    Q_OBJECT

    static inspect::Channels channels(const model::Tensor& tensor, int threads = 2)
    {
        Progress progress;
        return inspect::channels(tensor, Executor(threads), progress);
    }

    /// 40 rows x 5000 columns: longer than what is decoded at once.
    static std::vector<float> weights() { return test::bell(40 * 5000, 0.1f); }

private Q_SLOTS:
    void rowsAndColumnsHaveTheirMeansAndLargest()
    {
        const test::MadeTensor made(quant::Type::F32, 3, {1, -2, 3, -4, 5, -9});
        const auto seen = channels(made.tensor);
        QCOMPARE(seen.rows.mean, (std::vector<float>{2, 6}));
        QCOMPARE(seen.rows.max, (std::vector<float>{3, 9}));
        QCOMPARE(seen.columns.mean, (std::vector<float>{2.5f, 3.5f, 6}));
        QCOMPARE(seen.columns.max, (std::vector<float>{4, 5, 9}));
        QCOMPARE(seen.columns.medianMean, 3.5f);
        QCOMPARE(seen.columns.maxRatio(2), 9.0 / 5);
    }

    void outliersStandOutFromTheMedian()
    {
        std::vector<float> made = weights();
        for (std::size_t row = 0; row < 40; ++row) {
            made[row * 5000 + 4800] *= 9;
            made[row * 5000 + 17] *= 5;
            made[row * 5000 + 18] *= 2;  // not enough
        }
        const test::MadeTensor tensor(quant::Type::F16, 5000, made);
        const auto seen = channels(tensor.tensor);
        QCOMPARE(inspect::outliers(seen.columns), (std::vector<std::size_t>{4800, 17}));
        QVERIFY(inspect::outliers(seen.rows).empty());
        QVERIFY(std::abs(seen.columns.meanRatio(4800) - 9) < 2);
    }

    void aLoneSpikeShowsInTheLargest()
    {
        std::vector<float> made = weights();
        made[7 * 5000 + 123] = -20;
        const test::MadeTensor tensor(quant::Type::F32, 5000, made);
        const auto seen = channels(tensor.tensor);
        QCOMPARE(inspect::strongest(seen.columns, inspect::ChannelMeasure::Max, 1), (std::vector<std::size_t>{123}));
        QCOMPARE(inspect::strongest(seen.rows, inspect::ChannelMeasure::Max, 1), (std::vector<std::size_t>{7}));
        QCOMPARE(seen.columns.max[123], 20.0f);
    }

    void equalChannelsKeepTheirOrder()
    {
        const inspect::ChannelSide side{{2, 3, 2, 3}, {1, 1, 1, 1}, 2, 1};
        QCOMPARE(inspect::strongest(side, inspect::ChannelMeasure::Mean, 3), (std::vector<std::size_t>{1, 3, 0}));
        QCOMPARE(inspect::strongest(side, inspect::ChannelMeasure::Max, 99), (std::vector<std::size_t>{0, 1, 2, 3}));
    }

    void whatIsNotFiniteCountsAsNothing()
    {
        const test::MadeTensor made(quant::Type::F32, 2,
                                    {1, std::numeric_limits<float>::quiet_NaN(), 3, std::numeric_limits<float>::infinity()});
        const auto seen = channels(made.tensor);
        QCOMPARE(seen.columns.mean, (std::vector<float>{2, 0}));
        QCOMPARE(seen.columns.max, (std::vector<float>{3, 0}));
        QCOMPARE(seen.rows.mean, (std::vector<float>{0.5f, 1.5f}));
    }

    void theResultDoesNotDependOnTheThreads()
    {
        const test::MadeTensor made(quant::Type::F32, 5000, weights());
        const auto one = channels(made.tensor, 1), many = channels(made.tensor, 4);
        QCOMPARE(one.columns.mean, many.columns.mean);
        QCOMPARE(one.columns.max, many.columns.max);
        QCOMPARE(one.rows.mean, many.rows.mean);
    }

    void aTensorWithoutDataIsRefused()
    {
        test::MadeTensor made(quant::Type::F32, 2, {1, 2, 3, 4});
        made.tensor.data = {};
        QVERIFY_EXCEPTION_THROWN(channels(made.tensor), Error);
    }

    void aCancelledJobStops()
    {
        const test::MadeTensor made(quant::Type::F32, 2, {1, 2, 3, 4});
        Progress progress;
        progress.cancel();
        QVERIFY_EXCEPTION_THROWN(inspect::channels(made.tensor, Executor(1), progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestChannels)
#include "tst_channels.moc"
