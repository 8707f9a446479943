// SPDX-License-Identifier: GPL-3.0-or-later
// Whole networks on a device: the logits of a plain forward pass in double precision, whatever part of the network is there, and the
// CPU in its place where it fails.
#include "core/infer/accelerator.h"
#include "core/infer/vector_math.h"
#include "gpu/infer/layer_check.h"
#include "gpu/infer/placement.h"
#include "gpu/infer/submit_pacer.h"
#include "tests/gpu/network_test.h"
#include "tests/infer/designs.h"
#include "tests/infer/reference_llama.h"

using namespace halftone;
using namespace halftone::gpu;
using halftone::test::Design;

Q_DECLARE_METATYPE(halftone::test::Design)

class TestNetworkPass : public NetworkTest {
    Q_OBJECT

    /// The whole text's logits beside those of the plain forward pass: the largest error of a token.
    double errorOf(Context& context, const test::MadeModel& made, std::span<const token::Id> ids)
    {
        const auto expected = test::ReferenceLlama(made, test::ReferenceLlama::Cache::Halves).run({ids.begin(), ids.end()});
        const auto ours = logits(context, ids, ids.size());
        const std::size_t vocabulary = made.design.vocabulary;
        double worst = ours.size() == ids.size() * vocabulary ? 0 : std::numeric_limits<double>::infinity();
        for (std::size_t t = 0; t < ids.size(); ++t)
            worst = std::max(worst, relativeError(std::span(ours).subspan(t * vocabulary, vocabulary), expected[t]));
        return worst;
    }

    /// Logits behind each of some tokens.
    std::vector<float> wordByWord(const std::shared_ptr<const Variant>& variant, infer::Accelerator* device)
    {
        Context context(variant, 0, m_executor, infer::KvType::F16, device);
        std::vector<float> all;
        for (const token::Id id : text(10, 61)) {
            const auto row = logits(context, std::span(&id, 1), 1);
            all.insert(all.end(), row.begin(), row.end());
        }
        return all;
    }

private Q_SLOTS:
    void initTestCase() { needsADevice(); }
    void init() { startAnew(); }

    void logitsEqualAPlainForwardPass_data()
    {
        QTest::addColumn<Design>("design");
        QTest::newRow("llama") << Design{};
        QTest::newRow("llama with biases, tied") << Design{.tied = true, .biases = true};
        QTest::newRow("llama 3 factors") << Design{.ropeFactors = true};
        QTest::newRow("one odd key-value head") << Design{.heads = 6, .kvHeads = 1, .keySize = 10, .valueSize = 7};
        QTest::newRow("qwen2") << Design{.architecture = "qwen2", .queryBiases = true, .halvesTurn = true};
        QTest::newRow("mixtral") << Design{.experts = 8, .expertsUsed = 2};
        QTest::newRow("mixtral with biases") << Design{.biases = true, .experts = 4, .expertsUsed = 3, .expertWidth = 80};
        QTest::newRow("all experts") << Design{.experts = 3, .expertsUsed = 3};
        QTest::newRow("qwen2moe") << Design{.architecture = "qwen2moe",
                                            .queryBiases = true,
                                            .halvesTurn = true,
                                            .experts = 8,
                                            .expertsUsed = 4,
                                            .expertWidth = 40,
                                            .sharedWidth = 72,
                                            .plainExpertWeights = true};
        QTest::newRow("qwen3moe") << Design{
            .architecture = "qwen3moe", .headNorms = true, .halvesTurn = true, .experts = 16, .expertsUsed = 5, .expertWidth = 24};
        QTest::newRow("qwen3") << Design{.architecture = "qwen3", .headNorms = true, .halvesTurn = true};
        for (const auto& [name, design] : test::moreArchitectures())
            QTest::newRow(name) << design;
    }
    void logitsEqualAPlainForwardPass()
    {
        QFETCH(Design, design);
        const auto device = accelerator();
        const auto made = test::ModelMaker::make(design);
        const auto ids = text(75, design.vocabulary);
        Context context(variantOf(made), 0, m_executor, infer::KvType::F16, device.get());
        const double error = errorOf(context, made, ids);
        QVERIFY2(error < kTolerance, qPrintable(QString::number(error)));
        QCOMPARE(m_said.size(), std::size_t(1));
        QVERIFY2(m_said[0].find("computes all") != std::string::npos, m_said[0].c_str());
        QCOMPARE(device->device().instance().validationMessages(), 0);
    }

