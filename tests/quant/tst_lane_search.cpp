// SPDX-License-Identifier: GPL-3.0-or-later
// The search across blocks against the search of one block, on every instruction set of this machine.
#include "core/quant/lane_search.h"

#include <QtTest>

#include <hwy/highway.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace halftone::quant;

namespace {

/// 16 blocks of hard and easy weights in turn.
std::vector<float> blocksOfWeights(std::size_t length, std::mt19937& random)
{
    std::normal_distribution<float> gaussian;
    std::vector<float> x(16 * length);
    for (std::size_t block = 0; block < 16; ++block) {
        const int kind = int(random() % 10);
        const float size = kind == 1 ? 1e-12f : kind == 2 ? 1e-41f : kind == 3 ? 1e37f : 0.02f;
        for (std::size_t i = 0; i < length; ++i)
            x[block * length + i] = kind == 4 ? 0.0f : kind == 5 ? 0.125f : kind == 6 ? -3.0f : gaussian(random) * size;
        if (kind == 7)
            x[block * length + random() % length] = 8.0f;
        if (kind == 8)
            for (std::size_t i = 0; i < length; ++i)
                x[block * length + i] = std::abs(x[block * length + i]);
        if (kind == 9)
            x[block * length] = std::numeric_limits<float>::max();
    }
    return x;
}

bool sameBits(float a, float b)
{
    return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
}

}  // namespace

class TestLaneSearch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { hwy::SetSupportedTargetsForTest(0); }

    void equalsTheSearchOfOneBlock_data()
    {
        QTest::addColumn<qint64>("target");
        for (std::int64_t left = hwy::SupportedTargets(); left != 0; left &= left - 1)
            QTest::addRow("%s", hwy::TargetName(left & -left)) << qint64(left & -left);
    }
    void equalsTheSearchOfOneBlock()
    {
        QFETCH(qint64, target);
        hwy::SetSupportedTargetsForTest(target);
        std::mt19937 random(7);
        struct Case {
            std::size_t length;
            int most;
            AffineSteps steps;
        };
        for (const Case& c : {Case{16, 3, {-0.5f, 0.1f, 15, true}}, Case{32, 15, {-1.0f, 0.1f, 20, false}}, Case{32, 31, {-0.9f, 0.05f, 36, false}}})
            for (int round = 0; round < 50; ++round) {
                const auto x = blocksOfWeights(c.length, random);
                std::vector<float> weights(x.size());
                for (std::size_t i = 0; i < x.size(); ++i)
                    weights[i] = round % 3 == 0 ? std::abs(x[i]) : float(random() % 100) * 0.01f;
                std::vector<float> scales(16), minimums(16);
                std::vector<std::uint8_t> codes(x.size()), expected(c.length);
                searchAffineLanes(x.data(), weights.data(), 16, c.length, c.most, c.steps, scales.data(), minimums.data(), codes.data());
                for (std::size_t b = 0; b < 16; ++b) {
                    float minimum = 0;
                    const float scale = searchAffine({x.data() + b * c.length, c.length}, weights.data() + b * c.length, c.most, c.steps, expected.data(), minimum);
                    QVERIFY(sameBits(scales[b], scale));
                    QVERIFY(sameBits(minimums[b], minimum));
                    QVERIFY(std::equal(expected.begin(), expected.end(), codes.begin() + std::ptrdiff_t(b * c.length)));
                }
            }
    }

    void positiveEqualsTheSearchOfOneBlock_data() { equalsTheSearchOfOneBlock_data(); }
    void positiveEqualsTheSearchOfOneBlock()
    {
        QFETCH(qint64, target);
        hwy::SetSupportedTargetsForTest(target);
        std::mt19937 random(13);
        for (const int most : {4, 15, 63})
            for (int round = 0; round < 80; ++round) {
                const std::size_t length = round % 3 == 0 ? 8 : round % 3 == 1 ? 16 : 32, blocks = round % 2 ? 16 : 5;
                auto x = blocksOfWeights(length, random);
                std::vector<float> weights(x.size());
                for (std::size_t i = 0; i < x.size(); ++i) {
                    x[i] = random() % 20 ? std::abs(x[i]) : x[i];   // a few are negative where signs must come out even
                    weights[i] = round % 4 == 0 ? std::abs(x[i]) : float(random() % 100) * 0.01f;
                }
                std::vector<float> scales(blocks);
                std::vector<std::uint8_t> codes(blocks * length), expected(length);
                searchPositiveLanes(x.data(), weights.data(), blocks, length, most, scales.data(), codes.data());
                for (std::size_t b = 0; b < blocks; ++b) {
                    const float scale = searchPositive({x.data() + b * length, length}, weights.data() + b * length, most, expected.data());
                    QVERIFY(sameBits(scales[b], scale));
                    QVERIFY(std::equal(expected.begin(), expected.end(), codes.begin() + std::ptrdiff_t(b * length)));
                }
            }
    }

    void refinedEqualsTheSearchOfOneBlock_data() { equalsTheSearchOfOneBlock_data(); }
    void refinedEqualsTheSearchOfOneBlock()
    {
        QFETCH(qint64, target);
        hwy::SetSupportedTargetsForTest(target);
        std::mt19937 random(17);
        for (int round = 0; round < 200; ++round) {
            const std::size_t length = 16, blocks = round % 2 ? 16 : 3;
            const auto x = blocksOfWeights(length, random);
            std::vector<float> scales(blocks);
            std::vector<std::int8_t> codes(blocks * length), expected(length);
            refineSymmetricLanes(x.data(), blocks, length, 4, scales.data(), codes.data());
            for (std::size_t b = 0; b < blocks; ++b) {
                const float scale = refineSymmetric({x.data() + b * length, length}, 4, expected.data());
                QVERIFY(sameBits(scales[b], scale));
                QVERIFY(std::equal(expected.begin(), expected.end(), codes.begin() + std::ptrdiff_t(b * length)));
            }
        }
    }

    void symmetricEqualsTheSearchOfOneBlock_data() { equalsTheSearchOfOneBlock_data(); }
    void symmetricEqualsTheSearchOfOneBlock()
    {
        QFETCH(qint64, target);
        hwy::SetSupportedTargetsForTest(target);
        std::mt19937 random(11);
        for (const int half : {4, 8, 16, 32})
            for (int round = 0; round < 60; ++round) {
                const std::size_t length = round % 2 ? 16 : 32;
                const auto x = blocksOfWeights(length, random);
                std::vector<float> weights(x.size());
                for (float& weight : weights)
                    weight = float(random() % 100) * 0.01f;
                const bool given = round % 3 != 0;
                std::vector<float> scales(16);
                std::vector<std::int8_t> codes(x.size()), expected(length);
                searchSymmetricLanes(x.data(), given ? weights.data() : nullptr, 16, length, half, scales.data(), codes.data());
                for (std::size_t b = 0; b < 16; ++b) {
                    const float scale = searchSymmetric({x.data() + b * length, length}, half, given ? Weighing::Given : Weighing::Square, weights.data() + b * length, expected.data());
                    QVERIFY2(sameBits(scales[b], scale), qPrintable(QStringLiteral("half %1, round %2, block %3: %4 instead of %5; largest %6").arg(half).arg(round).arg(b).arg(double(scales[b]), 0, 'g', 9).arg(double(scale), 0, 'g', 9).arg(double(x[b*length]))));
                    QVERIFY(std::equal(expected.begin(), expected.end(), codes.begin() + std::ptrdiff_t(b * length)));
                }
            }
    }
};

QTEST_APPLESS_MAIN(TestLaneSearch)
#include "tst_lane_search.moc"
