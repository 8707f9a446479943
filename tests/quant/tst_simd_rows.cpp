// SPDX-License-Identifier: GPL-3.0-or-later
// The SIMD conversions against their scalar references, on every instruction set of this machine.
#include "core/quant/codec.h"
#include "core/quant/float_rows.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/small_floats.h"

#include <QtTest>

#include <hwy/highway.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace halftone::quant;

namespace {

/// Rows of blocks: ordinary, zeros of both signs, constant, one outlier, subnormal, huge, ties, halves of the range.
std::vector<float> hardWeights(std::size_t blocks, std::mt19937& random)
{
    std::normal_distribution<float> gaussian;
    std::vector<float> x(blocks * 32);
    for (std::size_t b = 0; b < blocks; ++b) {
        const int kind = int(random() % 12);
        const float size = kind == 1 ? 1e-30f : kind == 2 ? 1e-41f : kind == 3 ? 1e37f : kind == 4 ? 3e-45f : 0.02f;
        float* block = x.data() + b * 32;
        for (std::size_t i = 0; i < 32; ++i)
            block[i] = kind == 5 ? (random() % 2 ? 0.0f : -0.0f) : kind == 6 ? -0.75f : kind == 7 ? float(int(random() % 256) - 128) / 2 : gaussian(random) * size;
        if (kind == 8)
            block[random() % 32] = -1000;
        if (kind == 9)
            block[3] = -(block[20] = 1);   // two of the largest magnitude
        if (kind == 10)
            for (std::size_t i = 0; i < 32; ++i)
                block[i] = i % 3 ? std::abs(block[i]) : (random() % 2 ? 0.0f : -0.0f);
        if (kind == 11)
            block[0] = std::numeric_limits<float>::max();
    }
    return x;
}

struct Format {
    Type type;
    QuantizeRow reference;
};

constexpr Format kSearched[] = {{Type::Q4_0, quantizeQ4_0}, {Type::Q4_1, quantizeQ4_1}, {Type::Q5_0, quantizeQ5_0}, {Type::Q5_1, quantizeQ5_1}};
constexpr Format kFormats[] = {{Type::Q4_0, quantizeQ4_0},     {Type::Q4_1, quantizeQ4_1},     {Type::Q5_0, quantizeQ5_0},
                               {Type::Q5_1, quantizeQ5_1},     {Type::Q8_0, quantizeQ8_0},     {Type::TQ1_0, quantizeTQ1_0},
                               {Type::TQ2_0, quantizeTQ2_0},   {Type::MXFP4, quantizeMXFP4},   {Type::NVFP4, quantizeNVFP4}};

}  // namespace