    void networksItCannotRunAreTheCpus()
    {
        infer::Hyperparameters numbers = variantOf(test::ModelMaker::make({}))->hyperparameters();
        const Limits least{.storageRange = 1u << 27, .bufferBytes = 1u << 30};
        QVERIFY(whyNotOnDevice(numbers, 4096, infer::KvType::F16, least).empty());
        QVERIFY(whyNotOnDevice(numbers, 1u << 25, infer::KvType::F16, least).find("longer than") != std::string::npos);
        numbers.experts = 2000;
        QVERIFY(whyNotOnDevice(numbers, 4096, infer::KvType::F16, least).starts_with("2000 experts"));
    }

    void tokenByTokenEqualsABatch()
    {
        const auto device = accelerator();
        const auto made = test::ModelMaker::make({});
        const auto variant = variantOf(made);
        const auto ids = text(70, made.design.vocabulary);
        Context batch(variant, 0, m_executor, infer::KvType::F16, device.get()),
            single(variant, 0, m_executor, infer::KvType::F16, device.get());
        const auto all = logits(batch, ids, ids.size());
        for (std::size_t t = 0; t < ids.size(); ++t) {
            const auto one = logits(single, std::span(ids).subspan(t, 1), 1);
            const auto row = std::span(all).subspan(t * one.size(), one.size());
            QVERIFY(relativeError(one, std::vector<double>(row.begin(), row.end())) < kTolerance);
        }
        QCOMPARE(single.position(), ids.size());
    }

    void aTokenTakesOneSubmit()
    {
        const auto device = accelerator();
        const auto made = test::ModelMaker::make({.layers = 6});
        const auto ids = text(20, made.design.vocabulary);
        Context context(variantOf(made), 0, m_executor, infer::KvType::F16, device.get());
        logits(context, std::span(ids).first(10), 1);
        constexpr int kTries = 20;  // a busy machine makes submits slow, and slow ones are cut
        for (int i = 0; i < kTries && m_submits != 10; ++i) {
            context.truncate(10);
            m_submits = 0;
            for (std::size_t t = 10; t < ids.size(); ++t)
                logits(context, std::span(ids).subspan(t, 1), 1);
        }
        QCOMPARE(m_submits, 10);
    }

    void longSubmitsAreCutByMeasuring()
    {
        SubmitPacer pacer;
        pacer.took(1e9, true, 1);
        QCOMPARE(pacer.mostWork(true), 1e9 * SubmitPacer::kSeconds);
        pacer.took(1e9, true, 0.01);  // a hundred times as fast is not believed at once
        QCOMPARE(pacer.mostWork(true), 4e9 * SubmitPacer::kSeconds);
        pacer.took(2e9, true, 1);
        QCOMPARE(pacer.mostWork(true), 2e9 * SubmitPacer::kSeconds);
        QVERIFY(pacer.mostWork(false) < pacer.mostWork(true));  // nothing was learned of single tokens
    }

    void onlyTheLogitsWantedComeBack()
    {
        const auto device = accelerator();
        const auto made = test::ModelMaker::make({});
        const auto ids = text(40, made.design.vocabulary);
        Context context(variantOf(made), 0, m_executor, infer::KvType::F16, device.get());
        const auto all = logits(context, ids, 40);
        for (const std::size_t wanted : {0u, 1u, 7u}) {
            context.truncate(13);
            const auto some = logits(context, std::span(ids).subspan(13), wanted);
            QCOMPARE(some.size(), wanted * made.design.vocabulary);
            const std::vector<double> last(all.end() - std::ptrdiff_t(some.size()), all.end());
            QVERIFY(wanted == 0 || relativeError(some, last) < kTolerance);
        }
    }

