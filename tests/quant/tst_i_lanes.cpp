// SPDX-License-Identifier: GPL-3.0-or-later
// The searches of the i-quants in SIMD lanes against those of one candidate after the other, on every instruction set of this machine.
#include "core/quant/eights.h"
#include "core/quant/lattice_lanes.h"
#include "core/quant/level_lanes.h"
#include "core/quant/level_search.h"
#include "core/quant/split_lanes.h"

#include <QtTest>

#include <hwy/highway.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace halftone::quant;

namespace {

/// 32 weights: ordinary, tiny, subnormal, huge, alike, few values with many ties, one outlier, zeros of both signs.
std::vector<float> hardWeights(std::mt19937& random)
{
    std::normal_distribution<float> gaussian;
    const int kind = int(random() % 10);
    const float size = kind == 1 ? 1e-12f : kind == 2 ? 1e-41f : kind == 3 ? 1e30f : 0.02f;
    std::vector<float> x(32);
    for (float& value : x)
        value = kind == 4 ? -3.0f
            : kind == 5   ? float(int(random() % 5) - 2)
            : kind == 6   ? (random() % 2 ? 0.0f : -0.0f)
                          : gaussian(random) * size;
    if (kind == 7)
        x[random() % 32] = 8.0f;
    if (kind == 8)
        for (std::size_t i = 0; i < 32; i += 1 + random() % 3)
            x[i] = 0;
    return x;
}

std::vector<float> errorWeights(const std::vector<float>& x, std::mt19937& random)
{
    const int kind = int(random() % 4);
    std::vector<float> weights(x.size());
    for (std::size_t i = 0; i < x.size(); ++i)
        weights[i] = kind == 0 ? x[i] * x[i]
            : kind == 1        ? 1.0f
            : kind == 2        ? std::pow(10.0f, float(random() % 9) - 4)
                               : float(random() % 3);
    return weights;
}

bool sameBits(float a, float b)
{
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) || (std::isnan(a) && std::isnan(b));
}

}  // namespace

