// SPDX-License-Identifier: GPL-3.0-or-later
// Codes beside the weights that the dequantizer makes of the same bytes.
#include "core/quant/codec.h"
#include "core/quant/codes.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace halftone;
using quant::Type;

Q_DECLARE_METATYPE(halftone::quant::Type)

class TestCodes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void codesLieOnTheGridOfTheirWeights_data()
    {
        QTest::addColumn<Type>("type");
        QTest::addColumn<int>("group");  // weights under one scale
        QTest::addColumn<int>("levels");
        QTest::newRow("Q4_0") << Type::Q4_0 << 32 << 16;
        QTest::newRow("Q4_1") << Type::Q4_1 << 32 << 16;
        QTest::newRow("Q5_0") << Type::Q5_0 << 32 << 32;
        QTest::newRow("Q5_1") << Type::Q5_1 << 32 << 32;
        QTest::newRow("Q8_0") << Type::Q8_0 << 32 << 256;
        QTest::newRow("Q2_K") << Type::Q2_K << 16 << 4;
        QTest::newRow("Q3_K") << Type::Q3_K << 16 << 8;
        QTest::newRow("Q4_K") << Type::Q4_K << 32 << 16;
        QTest::newRow("Q5_K") << Type::Q5_K << 32 << 32;
        QTest::newRow("Q6_K") << Type::Q6_K << 16 << 64;
    }
    void codesLieOnTheGridOfTheirWeights()
    {
        QFETCH(Type, type);
        QFETCH(int, group);
        QFETCH(int, levels);
        constexpr std::size_t kCount = 256 * 64;
        const test::MadeTensor made(type, 256, test::bell(kCount, 0.1f));
        std::vector<float> weights(kCount);
        std::vector<std::uint8_t> codes(kCount);
        quant::dequantize(type, made.bytes, weights);
        quant::unpackCodes(type, made.bytes, codes);
        QVERIFY(quant::hasCodes(type));
        std::set<int> seen;
        for (std::size_t begin = 0; begin < kCount; begin += std::size_t(group)) {
            const auto value = [&](std::size_t i) {
                return type == Type::Q8_0 ? int(std::int8_t(codes[begin + i])) : int(codes[begin + i]);
            };
            // The step between neighbouring levels, from the two most different codes of the group.
            std::size_t low = 0, high = 0;
            for (std::size_t i = 0; i < std::size_t(group); ++i) {
                QVERIFY(int(codes[begin + i]) < levels);
                seen.insert(value(i));
                low = value(i) < value(low) ? i : low;
                high = value(i) > value(high) ? i : high;
            }
            const double step =
                value(high) > value(low) ? (double(weights[begin + high]) - double(weights[begin + low])) / (value(high) - value(low)) : 0;
            for (std::size_t i = 0; i < std::size_t(group); ++i) {
                const double expected = double(weights[begin + low]) + step * (value(i) - value(low));
                QVERIFY2(std::abs(double(weights[begin + i]) - expected) < 1e-3 * std::abs(step) + 1e-12,
                         qPrintable(QString::number(begin + i)));
            }
            QVERIFY(step != 0);
        }
        QVERIFY(int(seen.size()) > levels * 3 / 4);
    }

    void floatsHaveNoCodes()
    {
        for (const Type type : {Type::F32, Type::F16, Type::BF16, Type::I32})
            QVERIFY(!quant::hasCodes(type));
    }
};

QTEST_APPLESS_MAIN(TestCodes)
#include "tst_codes.moc"
