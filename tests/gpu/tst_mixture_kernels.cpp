// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels of mixtures of experts beside what core computes.
#include "core/infer/routing.h"
#include "tests/gpu/kernel_test.h"

#include <array>
#include <bit>

using namespace halftone;
using namespace halftone::gpu;

Q_DECLARE_METATYPE(halftone::infer::RoutingRule)

class TestMixtureKernels : public KernelTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { open(); }
    void cleanup() { nothingWasComplainedAbout(); }

    void tokensGoToTheirBestExperts_data()
    {
        QTest::addColumn<infer::RoutingRule>("rule");
        QTest::addColumn<bool>("biased");
        const infer::RoutingRule plain{.experts = 70, .used = 5};
        infer::RoutingRule sum = plain,
                           deepseek3{
                               .experts = 72, .used = 6, .sumToOne = true, .sigmoid = true, .scale = 2.5f, .groups = 8, .groupsUsed = 3};
        sum.sumToOne = true;
        infer::RoutingRule single = deepseek3;  // groups of one expert each
        single.groups = 72;
        single.groupsUsed = 9;
        QTest::newRow("probabilities as they are") << plain << false;
        QTest::newRow("shares of one") << sum << false;
        QTest::newRow("a bias for the choice") << sum << true;
        QTest::newRow("the best groups") << deepseek3 << true;
        QTest::newRow("the best groups of one") << single << false;
        QTest::newRow("most experts") << infer::RoutingRule{.experts = 1024, .used = 8, .groups = 4, .groupsUsed = 2} << true;
    }
    void tokensGoToTheirBestExperts()
    {
        QFETCH(infer::RoutingRule, rule);
        QFETCH(bool, biased);
        constexpr std::uint32_t kTokens = 7;
        constexpr std::array<std::uint32_t, 3> kTied{3, 12, 69};
        auto scores = randomFloats(kTokens * rule.experts, 1, 3);
        const auto bias = randomFloats(rule.experts, 2, 0.2f);
        for (const std::uint32_t tied : kTied)
            scores[tied] = 20;  // of equal ones the first
        const std::size_t places = kTokens * rule.used;
        const Buffer logits = uploaded(scores), biases = uploaded(bias), chosen = empty(places), shares = empty(places);
        run([&](NetworkCommands& steps) { steps.route({logits, chosen, shares, biased ? Slice(biases) : Slice(), kTokens, rule}); });
        const auto ids = downloaded(chosen, places), weights = downloaded(shares, places);
        const infer::Routing expected = infer::route(scores, rule, biased ? std::span<const float>(bias) : std::span<const float>());
        for (std::size_t slot = 0; slot < places; ++slot) {
            const auto expert = std::bit_cast<std::uint32_t>(ids[slot]);
            QVERIFY(expert < rule.experts);
            const auto& routed = expected[expert];
            const auto found = std::ranges::find(routed, slot / rule.used, &infer::Routed::token);
            QVERIFY(found != routed.end());
            QVERIFY(std::abs(weights[slot] / found->weight - 1) < 1e-5f);
            QVERIFY(slot >= 3 || biased || rule.groups > 1 || expert == kTied[slot]);
        }
    }

    void tokensAreGatheredByExpert()
    {
        constexpr std::uint32_t kTokens = 90, kUsed = 3, kExperts = 7, kStride = 100;
        std::vector<std::uint32_t> chosen;
        for (std::uint32_t t = 0; t < kTokens; ++t)
            for (std::uint32_t u = 0; u < kUsed; ++u)
                chosen.push_back((t * t + u * 2) % 6);  // none to the last
        const Buffer named = uploaded(chosen), groups = empty(kExperts * kStride);
        run([&](NetworkCommands& steps) {
            steps.group({.chosen = named, .groups = groups, .used = kUsed, .experts = kExperts, .groupStride = kStride}, kTokens);
        });
        const auto found = downloaded(groups, kExperts * kStride);
        for (std::uint32_t expert = 0; expert < kExperts; ++expert) {
            std::vector<std::uint32_t> places, expected;
            for (std::uint32_t i = 0; i < std::bit_cast<std::uint32_t>(found[expert * kStride]); ++i)
                places.push_back(std::bit_cast<std::uint32_t>(found[expert * kStride + 1 + i]));
            for (std::uint32_t slot = 0; slot < chosen.size(); ++slot)
                if (chosen[slot] == expert)
                    expected.push_back(slot);
            QCOMPARE(places, expected);
        }
    }

    void gatheredProductsAreThoseOfEachToken_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<bool>("ownInput");
        QTest::newRow("tokens share their input") << 40 << false;
        QTest::newRow("each slot has its own") << 40 << true;
        QTest::newRow("many to an expert") << 150 << true;
    }
    void gatheredProductsAreThoseOfEachToken()
    {
        QFETCH(int, tokens);
        QFETCH(bool, ownInput);
        constexpr std::uint32_t kUsed = 2, kExperts = 4, kRows = 75, kColumns = 96;
        const auto count = std::uint32_t(tokens);
        const auto weights = randomFloats(kExperts * kRows * kColumns, 1), x = randomFloats(count * kUsed * kColumns, 2),
                   bias = randomFloats(kExperts * kRows, 3);
        std::vector<std::uint32_t> chosen;
        for (std::uint32_t t = 0; t < count; ++t)
            for (const std::uint32_t expert : {t % 3, 3u})  // of one expert as many as there are tokens
                chosen.push_back(expert);
        std::vector<double> expected;
        for (std::uint32_t slot = 0; slot < count * kUsed; ++slot)
            for (std::uint32_t r = 0; r < kRows; ++r) {
                const std::uint32_t row = chosen[slot] * kRows + r, from = ownInput ? slot : slot / kUsed;
                double sum = double(bias[row]);
                for (std::uint32_t c = 0; c < kColumns; ++c)
                    sum += double(weights[row * kColumns + c]) * double(x[from * kColumns + c]);
                expected.push_back(sum);
            }
        for (const std::uint64_t chunk : {std::uint64_t(1) << 20, std::uint64_t(40000)}) {  // whole, and cut within an expert
            WeightMemory memory(*m_device, chunk);
            const infer::PackedMatrix first{quant::Type::F32, std::as_bytes(std::span(weights)).data(), kRows, kColumns};
            const infer::Linear experts{.name = {}, .weight = first, .experts = kExperts, .bias = bias};
            const DeviceMatrix matrix = memory.add(experts);
            memory.finish();
            const Buffer input = uploaded(x), named = uploaded(chosen), groups = empty(kExperts * (count + 1)),
                         out = empty(expected.size());
            const Slots places{
                .chosen = named, .groups = groups, .used = kUsed, .experts = kExperts, .groupStride = count + 1, .ownInput = ownInput};
            QVERIFY(NetworkCommands::groupingPays(count, places) && !NetworkCommands::groupingPays(8, places));
            run([&](NetworkCommands& steps) {
                steps.group(places, count);
                steps.barrier();
                steps.multiplyExperts(matrix, input, out, count, places);
            });
            QVERIFY(worstError(downloaded(out, expected.size()), expected) < kTolerance);
        }
    }

    void piecesFindTheirPlace()
    {
        constexpr std::uint32_t kTokens = 5, kHeads = 3, kWidth = 7;
        const auto rows = randomFloats(kTokens * 40, 1);
        for (const std::uint32_t stride : {0u, 11u}) {  // 0: all heads get the same
            std::vector<float> expected(kTokens * kHeads * 9, -1.0f);
            for (std::uint32_t t = 0; t < kTokens; ++t)
                for (std::uint32_t h = 0; h < kHeads; ++h)
                    for (std::uint32_t i = 0; i < kWidth; ++i)
                        expected[(t * kHeads + h) * 9 + 2 + i] = rows[t * 40 + h * stride + 4 + i];
            const Buffer from = uploaded(rows), to = uploaded(std::vector<float>(expected.size(), -1.0f));
            run([&](NetworkCommands& steps) {
                steps.copyPieces({from, to, kTokens, kHeads, kWidth, {40, stride, 4}, {kHeads * 9, 9, 2}});
            });
            QCOMPARE(downloaded(to, expected.size()), expected);
        }
    }
};

QTEST_GUILESS_MAIN(TestMixtureKernels)
#include "tst_mixture_kernels.moc"
