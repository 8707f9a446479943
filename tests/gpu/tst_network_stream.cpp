// SPDX-License-Identifier: GPL-3.0-or-later
// Networks that a device has no room for: what is decided, and that layers which are uploaded again and again compute what they compute
// when they stay.
#include "gpu/infer/layer_speeds.h"
#include "gpu/infer/network_pass.h"
#include "tests/gpu/network_test.h"
#include "tests/infer/designs.h"
#include "tests/infer/reference_llama.h"

using namespace halftone;
using namespace halftone::gpu;
using halftone::infer::KvType;
using halftone::test::Design;

Q_DECLARE_METATYPE(halftone::test::Design)

namespace {

constexpr std::size_t kCapacity = 128;
/// The bus carries a weight (4 bytes) in the time of ten products on the CPU; the device computes at once.
constexpr Speeds kFastBus{
    .cpu = {.first = 4e-10, .further = 1e-10}, .device = {.first = 1e-12, .further = 1e-12}, .uploadPerByte = 2.5e-10};

/// Batches are cut by measured speed, and sums of another order are rounded otherwise.
constexpr double kSameSums = 1e-5;

}  // namespace

class TestNetworkStream : public NetworkTest {
    Q_OBJECT

    PassShape shapeOf(const Variant& variant) { return passShape(variant.hyperparameters(), kCapacity, KvType::F16, 1u << 27); }
    /// Memory in which `staying` layers stay and the others are streamed.
    std::uint64_t memoryFor(const Variant& variant, std::size_t staying)
    {
        const infer::Variant::Weights& weights = variant.weights();
        std::uint64_t bytes = placeStreaming(weights, shapeOf(variant), UINT64_MAX).bytes;
        for (std::size_t i = staying; i < weights.layers.size(); ++i)
            bytes -= layerBytes(weights.layers[i]);
        return bytes;
    }
    std::unique_ptr<VulkanAccelerator> streaming(std::uint64_t memory, std::uint64_t chunkBytes = 1u << 20)
    {
        AcceleratorOptions options = optionsFor(memory, chunkBytes);
        options.use = TextUse::Read;
        options.speeds = kFastBus;
        return std::make_unique<VulkanAccelerator>(std::move(options));
    }

private Q_SLOTS:
    void initTestCase() { needsADevice(); }
    void init() { startAnew(); }

    void logitsAreThoseOfLayersThatStay_data()
    {
        QTest::addColumn<Design>("design");
        QTest::addColumn<int>("staying");
        QTest::addColumn<int>("chunkBytes");
        const Design llama{.layers = 6};
        Design mixture{.layers = 5, .experts = 8, .expertsUsed = 2}, latent;
        for (const auto& [name, design] : test::moreArchitectures())
            if (name == std::string("deepseek3"))
                latent = design;
        latent.layers = 5;
        QTest::newRow("one stays") << llama << 1 << (1 << 20);
        QTest::newRow("half of them stay") << llama << 3 << (1 << 20);
        QTest::newRow("places of many buffers") << llama << 2 << 9000;
        QTest::newRow("a mixture") << mixture << 2 << (1 << 20);
        QTest::newRow("layers that are not alike") << latent << 1 << (1 << 20);
    }
    void logitsAreThoseOfLayersThatStay()
    {
        QFETCH(Design, design);
        QFETCH(int, staying);
        QFETCH(int, chunkBytes);
        const auto variant = variantOf(test::ModelMaker::make(design));
        const auto all = accelerator(), some = streaming(memoryFor(*variant, std::size_t(staying)), std::uint64_t(chunkBytes));
        Context stay(variant, kCapacity, m_executor, KvType::F16, all.get()),
            travel(variant, kCapacity, m_executor, KvType::F16, some.get());
        const auto ids = text(100, design.vocabulary);
        for (const auto& [begin, count] : {std::pair(0, 60), {60, 1}, {61, 37}, {98, 1}}) {
            const auto batch = std::span(ids).subspan(std::size_t(begin), std::size_t(count));
            QVERIFY(relativeError(logits(travel, batch, 1), logits(stay, batch, 1)) < kSameSums);
        }
        const std::string streamed = std::to_string(design.layers - std::uint32_t(staying)) + " of them are uploaded";
        QVERIFY2(m_said.size() == 2 && m_said[1].find(streamed) != std::string::npos, m_said.back().c_str());
        QCOMPARE(some->device().instance().validationMessages(), 0);
    }