class TestILanes : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { hwy::SetSupportedTargetsForTest(0); }

    void weightsEqualTheReference_data() { everyTarget(); }
    void weightsEqualTheReference()
    {
        chooseTarget();
        std::mt19937 random(5);
        std::normal_distribution<float> gaussian;
        constexpr float kTwoBits[4] = {-0.875f, 0.125f, 1.125f, 43}, kThreeBits[8] = {4, 12, 20, -28, 36, 44, 52, 62};
        for (int round = 0; round < 200; ++round) {
            Eights eights;
            for (std::size_t k = 0; k < 32; ++k) {
                eights.levels[k] = random();
                eights.signs[k] = random() & 255;
                eights.scale[k] = round % 3 == 0 ? 0.0f : round % 3 == 1 ? gaussian(random) * 1e-42f : gaussian(random);
            }
            std::vector<float> expected(256), found(256);
            unpackEights(eights, kTwoBits, expected.data());
            unpackEightsLanes(eights, kTwoBits, found.data());
            QVERIFY(std::ranges::equal(found, expected, sameBits));
            unpackEights(eights, kThreeBits, expected.data());
            unpackEightsLanes(eights, kThreeBits, found.data());
            QVERIFY(std::ranges::equal(found, expected, sameBits));
        }
    }

    void levelsEqualTheReference_data() { everyTarget(); }
    void levelsEqualTheReference()
    {
        chooseTarget();
        std::mt19937 random(1);
        for (int round = 0; round < 2000; ++round) {
            const auto x = hardWeights(random), weights = errorWeights(x, random);
            const float scale = searchLevelScale(x.data(), weights.data());
            QVERIFY(sameBits(searchLevelScaleLanes(x.data(), weights.data()), scale));
            const float inverse = round % 7 == 0 ? std::numeric_limits<float>::infinity() : 1 / scale;
            std::uint8_t codes[32];
            nearestLevels(x.data(), inverse, codes);
            for (std::size_t i = 0; i < 32; ++i)
                QCOMPARE(int(codes[i]), nearestLevel(inverse * x[i]));
        }
    }

    void latticesEqualTheReference_data() { everyTarget(); }
    void latticesEqualTheReference()
    {
        chooseTarget();
        using Again = LatticeSearch::Again;
        struct Case {
            LatticeSearch search;
            const CodeBook& book;
            std::size_t length;
        };
        const Case cases[] = {
            {{8, 2, 2, 6, 0.1f, Again::Always}, CodeBook::iq2xxs(), 32},
            {{8, 2, 2, 9, 0.1f, Again::ThoseThatAreOff}, CodeBook::iq2xs(), 16},
            {{8, 2, 2, 9, 0.1f, Again::ThoseThatAreOff}, CodeBook::iq2s(), 16},
            {{4, 3, 7, 15, 0.2f, Again::ThoseThatAreOff}, CodeBook::iq3xxs(), 32},
            {{4, 3, 7, 9, 0.2f, Again::AllIfAnyIsOff}, CodeBook::iq3s(), 32},
        };
        std::mt19937 random(2);
        for (const Case& c : cases)
            for (int round = 0; round < 400; ++round) {
                const LatticeBlock block = latticeBlock(c.length, random);
                const float largest = *std::max_element(block.x.begin(), block.x.end()), start = largest / float(2 * c.search.top + 1);
                const LatticeFit expected = searchLattice(block, c.search, c.book, largest, start);
                const LatticeFit found = searchLatticeLanes(block, c.search, c.book, largest, start);
                QVERIFY(sameBits(found.scale, expected.scale));
                QVERIFY(found.points == expected.points);
            }
    }

    void splitsEqualTheReference_data() { everyTarget(); }
    void splitsEqualTheReference()
    {
        chooseTarget();
        std::mt19937 random(3);
        for (int round = 0; round < 1500; ++round) {
            const auto x = hardWeights(random), weights = errorWeights(x, random);
            QVERIFY(same(searchSplitsTogetherLanes(x.data(), weights.data()), searchSplitsTogether(x.data(), weights.data())));
            QVERIFY(same(searchSplitsApartLanes(x.data(), weights.data()), searchSplitsApart(x.data(), weights.data())));
        }
    }

    void neighboursEqualTheReference_data() { everyTarget(); }
    void neighboursEqualTheReference()
    {
        chooseTarget();
        const CodeBook& book = CodeBook::iq1();
        std::mt19937 random(4);
        for (int round = 0; round < 3000; ++round) {
            const auto x = hardWeights(random), weights = errorWeights(x, random);
            std::uint16_t point = 0;
            for (int i = 0; i < 8; ++i)
                point = std::uint16_t(point << 2 | random() % 3);
            if (book.indexOf(point) >= 0)
                continue;
            const float scale = round % 50 == 0 ? std::numeric_limits<float>::infinity() : float(random() % 1000) * 1e-4f;
            const auto levels = levelsIQ1(round % 2);
            QCOMPARE(bestNeighbourIQ1(book.paddedNeighbours(point), levels, x.data(), weights.data(), scale),
                     bestNeighbourOneByOne(book.neighbours(point), levels, x.data(), weights.data(), scale));
        }
    }

private:
    static LatticeBlock latticeBlock(std::size_t length, std::mt19937& random)
    {
        LatticeBlock block{};
        const auto x = hardWeights(random), weights = errorWeights(x, random);
        block.length = length;
        for (std::size_t i = 0; i < length; ++i) {
            block.x[i] = random() % 16 ? std::abs(x[i]) : x[i];
            block.weights[i] = weights[i];
            block.roots[i] = std::sqrt(weights[i]);
        }
        return block;
    }

    static bool same(const std::optional<SplitFit>& a, const std::optional<SplitFit>& b)
    {
        if (!a || !b)
            return a.has_value() == b.has_value();
        return sameBits(a->scale, b->scale) && a->down == b->down && a->levels == b->levels;
    }

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

QTEST_APPLESS_MAIN(TestILanes)
#include "tst_i_lanes.moc"
