// SPDX-License-Identifier: GPL-3.0-or-later
// The kernels of mixtures of experts beside what core computes.
#include "core/infer/routing.h"
#include "tests/gpu/kernel_test.h"

#include <array>
#include <bit>

using namespace halftone;
using namespace halftone::gpu;

class TestMixtureKernels : public KernelTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { open(); }
    void cleanup() { nothingWasComplainedAbout(); }

    void tokensGoToTheirBestExperts_data()
    {
        QTest::addColumn<bool>("sumToOne");
        QTest::newRow("probabilities as they are") << false;
        QTest::newRow("shares of one") << true;
    }
    void tokensGoToTheirBestExperts()
    {
        QFETCH(bool, sumToOne);
        constexpr std::uint32_t kTokens = 7, kExperts = 70, kUsed = 5;
        constexpr std::array<std::uint32_t, 3> kTied{3, 12, 69};
        auto scores = randomFloats(kTokens * kExperts, 1, 3);
        for (const std::uint32_t tied : kTied)
            scores[tied] = 20;  // of equal ones the first
        const Buffer logits = uploaded(scores), chosen = empty(kTokens * kUsed), shares = empty(kTokens * kUsed);
        run([&](NetworkCommands& steps) { steps.route({logits, chosen, shares, kTokens, kExperts, kUsed, sumToOne}); });
        const auto ids = downloaded(chosen, kTokens * kUsed), weights = downloaded(shares, kTokens * kUsed);
        const infer::Routing expected = infer::route(scores, {.experts = kExperts, .used = kUsed, .sumToOne = sumToOne});
        for (std::size_t slot = 0; slot < ids.size(); ++slot) {
            const auto expert = std::bit_cast<std::uint32_t>(ids[slot]);
            QVERIFY(expert < kExperts);
            const auto& routed = expected[expert];
            const auto found = std::ranges::find(routed, slot / kUsed, &infer::Routed::token);
            QVERIFY(found != routed.end());
            QVERIFY(std::abs(weights[slot] / found->weight - 1) < 1e-5f);
            QVERIFY(slot >= 3 || expert == kTied[slot]);
        }
    }
};

QTEST_GUILESS_MAIN(TestMixtureKernels)
#include "tst_mixture_kernels.moc"
