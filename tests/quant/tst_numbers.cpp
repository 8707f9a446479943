// SPDX-License-Identifier: GPL-3.0-or-later
// Halves, the table of types, and weights that are no numbers.
#include "core/quant/codec.h"
#include "core/quant/half.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <vector>

using namespace halftone::quant;

class TestNumbers : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyHalfSurvivesTheWayThroughFloat()
    {
        for (std::uint32_t bits = 0; bits < 65536; ++bits) {
            const float value = halfToFloat(std::uint16_t(bits));
            if (std::isnan(value))
                QVERIFY((bits & 0x7fffu) > 0x7c00u && std::isnan(halfToFloat(floatToHalf(value))));
            else
                QCOMPARE(std::uint32_t(floatToHalf(value)), bits);
        }
    }

    void halfwayFloatsGoToTheEvenHalf()
    {
        for (std::uint32_t bits = 0; bits < 0x7bff; ++bits) {
            const float below = halfToFloat(std::uint16_t(bits));
            const float above = halfToFloat(std::uint16_t(bits + 1));
            const float middle = (below + above) / 2;
            QCOMPARE(std::uint32_t(floatToHalf(middle)), bits + (bits & 1));
            QCOMPARE(std::uint32_t(floatToHalf(std::nextafter(middle, 0.0f))), bits);
            QCOMPARE(std::uint32_t(floatToHalf(std::nextafter(middle, above))), bits + 1);
        }
    }

    void typesAreFoundByIdAndName()
    {
        for (const TypeInfo& type : allTypes()) {
            QCOMPARE(findType(std::uint32_t(type.type)), &type);
            QCOMPARE(findType(type.name), &type);
            QCOMPARE(rowBytes(type.type, 3 * type.blockSize), std::uint64_t(3 * type.blockBytes));
        }
        QVERIFY(!findType(std::uint32_t(4)));
        QVERIFY(!findType(std::uint32_t(9999)));
        QCOMPARE(findType("q4_k")->type, Type::Q4_K);
    }

    void findsTheFirstWeightThatIsNoNumber()
    {
        for (const std::size_t place : {0, 5, 1023, 1024, 2999}) {
            std::vector<float> weights(3000, std::numeric_limits<float>::max());
            QCOMPARE(findNonFinite(weights), weights.size());
            weights.back() = std::numeric_limits<float>::quiet_NaN();
            weights[place] = -std::numeric_limits<float>::infinity();
            QCOMPARE(findNonFinite(weights), place);
        }
    }

    void hardWeightsAreQuantizedToNumbers()
    {
        for (const TypeInfo& type : allTypes()) {
            if (!type.canQuantize)
                continue;
            for (const float size : {0.0f, 1e-44f, 1e-30f, -0.125f, 1e3f}) {
                std::vector<float> weights(512, size);
                weights[300] = -8 * size;
                std::vector<std::byte> packed(rowBytes(type.type, weights.size()));
                quantize(type.type, weights, weights.size(), {}, packed);
                dequantize(type.type, packed, weights);
                QVERIFY2(findNonFinite(weights) == weights.size(), type.name.data());
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestNumbers)
#include "tst_numbers.moc"
