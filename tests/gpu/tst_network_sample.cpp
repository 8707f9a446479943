// SPDX-License-Identifier: GPL-3.0-or-later
// The sample model on a device: the text and the figures of an independent engine, and with packed weights the logits of the CPU.
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/evaluate.h"
#include "core/evaluate/own_text.h"
#include "core/evaluate/variants_run.h"
#include "core/format/open.h"
#include "core/infer/context.h"
#include "core/infer/generate.h"
#include "core/infer/weights.h"
#include "core/model/model.h"
#include "core/quant/codec.h"
#include "gpu/infer/layer_check.h"
#include "gpu/infer/vulkan_accelerator.h"
#include "tests/gpu/opened_device.h"

#include <QFile>

#include <cmath>

using namespace halftone;
using namespace halftone::gpu;
using halftone::infer::Context;
using halftone::infer::Variant;

namespace {

const OpenOptions kFloats{.validation = Instance::Validation::On, .integerDot = IntegerDot::Never},
    kRounding{.validation = Instance::Validation::On, .integerDot = IntegerDot::Always};

/// A variant's packed weights as floats: on them the CPU computes with float activations, as devices do on any weights.
std::shared_ptr<const model::Model> asFloats(const Variant& variant)
{
    struct Kept {
        std::vector<std::vector<float>> weights;
        std::optional<model::Model> model;
    };
    const auto kept = std::make_shared<Kept>();
    model::Model::Parts parts{.files = {}, .metadata = variant.model().metadata(), .tensors = variant.model().tensors()};
    for (std::size_t i = 0; i < parts.tensors.size(); ++i) {
        model::Tensor& tensor = parts.tensors[i];
        const infer::PackedTensor& packed = variant.weights().packed[i];
        std::vector<float>& weights = kept->weights.emplace_back(tensor.shape.elements());
        const std::byte* bytes = packed.bytes ? packed.bytes.get() : tensor.data.data();
        quant::dequantize(packed.type, {bytes, quant::rowBytes(packed.type, tensor.shape.columns()) * tensor.shape.rows()}, weights);
        tensor.type = quant::Type::F32;
        tensor.data = std::as_bytes(std::span(weights));
    }
    kept->model.emplace(std::move(parts));
    return {kept, &*kept->model};
}

}  // namespace

class TestNetworkSample : public QObject {
    Q_OBJECT

    Executor m_executor;
    Progress m_progress;
    std::unique_ptr<VulkanAccelerator> m_accelerator;
    std::shared_ptr<const model::Model> m_model;
    std::shared_ptr<const token::Tokenizer> m_tokenizer;
    std::vector<token::Id> m_text;

    std::shared_ptr<const Variant> variantNamed(const std::string& type)
    {
        plan::Recipe recipe;
        recipe.base = "pure:" + type;
        return Variant::prepare(m_model, plan::makePlan(*m_model, recipe), nullptr, m_executor, m_progress);
    }