    void matricesLargerThanABindingAreCut()
    {
        const auto device = accelerator(0, 2048);
        const auto made = test::ModelMaker::make({.experts = 5, .expertsUsed = 2});
        Context context(variantOf(made), 0, m_executor, infer::KvType::F16, device.get());
        QVERIFY(errorOf(context, made, text(30, made.design.vocabulary)) < kTolerance);
        QVERIFY2(m_said[0].find("computes all") != std::string::npos, m_said[0].c_str());
        QCOMPARE(device->device().instance().validationMessages(), 0);
    }

    void whatDoesNotFitIsTheCpus_data()
    {
        QTest::addColumn<int>("layers");
        QTest::newRow("only the output") << 4;
        QTest::newRow("the last layer") << 3;
        QTest::newRow("all but the first") << 1;
        QTest::newRow("everything") << 0;
    }
    void whatDoesNotFitIsTheCpus()
    {
        QFETCH(int, layers);
        const auto made = test::ModelMaker::make({.layers = 4});
        const auto variant = variantOf(made);
        const PassShape shape = passShape(variant->hyperparameters(), 128, infer::KvType::F16, 1u << 27);
        const auto& weights = variant->weights();
        const std::uint64_t all = place(weights, shape, UINT64_MAX).bytes, withoutOutput = place(weights, shape, all - 1).bytes;
        const std::uint64_t none = place(weights, shape, 0).bytes, perLayer = (withoutOutput - none) / 4;
        const auto device = accelerator(withoutOutput - perLayer * std::uint64_t(4 - layers));
        Context context(variant, 128, m_executor, infer::KvType::F16, device.get());
        QVERIFY(errorOf(context, made, text(60, made.design.vocabulary)) < kTolerance);
        QCOMPARE(m_said.size(), std::size_t(1));
        const std::string expected = layers == 4 ? "all layers, and the CPU"
            : layers == 0                        ? "on the CPU: no layer"
                                                 : std::to_string(layers) + " of 4 layers";
        QVERIFY2(m_said[0].find(expected) != std::string::npos, m_said[0].c_str());
    }

    void aLostDeviceIsFollowedByTheCpu_data()
    {
        QTest::addColumn<std::uint64_t>("memory");
        QTest::addColumn<int>("failure");
        QTest::newRow("all layers there") << std::uint64_t(0) << int(VK_ERROR_DEVICE_LOST);
        QTest::newRow("some layers there") << std::uint64_t(1) << int(VK_ERROR_DEVICE_LOST);
        QTest::newRow("out of memory midway") << std::uint64_t(0) << int(VK_ERROR_OUT_OF_DEVICE_MEMORY);
    }
    void aLostDeviceIsFollowedByTheCpu()
    {
        QFETCH(std::uint64_t, memory);
        QFETCH(int, failure);
        const auto made = test::ModelMaker::make({.layers = 4});
        const auto variant = variantOf(made);
        if (memory > 0) {
            const PassShape shape = passShape(variant->hyperparameters(), 128, infer::KvType::F16, 1u << 27);
            memory = place(variant->weights(), shape, UINT64_MAX).bytes - (100u << 10);
        }
        const auto device = accelerator(memory);
        const auto ids = text(60, made.design.vocabulary);
        Context context(variant, 128, m_executor, infer::KvType::F16, device.get()), cpu(variant, 128, m_executor);
        logits(context, std::span(ids).first(30), 1);
        logits(cpu, std::span(ids).first(30), 1);
        QCOMPARE(m_said.size(), std::size_t(1));
        m_submitsLeft = 0;
        m_failure = VkResult(failure);
        for (std::size_t t = 30; t < ids.size(); t += 10) {
            const auto expected = logits(cpu, std::span(ids).subspan(t, 10), 10), ours = logits(context, std::span(ids).subspan(t, 10), 10);
            QVERIFY(relativeError(ours, std::vector<double>(expected.begin(), expected.end())) < 1e-5);
            QCOMPARE(context.position(), t + 10);
        }
        QCOMPARE(m_said.size(), std::size_t(2));
        QVERIFY2(m_said[1].starts_with("going on with the CPU: "), m_said[1].c_str());
    }

