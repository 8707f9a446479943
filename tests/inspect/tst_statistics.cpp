// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/statistics.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <limits>
#include <numeric>

using namespace halftone;
using namespace halftone::test;
using quant::Type;

namespace {

/// The plain definition, in double, over the weights as the type holds them.
inspect::Statistics plainStatistics(const MadeTensor& made)
{
    std::vector<float> w(made.tensor.shape.elements());
    quant::dequantize(made.tensor.type, made.bytes, w);
    std::vector<double> finite;
    inspect::Statistics s;
    s.count = w.size();
    for (const float x : w) {
        if (std::isfinite(x))
            finite.push_back(x);
        else
            ++s.nonFinite;
        s.zeros += x == 0;
    }
    const double n = double(finite.size());
    s.min = *std::ranges::min_element(finite);
    s.max = *std::ranges::max_element(finite);
    s.absMax = std::max(-s.min, s.max);
    s.mean = std::accumulate(finite.begin(), finite.end(), 0.0) / n;
    double m2 = 0, m4 = 0;
    for (const double x : finite) {
        m2 += std::pow(x - s.mean, 2) / n;
        m4 += std::pow(x - s.mean, 4) / n;
    }
    s.std = std::sqrt(m2);
    s.kurtosis = m4 / (m2 * m2);
    for (const double x : finite)
        s.beyond6Sigma += std::abs(x - s.mean) > 6 * s.std;
    return s;
}

bool near(double a, double b, double relative)
{
    return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b)) + 1e-300;
}

}  // namespace

