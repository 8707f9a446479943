// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lesson/anatomy.h"
#include "core/quant/codec.h"
#include "tests/inspect/made_tensor.h"

#include <QtTest>

#include <numeric>

using namespace halftone;
using namespace halftone::test;
using quant::Type;

class TestLessonAnatomy : public QObject {
    Q_OBJECT

    static void addTypes()
    {
        QTest::addColumn<int>("type");
        for (const Type type : lesson::anatomyTypes())
            QTest::newRow(std::string(quant::name(type)).c_str()) << int(type);
    }

private Q_SLOTS:
    void theFieldsAreTheWholeBlock_data() { addTypes(); }
    void theFieldsAreTheWholeBlock()
    {
        QFETCH(int, type);
        std::uint32_t bits = 0;
        for (const lesson::Field& field : lesson::fieldsOf(Type(type)))
            bits += field.bits;
        QCOMPARE(bits, 8 * quant::info(Type(type)).blockBytes);
    }

    void thePartsGiveTheCodecsWeights_data() { addTypes(); }
    void thePartsGiveTheCodecsWeights()
    {
        QFETCH(int, type);
        const std::size_t size = quant::info(Type(type)).blockSize;
        for (std::uint64_t seed = 1; seed <= 10; ++seed) {
            const auto weights = bell(size, 0.1f, seed % 2 ? 0.02f : -0.02f, seed);
            std::vector<std::byte> packed(quant::rowBytes(Type(type), size));
            quant::quantize(Type(type), weights, size, {}, packed);
            std::vector<float> back(size);
            quant::dequantize(Type(type), packed, back);

            const auto anatomy = lesson::dissect(Type(type), weights);
            double error2 = 0;
            for (std::size_t i = 0; i < size; ++i) {
                const std::size_t sub = i / anatomy.subBlockSize();
                const auto grid = anatomy.packedGrid(sub);
                const int code = Type(type) == Type::Q8_0 ? int(std::int8_t(anatomy.codes[i])) : anatomy.codes[i] + grid.first;
                QVERIFY(std::abs(grid.level(code) - double(back[i])) < 1e-6);
                error2 += std::pow(double(weights[i]) - double(back[i]), 2);
            }
            // The encoder's codes and the nearest levels agree but for ties that it broke before rounding the scale.
            const double packedRmse = std::sqrt(error2 / double(size));
            QVERIFY(anatomy.rmse(0, anatomy.packedGrid(0)) <= packedRmse * (1 + 1e-6));
            QVERIFY(anatomy.rmse(0, anatomy.packedGrid(0)) > packedRmse * 0.97);
        }
    }

    void subBlocksAreThoseOfTheFormat()
    {
        QCOMPARE(lesson::dissect(Type::Q4_K, bell(256, 1)).subBlocks.size(), std::size_t(8));
        QCOMPARE(lesson::dissect(Type::Q6_K, bell(256, 1)).subBlockSize(), std::size_t(16));
        QCOMPARE(lesson::dissect(Type::Q4_1, bell(32, 1)).subBlocks.size(), std::size_t(1));
        QVERIFY(!lesson::dissect(Type::Q6_K, bell(256, 1)).subBlocks[3].minimumDial.exists());
    }

    void turningASubBlockMovesItsWeightsOnly()
    {
        const auto anatomy = lesson::dissect(Type::Q4_K, bell(256, 0.1f));
        const auto packed = anatomy.packedGrid(3);
        const auto turned = anatomy.grid(3, anatomy.subBlocks[3].scaleDial.packed / 2, 0);
        QVERIFY(turned.step > 0 && turned.step < packed.step);
        QCOMPARE(turned.offset, 0.0);
        const auto square = [&](const lesson::Grid& grid) { return 32 * std::pow(lesson::rmse(anatomy.weightsOf(3), grid), 2); };
        const double change = 256 * (std::pow(anatomy.rmse(3, turned), 2) - std::pow(anatomy.rmse(3, packed), 2));
        QVERIFY(std::abs(change - (square(turned) - square(packed))) < 1e-9);
    }

    void perCentOfAScaleIsRoundedAsTheFileRounds()
    {
        const auto anatomy = lesson::dissect(Type::Q8_0, std::vector<float>(32, 127));
        QCOMPARE(anatomy.d, 1.0);
        QCOMPARE(anatomy.grid(0, 50, 0).step, 0.5);
        QCOMPARE(anatomy.grid(0, 33, 0).step, 0.330078125);  // the half nearest to 0.33
        QCOMPARE(anatomy.rmse(0, anatomy.grid(0, 50, 0)), 127 - 63.5);
    }

    void noDialIsBetterThanTheBest_data() { addTypes(); }
    void noDialIsBetterThanTheBest()
    {
        QFETCH(int, type);
        const auto anatomy = lesson::dissect(Type(type), bell(quant::info(Type(type)).blockSize, 0.1f));
        for (std::size_t sub = 0; sub < anatomy.subBlocks.size(); ++sub) {
            const auto best = lesson::bestDials(anatomy, sub);
            const double least = lesson::rmse(anatomy.weightsOf(sub), anatomy.grid(sub, best.scale, best.minimum));
            const auto& part = anatomy.subBlocks[sub];
            QVERIFY(least <= lesson::rmse(anatomy.weightsOf(sub), anatomy.packedGrid(sub)));
            for (int scale = part.scaleDial.low; scale <= part.scaleDial.high; scale += 3)
                for (int minimum = part.minimumDial.low; minimum <= part.minimumDial.high; minimum += 7)
                    QVERIFY(least <= lesson::rmse(anatomy.weightsOf(sub), anatomy.grid(sub, scale, minimum)) + 1e-15);
        }
    }
};

QTEST_APPLESS_MAIN(TestLessonAnatomy)
#include "tst_lesson_anatomy.moc"