    void aDeviceThatComputesSomethingElseIsNotBelieved()
    {
        AcceleratorOptions options{.open = {.validation = Instance::Validation::On}, .tolerance = -1};
        options.say = [this](const std::string& sentence) { m_said.push_back(sentence); };
        VulkanAccelerator doubted(std::move(options));
        const auto made = test::ModelMaker::make({});
        Context context(variantOf(made), 0, m_executor, infer::KvType::F16, &doubted);
        QVERIFY(errorOf(context, made, text(30, made.design.vocabulary)) < kTolerance);
        QCOMPARE(m_said.size(), std::size_t(1));
        QVERIFY2(m_said[0].find("otherwise than the CPU") != std::string::npos, m_said[0].c_str());
    }

    void theFirstMixtureIsComparedWithTheCpuToo()
    {
        const auto device = accelerator();
        NetworkKernels kernels(device->device());
        const Design dense{.layers = 3};
        Design later;
        for (const auto& [name, design] : test::moreArchitectures())
            if (name == std::string("deepseek3"))
                later = design;
        const LayerCheck plain(kernels, variantOf(test::ModelMaker::make(dense)), infer::KvType::F16, 1u << 20);
        const LayerCheck check(kernels, variantOf(test::ModelMaker::make(later)), infer::KvType::F16, 1u << 20);
        QCOMPARE(plain.layersToCheck(3), std::vector<std::size_t>{0});
        QCOMPARE(check.layersToCheck(1), std::vector<std::size_t>{0});
        QCOMPARE(check.layersToCheck(3), (std::vector<std::size_t>{0, later.denseLayers}));
        QVERIFY(check.distance(later.denseLayers, m_progress) < kTolerance);  // floats are multiplied as floats here and there
    }

