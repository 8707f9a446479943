// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/heat_map.h"
#include "core/model/tensor.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace halftone;

class TestHeatMap : public QObject {
    Q_OBJECT

    static model::Tensor matrix(const std::vector<float>& weights, std::uint64_t columns)
    {
        model::Tensor tensor;
        tensor.name = "blk.0.test.weight";
        tensor.shape.extent = {columns, weights.size() / columns, 1, 1};
        tensor.shape.rank = 2;
        tensor.data = std::as_bytes(std::span(weights));
        return tensor;
    }

    static inspect::HeatMap map(const model::Tensor& tensor, std::uint32_t height, std::uint32_t width, int threads = 2)
    {
        Progress progress;
        return inspect::heatMap(tensor, height, width, Executor(threads), progress);
    }

private Q_SLOTS:
    void aSmallMatrixHasACellForEachWeight()
    {
        const std::vector<float> weights{1, -2, 3, -4, 5, -6};
        const auto seen = map(matrix(weights, 3), 100, 100);
        QCOMPARE(seen.height, 2u);
        QCOMPARE(seen.width, 3u);
        QCOMPARE(seen.mean, (std::vector<float>{1, 2, 3, 4, 5, 6}));
        QCOMPARE(seen.max, seen.mean);
    }

    void cellsCoverEveryRowAndColumnOnce()
    {
        std::vector<float> weights(7 * 11, 1.0f);
        weights[5 * 11 + 9] = -8;   // row 5, column 9
        const auto seen = map(matrix(weights, 11), 3, 4);
        QCOMPARE(seen.height, 3u);
        QCOMPARE(seen.width, 4u);
        double total = 0;
        for (std::uint32_t y = 0; y < 3; ++y)
            for (std::uint32_t x = 0; x < 4; ++x) {
                const double cells = double((seen.firstRow(y + 1) - seen.firstRow(y)) * (seen.firstColumn(x + 1) - seen.firstColumn(x)));
                total += double(seen.mean[y * 4 + x]) * cells;
                const bool holds = seen.firstRow(y) <= 5 && 5 < seen.firstRow(y + 1) && seen.firstColumn(x) <= 9 && 9 < seen.firstColumn(x + 1);
                QCOMPARE(seen.max[y * 4 + x], holds ? 8.0f : 1.0f);
            }
        QVERIFY(std::abs(total - (7 * 11 + 7)) < 1e-3);
    }

    void notANumberIsLeftOut()
    {
        const std::vector<float> weights{1, std::numeric_limits<float>::quiet_NaN(), 3, std::numeric_limits<float>::infinity()};
        const auto seen = map(matrix(weights, 4), 1, 2);
        QCOMPARE(seen.mean, (std::vector<float>{1, 3}));
        QCOMPARE(seen.max, (std::vector<float>{1, 3}));
    }

    void theResultDoesNotDependOnTheThreads()
    {
        std::vector<float> weights(200 * 9000);
        std::uint32_t seed = 1;
        for (float& weight : weights)
            weight = float(seed = seed * 1664525u + 1013904223u) / 4294967296.0f - 0.5f;
        const auto one = map(matrix(weights, 9000), 64, 128, 1), many = map(matrix(weights, 9000), 64, 128, 4);
        QCOMPARE(one.mean, many.mean);
        QCOMPARE(one.max, many.max);
    }

    void aTensorWithoutDataIsRefused()
    {
        auto tensor = matrix({1, 2, 3, 4}, 2);
        tensor.data = {};
        QVERIFY_EXCEPTION_THROWN(map(tensor, 4, 4), Error);
    }

    void aCancelledJobStops()
    {
        const std::vector<float> weights(64, 1.0f);
        const auto tensor = matrix(weights, 8);
        Progress progress;
        progress.cancel();
        QVERIFY_EXCEPTION_THROWN(inspect::heatMap(tensor, 8, 8, Executor(1), progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestHeatMap)
#include "tst_heat_map.moc"
