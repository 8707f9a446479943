// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/infer/vector_math.h"
#include "core/quant/half.h"

#include <QtTest>

#include <cmath>
#include <numbers>
#include <random>

using namespace halftone;
using namespace halftone::infer;

namespace {

std::vector<float> randomRow(std::size_t length, float spread, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::vector<float> row(length);
    for (float& x : row)
        x = spread * (float(random() >> 8) / float(1 << 23) - 1);
    return row;
}

bool near(double a, double b, double tolerance)
{
    return std::abs(a - b) <= tolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

/// Lengths around every vector width, and long ones.
void addLengths()
{
    QTest::addColumn<int>("length");
    for (const int length : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64, 100, 513, 4099})
        QTest::addRow("%d", length) << length;
}

}  // namespace

/// Every kernel against its formula in double.
class TestVectorMath : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void halvesRoundLikeTheScalarCode_data() { addLengths(); }
    void halvesRoundLikeTheScalarCode()
    {
        QFETCH(int, length);
        const auto x = randomRow(std::size_t(length), 100, 1);
        std::vector<std::uint16_t> halves(x.size(), 0xffff);
        std::vector<float> back(x.size());
        narrowToHalves(x, halves);
        widenHalves(halves, back);
        for (std::size_t i = 0; i < x.size(); ++i) {
            QCOMPARE(halves[i], quant::floatToHalf(x[i]));
            QCOMPARE(back[i], quant::halfToFloat(halves[i]));
        }
    }

    void everyHalfWidensExactly()
    {
        std::vector<std::uint16_t> halves;
        for (std::uint32_t h = 0; h < 0x10000; ++h)
            if ((h & 0x7c00) != 0x7c00 || (h & 0x3ff) == 0)  // all but NaN
                halves.push_back(std::uint16_t(h));
        std::vector<float> wide(halves.size());
        widenHalves(halves, wide);
        for (std::size_t i = 0; i < halves.size(); ++i)
            QCOMPARE(wide[i], quant::halfToFloat(halves[i]));
    }

    void siluTimesAndAddAndNorm_data() { addLengths(); }
    void siluTimesAndAddAndNorm()
    {
        QFETCH(int, length);
        const std::size_t n = std::size_t(length);
        const auto x = randomRow(n, 20, 2), y = randomRow(n, 2, 3);
        auto silu = x, sum = x, norm = x;
        siluTimes(silu, y);
        addTo(sum, y);
        rmsNorm(x, y, 1e-5f, norm);
        double squares = 0;
        for (const float v : x)
            squares += double(v) * double(v);
        for (std::size_t i = 0; i < n; ++i) {
            QVERIFY(near(silu[i], double(x[i]) / (1 + std::exp(-double(x[i]))) * double(y[i]), 1e-6));
            QCOMPARE(sum[i], x[i] + y[i]);
            QVERIFY(near(norm[i], double(x[i]) / std::sqrt(squares / double(n) + 1e-5) * double(y[i]), 1e-5));
        }
    }

    void geluAddTimesAndLayerNorm_data() { addLengths(); }
    void geluAddTimesAndLayerNorm()
    {
        QFETCH(int, length);
        const std::size_t n = std::size_t(length);
        const auto x = randomRow(n, 6, 12), y = randomRow(n, 2, 13);
        auto alone = x, gated = x, sum = x, norm = x;
        gelu(alone);
        geluTimes(gated, y);
        addTimes(sum, y, 0.3f);
        layerNorm(x, y, 1e-5f, norm);
        double mean = 0, squares = 0;
        for (const float v : x)
            mean += double(v) / double(n);
        for (const float v : x)
            squares += (double(v) - mean) * (double(v) - mean);
        for (std::size_t i = 0; i < n; ++i) {
            const double v = double(x[i]), inner = std::sqrt(2 / std::numbers::pi) * (v + 0.044715 * v * v * v);
            QVERIFY(near(alone[i], v / 2 * (1 + std::tanh(inner)), 1e-6));
            QVERIFY(near(gated[i], v / 2 * (1 + std::tanh(inner)) * double(y[i]), 1e-6));
            QVERIFY(near(sum[i], v + double(0.3f) * double(y[i]), 1e-6));
            QVERIFY(near(norm[i], (v - mean) / std::sqrt(squares / double(n) + 1e-5) * double(y[i]), 1e-5));
        }
    }

    void clampedSiluTimesStopsAtItsLimits_data() { addLengths(); }
    void clampedSiluTimesStopsAtItsLimits()
    {
        QFETCH(int, length);
        const std::size_t n = std::size_t(length);
        const auto x = randomRow(n, 20, 14), y = randomRow(n, 15, 15);
        auto ours = x;
        clampedSiluTimes(ours, y);
        for (std::size_t i = 0; i < n; ++i) {
            const double gate = std::min(double(x[i]), 7.0), up = std::clamp(double(y[i]), -7.0, 7.0);
            QVERIFY(near(ours[i], gate / (1 + std::exp(-1.702 * gate)) * (up + 1), 1e-6));
        }
    }

    void aSoftCapIsALineAndThenAWall_data() { addLengths(); }
    void aSoftCapIsALineAndThenAWall()
    {
        QFETCH(int, length);
        const auto x = randomRow(std::size_t(length), 300, 14);
        auto capped = x;
        softCap(capped, 0.25f, 30);
        for (std::size_t i = 0; i < x.size(); ++i)
            QVERIFY(near(capped[i], 30 * std::tanh(double(x[i]) / 4 / 30), 1e-5));
    }

    void geluAndSoftCapOfExtremes()
    {
        std::vector<float> x{-1000, -50, 0, 50, 1000};
        gelu(x);
        QVERIFY(std::abs(x[0]) < 1e-30f && std::abs(x[1]) < 1e-30f);
        QCOMPARE(std::vector<float>(x.begin() + 2, x.end()), (std::vector<float>{0, 50, 1000}));
        softCap(x, 1, 30);
        QCOMPARE(x[2], 0.0f);
        QVERIFY(std::abs(x[4] - 30) < 1e-4f);
    }

    void siluOfExtremes()
    {
        std::vector<float> gate{-1000, -200, 0, 200, 1000};
        siluTimes(gate, std::vector<float>(5, 1.0f));
        QVERIFY(std::abs(gate[0]) < 1e-30f && std::abs(gate[1]) < 1e-30f);
        QCOMPARE(gate[2], 0.0f);
        QCOMPARE(gate[3], 200.0f);
        QCOMPARE(gate[4], 1000.0f);
    }

    void softmaxSumsToOne_data() { addLengths(); }
    void softmaxSumsToOne()
    {
        QFETCH(int, length);
        const auto x = randomRow(std::size_t(length), 30, 4);
        auto p = x;
        softmax(p, 0.5f);
        const double largest = double(*std::max_element(x.begin(), x.end()));
        double sum = 0, total = 0;
        for (const float v : x)
            sum += std::exp((double(v) - largest) / 2);
        for (std::size_t i = 0; i < x.size(); ++i) {
            QVERIFY(near(p[i], std::exp((double(x[i]) - largest) / 2) / sum, 2e-6));
            total += double(p[i]);
        }
        QVERIFY(near(total, 1, 1e-5));
    }

    void exponentialsGiveTheirSum_data() { addLengths(); }
    void exponentialsGiveTheirSum()
    {
        QFETCH(int, length);
        const auto x = randomRow(std::size_t(length), 30, 4);
        auto e = x;
        const float shift = 0.5f * (x.empty() ? 0 : largest(x));
        const float total = exponentials(e, 0.5f, shift);
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            QVERIFY(near(e[i], std::exp(double(x[i]) * 0.5 - double(shift)), 2e-6));
            sum += double(e[i]);
        }
        QVERIFY(near(total, sum, 1e-5));
    }

    void softmaxLeavesNothingToMinusInfinity()
    {
        std::vector<float> x(9, -std::numeric_limits<float>::infinity());
        x[4] = -3;
        softmax(x, 1);
        QCOMPARE(x[4], 1.0f);
        QCOMPARE(x[8], 0.0f);
    }

    void rotationTurnsPairs_data()
    {
        QTest::addColumn<int>("length");
        for (const int pairs : {1, 3, 8, 16, 20, 33, 64})
            QTest::addRow("%d", pairs) << pairs;
    }
    void rotationTurnsPairs()
    {
        QFETCH(int, length);
        const std::size_t pairs = std::size_t(length);
        const auto head = randomRow(2 * pairs + 3, 2, 5), c = randomRow(pairs, 1, 6), s = randomRow(pairs, 1, 7);
        for (const auto pairing : {RopePairing::Neighbours, RopePairing::Halves}) {
            auto turned = head;
            rotate(turned, c, s, pairing);
            for (std::size_t i = 0; i < pairs; ++i) {
                const std::size_t a = pairing == RopePairing::Neighbours ? 2 * i : i,
                                  b = pairing == RopePairing::Neighbours ? a + 1 : a + pairs;
                QVERIFY(near(turned[a], double(head[a]) * double(c[i]) - double(head[b]) * double(s[i]), 1e-6));
                QVERIFY(near(turned[b], double(head[a]) * double(s[i]) + double(head[b]) * double(c[i]), 1e-6));
            }
            QVERIFY(std::equal(head.end() - 3, head.end(), turned.end() - 3));
        }
    }

    void productAddsEveryRow()
    {
        for (const std::size_t rows : {1u, 3u, 4u, 5u, 9u}) {
            const std::size_t depth = 7, columns = 48;
            const auto a = randomRow(rows * 8, 1, 8), b = randomRow(depth * 50, 1, 9), c = randomRow(rows * 64, 1, 10);
            auto sum = c;
            addProduct({.a = a.data(),
                        .b = b.data(),
                        .c = sum.data(),
                        .rows = rows,
                        .depth = depth,
                        .columns = columns,
                        .strideA = 8,
                        .strideB = 50,
                        .strideC = 64});
            for (std::size_t i = 0; i < rows; ++i)
                for (std::size_t j = 0; j < 64; ++j) {
                    double expected = double(c[i * 64 + j]);
                    for (std::size_t k = 0; j < columns && k < depth; ++k)
                        expected += double(a[i * 8 + k]) * double(b[k * 50 + j]);
                    QVERIFY(near(sum[i * 64 + j], expected, 1e-6));
                }
        }
    }

    void logSumExpAndDivergence_data() { addLengths(); }
    void logSumExpAndDivergence()
    {
        QFETCH(int, length);
        const auto x = randomRow(std::size_t(length), 12, 11);
        auto y = x;
        const auto noise = randomRow(std::size_t(length), 0.02f, 12);
        for (std::size_t i = 0; i < y.size(); ++i)
            y[i] += noise[i];
        const auto exact = [](std::span<const float> row) {
            double sum = 0;
            for (const float v : row)
                sum += std::exp(double(v));
            return std::log(sum);
        };
        QVERIFY(near(logSumExp(x), exact(x), 1e-7));
        double kld = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const double p = double(x[i]) - exact(x), q = double(y[i]) - exact(y);
            kld += std::exp(p) * (p - q);
        }
        const double ours = klDivergence(x, logSumExp(x), y, logSumExp(y));
        QVERIFY2(std::abs(ours - kld) < 3e-7, qPrintable(QString("%1 %2").arg(ours).arg(kld)));
        QCOMPARE(klDivergence(x, logSumExp(x), x, logSumExp(x)), 0.0);
    }

    void argMaxIsTheFirstOfTheLargest_data() { addLengths(); }
    void argMaxIsTheFirstOfTheLargest()
    {
        QFETCH(int, length);
        auto x = randomRow(std::size_t(length), 5, 13);
        for (const std::size_t at : {std::size_t(0), x.size() / 2, x.size() - 1}) {
            auto y = x;
            y[at] = 9;
            y.back() = 9;
            QCOMPARE(argMax(y), at);
        }
        QCOMPARE(argMax(std::vector<float>(std::size_t(length), -2.0f)), std::size_t(0));
    }
};

QTEST_APPLESS_MAIN(TestVectorMath)
#include "tst_vector_math.moc"