    void theFasterWayIsChosen_data()
    {
        QTest::addColumn<int>("tokens");
        QTest::addColumn<double>("uploadPerByte");
        QTest::addColumn<bool>("streams");
        QTest::newRow("a token alone over a fast bus") << 1 << 2.5e-10 << false;
        QTest::newRow("a batch over a fast bus") << 100 << 2.5e-10 << true;
        QTest::newRow("a batch over a slow bus") << 100 << 1e-8 << false;
        QTest::newRow("a token alone over a bus faster than the CPU's memory") << 1 << 5e-11 << true;
    }
    void theFasterWayIsChosen()
    {
        QFETCH(int, tokens);
        QFETCH(double, uploadPerByte);
        QFETCH(bool, streams);
        const auto variant = variantOf(test::ModelMaker::make({.layers = 8}));
        const infer::Variant::Weights& weights = variant->weights();
        Speeds speeds = kFastBus;
        speeds.uploadPerByte = uploadPerByte;
        const std::uint64_t memory = memoryFor(*variant, 3);
        const Placement parted = place(weights, shapeOf(*variant), memory), streamed = placeStreaming(weights, shapeOf(*variant), memory);
        QVERIFY(parted.streamed == 0 && parted.layers > 3 && parted.layers < 8 && !parted.output);
        QVERIFY(streamed.streamed == 5 && streamed.layers == 8 && streamed.output && streamed.bytes <= memory);
        const auto seconds = [&](const Placement& placement) { return secondsOf(placement, weights, std::size_t(tokens), speeds); };
        QCOMPARE(seconds(streamed) < seconds(parted), streams);
    }

    void withoutRoomForOneThatStaysNothingIsStreamed()
    {
        const auto variant = variantOf(test::ModelMaker::make({.layers = 4}));
        QCOMPARE(placeStreaming(variant->weights(), shapeOf(*variant), memoryFor(*variant, 1)).streamed, std::size_t(3));
        QCOMPARE(placeStreaming(variant->weights(), shapeOf(*variant), memoryFor(*variant, 1) - 1).layers, std::size_t(0));
    }

    void whatIsWrittenTokenByTokenIsParted()
    {
        const auto variant = variantOf(test::ModelMaker::make({.layers = 6}));
        AcceleratorOptions options = optionsFor(memoryFor(*variant, 2), 1u << 20);
        options.speeds = kFastBus;
        VulkanAccelerator device(std::move(options));
        Context context(variant, kCapacity, m_executor, KvType::F16, &device);
        logits(context, text(20, test::Design{}.vocabulary), 1);
        QVERIFY2(m_said.size() == 1 && m_said[0].find("and the CPU the others") != std::string::npos, m_said[0].c_str());
    }

    void speedsAreMeasuredWhereNoneAreKnown()
    {
        const auto variant = variantOf(test::ModelMaker::make({.layers = 4}));
        const auto device = accelerator();
        NetworkKernels kernels(device->device());
        const Speeds speeds = measureSpeeds(kernels, variant, KvType::F16, 1u << 20, m_progress);
        QVERIFY(speeds.cpu.first > 0 && speeds.device.first > 0 && speeds.uploadPerByte > 0);
        QVERIFY(speeds.cpu.further >= 0 && speeds.device.further >= 0);
        QCOMPARE(device->device().instance().validationMessages(), 0);
    }

    void aCancelMidwayLeavesTheContextUsable()
    {
        const auto made = test::ModelMaker::make({.layers = 6});
        const auto variant = variantOf(made);
        const auto device = streaming(memoryFor(*variant, 1));
        const auto ids = text(50, made.design.vocabulary);
        Context context(variant, kCapacity, m_executor, KvType::F16, device.get());
        const auto expected = logits(context, ids, 1);
        context.clear();
        Progress cancelled;
        m_cancelAt = m_submits + 4;  // while layers travel
        m_toCancel = &cancelled;
        QVERIFY_THROWS_EXCEPTION(Error, context.evaluate(ids, 1, cancelled));
        QCOMPARE(context.position(), std::size_t(0));
        QVERIFY(relativeError(logits(context, ids, 1), expected) < kSameSums);
    }

    void aLostDeviceIsFollowedByTheCpu()
    {
        const auto variant = variantOf(test::ModelMaker::make({.layers = 6}));
        const auto device = streaming(memoryFor(*variant, 1));
        const auto ids = text(50, test::Design{}.vocabulary);
        Context context(variant, kCapacity, m_executor, KvType::F16, device.get()), cpu(variant, kCapacity, m_executor);
        logits(context, std::span(ids).first(20), 1);
        logits(cpu, std::span(ids).first(20), 1);
        m_submitsLeft = 3;
        const auto rest = std::span(ids).subspan(20);
        QVERIFY(relativeError(logits(context, rest, 30), logits(cpu, rest, 30)) < 1e-5);
        QVERIFY2(m_said.back().starts_with("going on with the CPU: "), m_said.back().c_str());
    }
};

QTEST_GUILESS_MAIN(TestNetworkStream)
#include "tst_network_stream.moc"