class TestStatistics : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreeWithTheirDefinition_data()
    {
        QTest::addColumn<int>("type");
        for (const Type type : {Type::F32, Type::F16, Type::BF16, Type::Q8_0, Type::Q4_0, Type::Q6_K, Type::Q4_K, Type::Q2_K})
            QTest::newRow(std::string(quant::name(type)).c_str()) << int(type);
    }
    void agreeWithTheirDefinition()
    {
        QFETCH(int, type);
        auto weights = bell(512 * 331, 0.02f, 0.003f);
        weights[1000] = 1.5f;   // an outlier far beyond six sigma
        const MadeTensor made(Type(type), 512, weights);
        const auto expected = plainStatistics(made);
        const Executor executor(2);
        Progress progress;
        const auto found = inspect::inspect(made.tensor, 100, executor, progress).statistics;
        QCOMPARE(found.count, expected.count);
        QCOMPARE(found.zeros, expected.zeros);
        QCOMPARE(found.min, expected.min);
        QCOMPARE(found.max, expected.max);
        QCOMPARE(found.absMax, expected.absMax);
        QVERIFY(near(found.mean, expected.mean, 1e-9));
        QVERIFY(near(found.std, expected.std, 1e-9));
        QVERIFY(near(found.kurtosis, expected.kurtosis, 1e-8));
        QCOMPARE(found.beyond6Sigma, expected.beyond6Sigma);
        QVERIFY(found.beyond6Sigma >= 1);
    }

    void histogramCountsEveryFiniteWeightOnce()
    {
        const auto weights = bell(256 * 77, 1.0f);
        for (const Type type : {Type::F32, Type::F16, Type::Q4_K}) {
            const MadeTensor made(type, 256, weights);
            const Executor executor(2);
            Progress progress;
            for (const int bins : {1, 7, 100, 10000}) {
                const auto histogram = inspect::inspect(made.tensor, bins, executor, progress).histogram;
                QCOMPARE(histogram.counts.size(), std::size_t(bins));
                QCOMPARE(std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t(0)), std::uint64_t(weights.size()));
                QVERIFY(histogram.counts.front() > 0);
                QVERIFY(histogram.counts.back() > 0);
            }
        }
    }

    void histogramPutsKnownValuesIntoTheirBins()
    {
        const MadeTensor made(Type::F32, 4, {0.0f, 1.0f, 2.0f, 3.5f, 4.0f, 4.0f, 0.5f, 1.5f});
        const Executor executor(1);
        Progress progress;
        const auto histogram = inspect::inspect(made.tensor, 4, executor, progress).histogram;
        QCOMPARE(histogram.low, 0.0);
        QCOMPARE(histogram.high, 4.0);
        const std::vector<std::uint64_t> expected{2, 2, 1, 3};
        QCOMPARE(histogram.counts, expected);
    }

    void nonFiniteWeightsAreCountedAndLeftOut()
    {
        for (const Type type : {Type::F32, Type::F16, Type::BF16}) {
            auto weights = bell(64 * 9, 1.0f);
            MadeTensor made(type, 64, weights);
            // Written as bits, since quantize() takes finite weights only.
            const std::size_t size = type == Type::F32 ? 4 : 2;
            const std::uint32_t infinity = type == Type::F32 ? 0x7f800000u : type == Type::F16 ? 0x7c00u : 0x7f80u;
            const std::uint32_t nan = infinity | 1;
            std::memcpy(made.bytes.data() + 5 * size, &infinity, size);
            std::memcpy(made.bytes.data() + 300 * size, &nan, size);
            const Executor executor(2);
            Progress progress;
            const auto result = inspect::inspect(made.tensor, 50, executor, progress);
            QCOMPARE(result.statistics.nonFinite, 2u);
            QVERIFY(std::isfinite(result.statistics.std));
            QVERIFY(std::isfinite(result.statistics.max));
            QCOMPARE(std::accumulate(result.histogram.counts.begin(), result.histogram.counts.end(), std::uint64_t(0)), std::uint64_t(weights.size() - 2));
        }
    }

    void constantTensorHasAPictureToo()
    {
        for (const float value : {0.0f, 1.0f, -3.0f}) {
            const MadeTensor made(Type::F32, 32, std::vector<float>(96, value));
            const Executor executor(1);
            Progress progress;
            const auto result = inspect::inspect(made.tensor, 10, executor, progress);
            QCOMPARE(result.statistics.std, 0.0);
            QCOMPARE(result.statistics.kurtosis, 0.0);
            QVERIFY(result.histogram.high > result.histogram.low);
            QCOMPARE(std::accumulate(result.histogram.counts.begin(), result.histogram.counts.end(), std::uint64_t(0)), 96u);
        }
    }

    void sameForAnyNumberOfThreads()
    {
        const MadeTensor made(Type::F32, 1024, bell(1024 * 700, 0.1f, 5.0f));
        Progress progress;
        const auto one = inspect::inspect(made.tensor, 333, Executor(1), progress);
        for (const int threads : {2, 3, 5}) {
            const auto many = inspect::inspect(made.tensor, 333, Executor(threads), progress);
            QCOMPARE(many.statistics.mean, one.statistics.mean);
            QCOMPARE(many.statistics.std, one.statistics.std);
            QCOMPARE(many.statistics.kurtosis, one.statistics.kurtosis);
            QCOMPARE(many.histogram.counts, one.histogram.counts);
        }
    }

    void farFromZeroTheSpreadIsStillExact()
    {
        const MadeTensor made(Type::F32, 256, bell(256 * 64, 1e-3f, 1000.0f));
        const auto expected = plainStatistics(made);
        Progress progress;
        const auto found = inspect::inspect(made.tensor, 10, Executor(1), progress).statistics;
        QVERIFY(near(found.std, expected.std, 1e-6));
        QVERIFY(near(found.kurtosis, expected.kurtosis, 1e-6));
    }

    void jointHistogramCoversAllItsTensors()
    {
        const MadeTensor a(Type::F16, 256, bell(256 * 8, 1.0f));
        const MadeTensor b(Type::Q8_0, 256, bell(256 * 16, 3.0f, 0, 9));
        const model::Tensor* both[] = {&a.tensor, &b.tensor};
        Progress progress;
        const auto histogram = inspect::jointHistogram(both, 64, Executor(2), progress);
        QCOMPARE(std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t(0)), std::uint64_t(256 * 24));
        const auto alone = inspect::inspect(b.tensor, 64, Executor(1), progress);
        QVERIFY(histogram.high >= alone.statistics.max);
    }

    void cancelledScanThrows()
    {
        const MadeTensor made(Type::F16, 256, bell(256 * 8, 1.0f));
        Progress progress;
        progress.cancel();
        QVERIFY_EXCEPTION_THROWN(inspect::inspect(made.tensor, 10, Executor(1), progress), Error);
    }
};

QTEST_APPLESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