    /// Logits behind each of some tokens.
    std::vector<float> wordByWord(const std::shared_ptr<const Variant>& variant, infer::Accelerator* accelerator)
    {
        constexpr std::size_t kTokens = 12;
        Context context(variant, 128, m_executor, infer::KvType::F16, accelerator);
        std::vector<float> logits;
        for (std::size_t i = 0; i < kTokens; ++i) {
            const auto row = context.evaluate(std::span(m_text).subspan(i, 1), 1, m_progress);
            logits.insert(logits.end(), row.begin(), row.end());
        }
        return logits;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!openForTest())
            QSKIP("no Vulkan device");
        m_accelerator = std::make_unique<VulkanAccelerator>(AcceleratorOptions{.open = kFloats});
        m_model = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        m_tokenizer = token::Tokenizer::fromMetadata(m_model->metadata());
        QFile file(SAMPLE_DIR "/eval.txt");
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_text = m_tokenizer->encode(file.read(20000).toStdString(), {.addSpecial = false});
    }
    void cleanup()
    {
        if (m_accelerator)
            QCOMPARE(m_accelerator->device().instance().validationMessages(), 0);
    }

    void greedyTextIsTheReferences()
    {
        Context context(Variant::original(m_model, m_executor, m_progress), 0, m_executor, infer::KvType::F16, m_accelerator.get());
        const auto prompt = m_tokenizer->encode("Once upon a time");
        const auto ours = infer::generate(context, *m_tokenizer, prompt, {.maxTokens = 48}, {}, m_progress);
        QCOMPARE(QString::fromStdString(ours.text),
                 QString(", and the King's son was so much frightened that he could not see the King's daughter. He was very much "
                         "surprised at this, and said to her, \"I am not afraid of you, but I have not been able to"));
    }

    void figuresAreTheCpus()
    {
        const auto original = Variant::original(m_model, m_executor, m_progress), packed = variantNamed("Q4_0");
        const evaluate::Windows windows{.window = 128, .maxWindows = 2};
        const auto there = evaluate::divergence(original, packed, *m_tokenizer, m_text, windows, m_executor, m_progress, infer::KvType::F16,
                                                m_accelerator.get());
        const auto here = evaluate::divergence(original, Variant::original(asFloats(*packed), m_executor, m_progress), *m_tokenizer, m_text,
                                               windows, m_executor, m_progress);
        QVERIFY(std::abs(there.base.perplexity / here.base.perplexity - 1) < 1e-4);
        QVERIFY(std::abs(there.quantized.perplexity / here.quantized.perplexity - 1) < 1e-4);
        QVERIFY2(std::abs(there.meanKld / here.meanKld - 1) < 0.02, qPrintable(QString::number(there.meanKld)));
    }

    void theModelsOwnTextIsTheCpus()
    {
        const auto original = Variant::original(m_model, m_executor, m_progress);
        const auto here = evaluate::ownText(original, *m_tokenizer, 24, 3, m_executor, m_progress);
        const auto there = evaluate::ownText(original, *m_tokenizer, 24, 3, m_executor, m_progress, m_accelerator.get());
        QCOMPARE(there.size(), std::size_t(24));
        QCOMPARE(there, here);
    }

    void variantsInStepAreTheCpus_data()
    {
        QTest::addColumn<quint64>("memory");
        QTest::newRow("all on the device") << quint64(0);
        QTest::newRow("a part of the layers") << quint64(30) * 1'000'000;
    }
    void variantsInStepAreTheCpus()
    {
        QFETCH(quint64, memory);
        VulkanAccelerator accelerator({.open = kFloats, .memoryBytes = memory});
        const auto packed = variantNamed("Q4_0");
        const plan::Plan plan = plan::makePlan(*m_model, {.base = "pure:Q4_0"});
        evaluate::VariantsRequest request{.subjects = {{m_model, {}}, {m_model, plan}},
                                          .tokenizer = *m_tokenizer,
                                          .tokens = m_text,
                                          .windows = {.window = 128, .maxWindows = 1},
                                          .accelerator = &accelerator};
        std::vector<evaluate::Series> there, here;
        evaluate::runVariants(request, there, {}, m_executor, m_progress);
        request.subjects = {{m_model, {}}, {asFloats(*packed), {}}};
        request.accelerator = nullptr;
        evaluate::runVariants(request, here, {}, m_executor, m_progress);
        QCOMPARE(accelerator.device().instance().validationMessages(), 0);
        for (const std::size_t i : {0, 1}) {
            QVERIFY(there[i].share.output == (memory == 0 || i == 1));  // the packed one finds room
            QVERIFY(there[i].share.layers > 0 && there[i].decodeMs > 0);
            const evaluate::Figures a = summarize(there[i].tokens, there[0].tokens, 63), b = summarize(here[i].tokens, here[0].tokens, 63);
            QCOMPARE(a.tokens, b.tokens);
            QVERIFY2(std::abs(a.perplexity / b.perplexity - 1) < 1e-4, qPrintable(QString::number(a.perplexity / b.perplexity - 1)));
            QVERIFY(std::abs(a.entropy / b.entropy - 1) < 1e-4);
            QVERIFY(std::abs(a.top1Agreement - b.top1Agreement) <= 0.02 && std::abs(a.top5Agreement - b.top5Agreement) <= 0.02);
            QVERIFY(std::abs(a.calibrationError - b.calibrationError) < 0.02);
            QVERIFY2(i == 0 || std::abs(a.meanKld / b.meanKld - 1) < 0.02, qPrintable(QString::number(a.meanKld)));
        }
        QCOMPARE(summarize(there[0].tokens, there[0].tokens, 63).maxKld, 0.0);
    }

    void logitsOfPackedWeightsAreTheCpus_data()
    {
        QTest::addColumn<QString>("type");
        for (const char* type : {"F16", "Q8_0", "Q4_0", "Q4_K", "Q6_K", "IQ4_XS", "MXFP4"})
            QTest::newRow(type) << type;
    }
    void logitsOfPackedWeightsAreTheCpus()
    {
        QFETCH(QString, type);
        constexpr std::size_t kTokens = 60, kWanted = 20;
        const auto variant = variantNamed(type.toStdString());
        const auto floats = Variant::original(asFloats(*variant), m_executor, m_progress);
        Context device(variant, 128, m_executor, infer::KvType::F16, m_accelerator.get()), cpu(floats, 128, m_executor);
        const auto ids = std::span(m_text).first(kTokens);
        const auto expected = cpu.evaluate(ids, kWanted, m_progress), ours = device.evaluate(ids, kWanted, m_progress);
        QCOMPARE(ours.size(), expected.size());
        double worst = 0, largest = 0;
        for (std::size_t i = 0; i < ours.size(); ++i) {
            worst = std::max(worst, std::abs(double(ours[i]) - double(expected[i])));
            largest = std::max(largest, std::abs(double(expected[i])));
        }
        QVERIFY2(worst < 1e-3 * largest, qPrintable(QString::number(worst / largest)));
    }

    /// Written word by word, a text has the CPU's logits where the device rounds activations as the CPU does.
    void logitsOfRoundedActivationsAreTheCpus_data()
    {
        QTest::addColumn<QString>("type");
        for (const char* type : {"Q8_0", "Q4_0", "Q6_K"})  // in place of Q4_K this model has Q5_0
            QTest::newRow(type) << type;
    }
    void logitsOfRoundedActivationsAreTheCpus()
    {
        QFETCH(QString, type);
        VulkanAccelerator rounding({.open = kRounding});
        if (!NetworkKernels(rounding.device()).roundsVectors(quant::Type::Q8_0))
            QSKIP("no integer dot products");
        const auto variant = variantNamed(type.toStdString());
        const std::vector<float> cpu = wordByWord(variant, nullptr), ours = wordByWord(variant, &rounding),
                                 floats = wordByWord(variant, m_accelerator.get());
        QCOMPARE(rounding.device().instance().validationMessages(), 0);
        const double error = relativeDistance(ours, cpu), errorOfFloats = relativeDistance(floats, cpu);
        QVERIFY2(error < errorOfFloats / 3, qPrintable(QString("%1 is not far below %2").arg(error).arg(errorOfFloats)));
    }
};

QTEST_GUILESS_MAIN(TestNetworkSample)
#include "tst_network_sample.moc"
