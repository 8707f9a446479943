// SPDX-License-Identifier: GPL-3.0-or-later
// Halves, the table of types, and weights that are no numbers.
#include "core/base/error.h"
#include "core/quant/codec.h"
#include "core/quant/half.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <vector>

using namespace halftone::quant;

namespace {

constexpr std::size_t kHardColumns = 512;

std::vector<std::byte> packedRow(Type type, const std::vector<float>& weights, const std::vector<float>& importance)
{
    std::vector<std::byte> packed(rowBytes(type, weights.size()));
    quantize(type, weights, weights.size(), importance, packed);
    return packed;
}

/// Rows of one size and with one outlier eight times as large, up to `largest`.
std::vector<std::vector<float>> hardRows(float largest)
{
    std::vector<std::vector<float>> rows;
    for (const float size : {0.0f, 1e-44f, 1e-38f, 1e-30f, 1e-16f, 1e-8f, -0.125f, largest}) {
        rows.emplace_back(kHardColumns, size);
        rows.back()[300] = -8 * size;
        rows.emplace_back(kHardColumns);
        for (std::size_t i = 0; i < kHardColumns; ++i)
            rows.back()[i] = size * (float(i * 2654435761u % 1000) / 500 - 1);
    }
    return rows;
}

}  // namespace

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

    void hardWeightsAreQuantizedToNumbers_data()
    {
        QTest::addColumn<quint32>("id");
        QTest::addColumn<bool>("withImportance");
        for (const TypeInfo& type : allTypes())
            for (const bool withImportance : {false, true})
                if (type.canQuantize && (withImportance || !type.needsImportance))
                    QTest::addRow("%s%s", type.name.data(), withImportance ? " with importance" : "")
                        << quint32(type.type) << withImportance;
    }
    /// Zeros, constants, outliers, weights too small for a half; importance with zeros and ten orders of magnitude.
    void hardWeightsAreQuantizedToNumbers()
    {
        QFETCH(quint32, id);
        QFETCH(bool, withImportance);
        std::vector<float> importance(withImportance ? kHardColumns : 0);
        for (std::size_t i = 0; i < importance.size(); ++i)
            importance[i] = i % 7 == 0 ? 0 : std::pow(10.0f, float(i % 11) - 6);
        for (const auto& weights : hardRows(1000)) {
            const auto packed = packedRow(Type(id), weights, importance);
            std::vector<float> after(weights.size());
            dequantize(Type(id), packed, after);
            QCOMPARE(findNonFinite(after), after.size());
            QVERIFY(packed == packedRow(Type(id), weights, importance));
        }
    }

    /// What no format can hold must still neither crash nor depend on anything but the input.
    void hugeWeightsAreQuantizedTheSameWayTwice_data() { hardWeightsAreQuantizedToNumbers_data(); }
    void hugeWeightsAreQuantizedTheSameWayTwice()
    {
        QFETCH(quint32, id);
        QFETCH(bool, withImportance);
        for (const float size : {1e20f, std::numeric_limits<float>::max()})
            for (const float important : {1e-30f, 1.0f, 1e30f}) {
                const std::vector<float> importance(withImportance ? kHardColumns : 0, important);
                for (const auto& weights : hardRows(size / 16))
                    QVERIFY(packedRow(Type(id), weights, importance) == packedRow(Type(id), weights, importance));
            }
    }

    void coarseTypesAreRefusedWithoutImportance()
    {
        const std::vector<float> weights(256);
        for (const Type type : {Type::IQ1_S, Type::IQ2_XXS, Type::IQ2_XS}) {
            QVERIFY(info(type).needsImportance);
            QVERIFY_EXCEPTION_THROWN(packedRow(type, weights, {}), halftone::Error);
        }
    }
};

QTEST_APPLESS_MAIN(TestNumbers)
#include "tst_numbers.moc"