    void predictionsAreComparedWhereTheyWereMade()
    {
        const auto device = accelerator();
        const auto made = test::ModelMaker::make({}), other = test::ModelMaker::make({.seed = 8});
        const auto ids = text(40, made.design.vocabulary);
        const std::size_t vocabulary = made.design.vocabulary;
        Context x(variantOf(made), 0, m_executor, infer::KvType::F16, device.get()),
            y(variantOf(other), 0, m_executor, infer::KvType::F16, device.get());
        const std::vector<token::Id> targets{3, 1, 4, 1, 5};
        std::vector<infer::ComparedPrediction> found(targets.size());
        QVERIFY(x.mostKept(m_progress) >= targets.size());
        QVERIFY(x.evaluateKept(ids, targets.size(), m_progress) && y.evaluateKept(ids, targets.size(), m_progress));
        QCOMPARE(x.position(), ids.size());
        QVERIFY(x.compare(y, targets, found, m_progress));
        x.clear();
        y.clear();
        const auto p = logits(x, ids, targets.size()), q = logits(y, ids, targets.size());
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const auto first = std::span(p).subspan(i * vocabulary, vocabulary), second = std::span(q).subspan(i * vocabulary, vocabulary);
            const double logSumP = infer::logSumExp(first), logSumQ = infer::logSumExp(second);
            QVERIFY(std::abs(found[i].x.nll - (logSumP - double(first[std::size_t(targets[i])]))) < 1e-5);
            QVERIFY(std::abs(found[i].y.nll - (logSumQ - double(second[std::size_t(targets[i])]))) < 1e-5);
            QVERIFY(std::abs(found[i].divergence / infer::klDivergence(first, logSumP, second, logSumQ) - 1) < 1e-3);
            QCOMPARE(found[i].sameFirst, infer::argMax(first) == infer::argMax(second));
        }
    }

    /// The CPU rounds activations, too, so that a text written word by word has its logits.
    void roundedActivationsGiveTheCpusLogits_data()
    {
        QTest::addColumn<QString>("type");
        for (const char* type : {"Q4_K", "Q5_K", "Q6_K", "Q4_0", "Q8_0"})
            QTest::newRow(type) << type;
    }
    void roundedActivationsGiveTheCpusLogits()
    {
        QFETCH(QString, type);
        AcceleratorOptions options = optionsFor(0, 1u << 20);
        options.open.integerDot = IntegerDot::Always;
        VulkanAccelerator rounding(options);
        if (!NetworkKernels(rounding.device()).roundsVectors(quant::Type::Q8_0))
            QSKIP("no integer dot products");
        const auto made = test::ModelMaker::make({.width = 256, .heads = 4, .keySize = 64, .valueSize = 64, .ffnWidth = 512});
        const auto model = made.model();
        const auto plan = plan::makePlan(*model, {.base = "pure:" + type.toStdString()});
        QCOMPARE(plan.fallbacks, 0);
        const auto variant = Variant::prepare(model, plan, nullptr, m_executor, m_progress);
        const auto floating = accelerator();
        const auto cpu = wordByWord(variant, nullptr), ours = wordByWord(variant, &rounding), floats = wordByWord(variant, floating.get());
        const double error = relativeDistance(ours, cpu), errorOfFloats = relativeDistance(floats, cpu);
        QVERIFY2(error < errorOfFloats / 3, qPrintable(QString("%1 is not far below %2").arg(error).arg(errorOfFloats)));
        QCOMPARE(rounding.device().instance().validationMessages(), 0);
    }

    void aDriverWithoutIntegerProductsMultipliesFloats()
    {
        AcceleratorOptions options = optionsFor(0, 1u << 20);
        options.open.integerDot = IntegerDot::Always;
        int refused = 0;
        options.open.compileHook = [&](std::string_view shader) {
            refused += shader == "matvec_dot";
            return shader == "matvec_dot" ? VK_ERROR_UNKNOWN : VK_SUCCESS;
        };
        VulkanAccelerator refusing(options);
        if (!NetworkKernels(refusing.device()).roundsVectors(quant::Type::Q8_0))
            QSKIP("no integer dot products");
        const auto model = test::ModelMaker::make({}).model();
        const auto variant = Variant::prepare(model, plan::makePlan(*model, {.base = "pure:Q8_0"}), nullptr, m_executor, m_progress);
        const auto floating = accelerator();
        const auto ours = wordByWord(variant, &refusing), floats = wordByWord(variant, floating.get());
        QCOMPARE(refused, 1);
        QCOMPARE(ours, floats);
        QVERIFY2(m_said.size() == 2 && m_said[0].find("computes all") != std::string::npos, m_said[0].c_str());
    }

    void nothingIsComparedWithoutADevice()
    {
        const auto device = accelerator();
        const auto made = test::ModelMaker::make({});
        const auto ids = text(20, made.design.vocabulary);
        Context there(variantOf(made), 0, m_executor, infer::KvType::F16, device.get()), here(variantOf(made), 0, m_executor);
        std::vector<infer::ComparedPrediction> found(1);
        QVERIFY(there.evaluateKept(ids, 1, m_progress) && !here.evaluateKept(ids, 1, m_progress));
        QVERIFY(!there.compare(here, std::vector<token::Id>{1}, found, m_progress));
        m_submitsLeft = 0;
        QVERIFY(!there.evaluateKept(std::span(ids).first(5), 1, m_progress));
        QCOMPARE(m_said.size(), std::size_t(2));
        QCOMPARE(there.mostKept(m_progress), std::size_t(0));
        there.clear();
        QVERIFY(errorOf(there, made, ids) < kTolerance);
    }

    void aCancelStopsAndTheContextStaysUsable()
    {
        const auto device = accelerator();
        const auto made = test::ModelMaker::make({});
        Context context(variantOf(made), 0, m_executor, infer::KvType::F16, device.get());
        const auto ids = text(20, made.design.vocabulary);
        logits(context, ids, 1);
        context.truncate(5);
        Progress cancelled;
        cancelled.cancel();
        QVERIFY_THROWS_EXCEPTION(Error, context.evaluate(std::span(ids).subspan(5), 1, cancelled));
        QCOMPARE(context.position(), std::size_t(5));
        context.clear();
        QVERIFY(errorOf(context, made, ids) < kTolerance);
        QCOMPARE(m_said.size(), std::size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestNetworkPass)
#include "tst_network_pass.moc"
