// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and values of each type on a device: the logits of the CPU, which keeps them the same way.
#include "gpu/infer/placement.h"
#include "tests/gpu/network_test.h"
#include "tests/infer/designs.h"
#include "tests/infer/reference_llama.h"

using namespace halftone;
using namespace halftone::gpu;
using halftone::infer::KvType;
using halftone::test::Design;

Q_DECLARE_METATYPE(halftone::test::Design)

namespace {

/// As kTolerance is to the step between two halves, 2^-11, so is this to a byte of 127.
constexpr double kByteTolerance = kTolerance * 2048 / 127;

/// Root of the mean squared difference.
double distance(std::span<const float> x, std::span<const float> y)
{
    double squares = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        squares += (double(x[i]) - double(y[i])) * (double(x[i]) - double(y[i]));
    return std::sqrt(squares / double(x.size()));
}

}  // namespace

class TestNetworkPast : public NetworkTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { needsADevice(); }
    void init() { startAnew(); }

    void logitsAreTheCpus_data()
    {
        QTest::addColumn<Design>("design");
        QTest::addColumn<int>("type");
        const Design oddHead{.heads = 6, .kvHeads = 1, .keySize = 10, .valueSize = 7}, wideHead{.keySize = 72, .valueSize = 100};
        for (const KvType type : infer::kKvTypes) {
            const auto add = [&](const std::string& name, const Design& design) {
                QTest::newRow((name + ", " + std::string(infer::kvTypeName(type))).c_str()) << design << int(type);
            };
            add("llama", {});
            add("one odd key-value head", oddHead);
            add("wide heads", wideHead);
            for (const auto& [name, design] : test::moreArchitectures())
                if (design.windowPeriod > 0 || design.rank > 0)
                    add(name, design);
        }
    }
    void logitsAreTheCpus()
    {
        QFETCH(Design, design);
        QFETCH(int, type);
        const auto device = accelerator();
        const auto variant = variantOf(test::ModelMaker::make(design));
        const auto ids = text(70, design.vocabulary);
        Context there(variant, 0, m_executor, KvType(type), device.get()), here(variant, 0, m_executor, KvType(type));
        const auto batch = std::span(ids).first(60);
        const double most = KvType(type) == KvType::Q8_0 ? kByteTolerance : kTolerance;
        const double error = relativeError(logits(there, batch, 60), logits(here, batch, 60));
        QVERIFY2(error < most, qPrintable(QString::number(error)));
        for (std::size_t t = 60; t < ids.size(); ++t) {
            const auto one = std::span(ids).subspan(t, 1);
            QVERIFY(relativeError(logits(there, one, 1), logits(here, one, 1)) < most);
        }
        QVERIFY2(m_said.size() == 1 && m_said[0].find("computes all") != std::string::npos, m_said[0].c_str());
        QCOMPARE(device->device().instance().validationMessages(), 0);
    }

    /// What bytes lose is the CPU's loss, not some other.
    void bytesLoseWhatTheyLoseOnTheCpu()
    {
        const auto device = accelerator();
        const auto variant = variantOf(test::ModelMaker::make({}));
        const auto ids = text(75, test::Design{}.vocabulary);
        Context there(variant, 0, m_executor, KvType::Q8_0, device.get()), here(variant, 0, m_executor, KvType::Q8_0),
            exact(variant, 0, m_executor, KvType::F32);
        const auto expected = logits(here, ids, 75);
        const double loss = distance(expected, logits(exact, ids, 75)), error = distance(expected, logits(there, ids, 75));
        QVERIFY2(error < loss / 10, qPrintable(QString("%1 of %2").arg(error).arg(loss)));
    }

    void floatsLoseNothing()
    {
        const auto device = accelerator();
        const auto made = test::ModelMaker::make({});
        const auto ids = text(75, made.design.vocabulary);
        Context context(variantOf(made), 0, m_executor, KvType::F32, device.get());
        const auto expected = test::ReferenceLlama(made, test::ReferenceLlama::Cache::Exact).run({ids.begin(), ids.end()});
        const auto ours = logits(context, ids, ids.size());
        for (std::size_t t = 0; t < ids.size(); ++t)
            QVERIFY(relativeError(std::span(ours).subspan(t * expected[t].size(), expected[t].size()), expected[t]) < 1e-5);
    }

    void fewerBitsTakeLessMemory()
    {
        const auto variant = variantOf(test::ModelMaker::make({.keySize = 64, .valueSize = 64}));
        const auto bytesWith = [&](KvType type) {
            return place(variant->weights(), passShape(variant->hyperparameters(), 4096, type, 1u << 27), UINT64_MAX).bytes;
        };
        const infer::Hyperparameters& h = variant->hyperparameters();
        const std::uint64_t elements = 2 * std::uint64_t(h.layers) * 4096 * h.kvHeads * 64;
        QCOMPARE(bytesWith(KvType::F32) - bytesWith(KvType::F16), 2 * elements);
        QCOMPARE(bytesWith(KvType::F16) - bytesWith(KvType::Q8_0), elements - elements / 16);
    }
};

QTEST_GUILESS_MAIN(TestNetworkPast)
#include "tst_network_past.moc"