class TestSimdRows : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { hwy::SetSupportedTargetsForTest(0); }

    void blocksEqualTheReference_data() { everyTarget(); }
    void blocksEqualTheReference()
    {
        chooseTarget();
        std::mt19937 random(3);
        for (const Format& format : kFormats)
            for (int round = 0; round < 40; ++round) {
                const auto x = hardWeights(24, random);
                std::vector<std::byte> expected(rowBytes(format.type, x.size())), packed(expected.size());
                format.reference(x.data(), x.size(), nullptr, expected.data());
                quantize(format.type, x, x.size(), {}, packed);
                const std::size_t bytes = info(format.type).blockBytes;
                for (std::size_t b = 0; b < expected.size() / bytes; ++b) {
                    QVERIFY2(std::memcmp(expected.data() + b * bytes, packed.data() + b * bytes, bytes) == 0, qPrintable(QStringLiteral("%1, round %2, block %3").arg(QLatin1String(name(format.type).data())).arg(round).arg(b)));
                }
            }
    }

    /// Weights on the borders between MXFP4's levels and beside them, with either sign, under every scale that floats allow.
    void bordersOfLevelsEqualTheReference_data() { everyTarget(); }
    void bordersOfLevelsEqualTheReference()
    {
        chooseTarget();
        constexpr float kBorders[] = {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5};
        for (int exponent = -149; exponent <= 125; ++exponent) {
            std::vector<float> x{std::ldexp(-4.0f, exponent)};   // the largest: it decides the scale
            for (const float border : kBorders) {
                const float on = std::ldexp(border, exponent), infinite = std::numeric_limits<float>::infinity();
                for (const float weight : {on, -on, std::nextafter(on, 0.0f), -std::nextafter(on, infinite)})
                    x.push_back(weight);
            }
            x.resize(32, std::ldexp(1.0f, exponent));
            std::vector<std::byte> expected(rowBytes(Type::MXFP4, x.size())), packed(expected.size());
            quantizeMXFP4(x.data(), x.size(), nullptr, expected.data());
            quantize(Type::MXFP4, x, x.size(), {}, packed);
            QVERIFY2(expected == packed, qPrintable(QStringLiteral("exponent %1").arg(exponent)));
        }
    }

    void searchedBlocksEqualTheReference_data() { everyTarget(); }
    void searchedBlocksEqualTheReference()
    {
        chooseTarget();
        std::mt19937 random(4);
        for (const Format& format : kSearched)
            for (int round = 0; round < 30; ++round) {
                const auto x = hardWeights(19, random);   // not whole vectors of blocks
                std::vector<float> importance(x.size());
                for (float& value : importance)
                    value = float(random() % 1000) * 0.001f;
                std::vector<std::byte> expected(rowBytes(format.type, x.size())), packed(expected.size());
                format.reference(x.data(), x.size(), importance.data(), expected.data());
                quantize(format.type, x, x.size(), importance, packed);
                QVERIFY2(expected == packed, qPrintable(QStringLiteral("%1, round %2").arg(QLatin1String(name(format.type).data())).arg(round)));
            }
    }

    /// Where the logarithm of the largest weight rounds up to a whole number, and where it does not yet.
    void exponentsBesidePowersOfTwoEqualTheReference()
    {
        for (int exponent = -149; exponent < 128; ++exponent)
            for (int step = -1200; step <= 1200; ++step) {
                const float top = std::bit_cast<float>(std::bit_cast<std::uint32_t>(std::ldexp(1.0f, exponent)) + std::uint32_t(step));
                if (!(top > 0) || std::isinf(top))
                    continue;
                QCOMPARE(int(exponentForMXFP4(top)), int(std::uint8_t(int(std::floor(std::log2(top))) - 2 + 127)));
            }
    }

    void everyHalfBecomesItsFloat_data() { everyTarget(); }
    void everyHalfBecomesItsFloat()
    {
        chooseTarget();
        std::vector<std::uint16_t> halves(65536 + 5);
        for (std::size_t i = 0; i < halves.size(); ++i)
            halves[i] = std::uint16_t(i);
        std::vector<float> floats(halves.size()), bfloats(halves.size());
        halvesToFloats(reinterpret_cast<const std::byte*>(halves.data()), floats.data(), floats.size());
        bfloatsToFloats(reinterpret_cast<const std::byte*>(halves.data()), bfloats.data(), bfloats.size());
        for (std::size_t i = 0; i < halves.size(); ++i) {
            QCOMPARE(std::bit_cast<std::uint32_t>(floats[i]), std::bit_cast<std::uint32_t>(halfToFloat(halves[i])));
            QCOMPARE(std::bit_cast<std::uint32_t>(bfloats[i]), std::bit_cast<std::uint32_t>(bfloatToFloat(halves[i])));
        }
    }

    void floatsRoundAsTheReference_data() { everyTarget(); }
    void floatsRoundAsTheReference()
    {
        chooseTarget();
        std::mt19937 random(5);
        std::vector<float> x(200'003);
        for (std::size_t i = 0; i < x.size(); ++i)   // any bits at all, and the neighbourhood of every half's middle
            x[i] = i % 2 ? std::bit_cast<float>(std::uint32_t(random())) : std::bit_cast<float>(std::uint32_t(std::bit_cast<std::uint32_t>(halfToFloat(std::uint16_t(random()))) + 0x1000u + random() % 3 - 1));
        std::vector<std::uint16_t> halves(x.size()), bfloats(x.size());
        floatsToHalves(x.data(), x.size(), reinterpret_cast<std::byte*>(halves.data()));
        floatsToBfloats(x.data(), x.size(), reinterpret_cast<std::byte*>(bfloats.data()));
        for (std::size_t i = 0; i < x.size(); ++i) {
            QCOMPARE(halves[i], floatToHalf(x[i]));
            QCOMPARE(bfloats[i], floatToBfloat(x[i]));
        }
    }

    void findsWeightsThatAreNoNumbers_data() { everyTarget(); }
    void findsWeightsThatAreNoNumbers()
    {
        chooseTarget();
        for (const float wrong : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::signaling_NaN()})
            for (const std::size_t place : {0, 7, 8, 63, 4095, 4096, 5000}) {
                std::vector<float> x(5001, -std::numeric_limits<float>::max());
                QCOMPARE(findNonFinite(x), x.size());
                x[place] = wrong;
                QCOMPARE(findNonFinite(x), place);
            }
    }

private:
    static void everyTarget()
    {
        QTest::addColumn<qint64>("target");
        for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1)
            QTest::addRow("%s", hwy::TargetName(left & -left)) << qint64(left & -left);
    }

    static void chooseTarget()
    {
        QFETCH(qint64, target);
        hwy::SetSupportedTargetsForTest(target);
    }
};

QTEST_APPLESS_MAIN(TestSimdRows)
#include "tst_simd_rows.moc"
