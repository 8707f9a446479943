// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "core/infer/weights.h"
#include "core/plan/importance.h"
#include "core/quant/codec.h"
#include "tests/infer/made_model.h"

#include <QtTest>

#include <cmath>
#include <limits>

using namespace halftone;
using namespace halftone::infer;

class TestVariant : public QObject {
    Q_OBJECT

    using Variants = std::vector<std::shared_ptr<const Variant>>;

    Executor m_executor{2};
    Progress m_progress;

    /// The error of preparing the model as it is.
    std::optional<Error> errorOf(const test::MadeModel& made)
    {
        try {
            Variant::original(made.model(), m_executor, m_progress);
            return {};
        } catch (const Error& error) {
            return error;
        }
    }
    static plan::Plan planFor(const test::MadeModel& made, quant::Type type)
    {
        plan::Plan plan;
        for (const auto& tensor : made.parts.tensors) {
            const bool matrix = tensor.shape.rank == 2 && tensor.shape.columns() % quant::info(type).blockSize == 0;
            const quant::Type chosen = matrix ? type : tensor.type;
            plan.choices.push_back({.type = chosen, .wanted = chosen, .reason = plan::Reason::Pure});
        }
        return plan;
    }
    static bool says(const std::optional<Error>& error, ErrorCode code, const std::vector<std::string>& words)
    {
        return error && error->code() == code && std::all_of(words.begin(), words.end(), [&](const std::string& word) {
                   return std::string(error->what()).find(word) != std::string::npos;
               });
    }

private Q_SLOTS:
    void aSoundModelRuns() { QVERIFY(whyNotRunnable(*test::ModelMaker::make({}).model()).empty()); }

    void anUnknownArchitectureIsNamed()
    {
        const auto made = test::ModelMaker::make({.architecture = "mamba"});
        const NotRunnable why = whyNotRunnable(*made.model());
        QVERIFY(why.kind == NotRunnable::Kind::ArchitectureUnknown);
        QCOMPARE(why.architecture, std::string("mamba"));
        QVERIFY(textOf(why).find("mamba") != std::string::npos);
        QVERIFY(says(errorOf(made), ErrorCode::Unsupported, {"mamba"}));
    }

    void aTensorThatTheArchitectureDoesNotHaveIsRefused()
    {
        const auto norms = test::ModelMaker::make({.architecture = "qwen2", .headNorms = true});
        QVERIFY(says(errorOf(norms), ErrorCode::Unsupported, {"qwen2", "blk.0.attn_q_norm.weight"}));
        const auto behind = test::ModelMaker::make({.normAfter = true});
        QVERIFY(says(errorOf(behind), ErrorCode::Unsupported, {"llama", "blk.0.post_attention_norm.weight"}));
    }

    void theLargeGemmaIsKnownByItsLayers()
    {
        const auto scale = [](const std::string& architecture, std::uint32_t layers) {
            const auto made =
                test::ModelMaker::make({.architecture = architecture, .layers = layers, .headNorms = true, .normAfter = true});
            return readHyperparameters(*made.model()).attentionScale;
        };
        for (const auto& [architecture, layers] : {std::pair<std::string, std::uint32_t>{"gemma2", 46}, {"gemma3", 62}}) {
            QCOMPARE(scale(architecture, layers), 0.25f);  // of four heads that share a width of 64
            QCOMPARE(scale(architecture, layers - 1), 1 / std::sqrt(20.0f));
        }
    }

    void layersWithAWindowAreAPeriodOrAList()
    {
        auto made = test::ModelMaker::make({.architecture = "gemma3", .layers = 7, .headNorms = true, .normAfter = true, .window = 9});
        using Layers = std::vector<bool>;
        const auto windowed = [&] { return readHyperparameters(*made.model()).windowed; };
        QCOMPARE(windowed(), (Layers{true, true, true, true, true, false, true}));
        const std::string key = "gemma3.attention.sliding_window_pattern";
        made.parts.metadata.set(key, std::uint32_t(2));
        QCOMPARE(windowed(), (Layers{true, false, true, false, true, false, true}));
        using Bools = std::vector<model::Bool>;
        made.parts.metadata.set(key, model::Array(Bools{{false}, {true}, {true}, {false}, {false}, {false}, {true}}));
        QCOMPARE(windowed(), (Layers{false, true, true, false, false, false, true}));
        made.parts.metadata.set(key, model::Array(Bools(6, {true})));
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {key, "6", "7"}));
        made.parts.metadata.erase("gemma3.attention.sliding_window");
        QVERIFY(windowed().empty());
    }

    void factorsForLongContextsAloneAreNotEnough()
    {
        auto made = test::ModelMaker::make({.architecture = "phi3", .fusedQueries = true, .fusedGates = true, .contextFactors = true});
        QVERIFY(!errorOf(made));
        made.removeTensor("rope_factors_short.weight");
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"rope_factors_short.weight", "missing"}));
    }

    void fusedMatricesAreNamedWithTheShapeOfTheWhole()
    {
        auto made = test::ModelMaker::make({.architecture = "phi3", .fusedQueries = true, .fusedGates = true});
        made.tensor("blk.1.attn_qkv.weight").shape.extent[1] = 80;
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"blk.1.attn_qkv.weight", "[64, 80]", "[64, 144]"}));
    }

    void positionsThatAreATableEndWithIt()
    {
        const auto made = test::ModelMaker::make(
            {.architecture = "gpt2", .contextLength = 24, .biases = true, .layerNorm = true, .plainHidden = true, .rotates = false});
        const auto variant = Variant::original(made.model(), m_executor, m_progress);
        QCOMPARE(Context(variant, 100, m_executor).capacity(), std::size_t(24));
        QCOMPARE(Context(variant, 10, m_executor).capacity(), std::size_t(10));
    }

    void aMixtureOfAnArchitectureWithoutOneIsRefused()
    {
        const auto made = test::ModelMaker::make({.architecture = "qwen2", .experts = 8, .expertsUsed = 2});
        QVERIFY(says(errorOf(made), ErrorCode::Unsupported, {"qwen2", "experts"}));
    }

    void aMixtureThatDoesNotSayHowManyExpertsATokenUsesIsRefused()
    {
        auto made = test::ModelMaker::make({.experts = 8, .expertsUsed = 2});
        QVERIFY(!errorOf(made));
        made.parts.metadata.set("llama.expert_used_count", std::uint32_t(9));
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"llama.expert_used_count", "9", "8"}));
        made.parts.metadata.erase("llama.expert_used_count");
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"llama.expert_used_count", "missing"}));
    }

    void aStackOfTooFewExpertsIsNamed()
    {
        auto made = test::ModelMaker::make({.experts = 8, .expertsUsed = 2});
        made.tensor("blk.1.ffn_up_exps.weight").shape.extent[2] = 7;
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"blk.1.ffn_up_exps.weight", "[64, 96, 7]", "[64, 96, 8]"}));
    }

    void expertsApartAsInOldMixturesAreRefused()
    {
        auto made = test::ModelMaker::make({.experts = 2, .expertsUsed = 1});
        made.tensor("blk.0.ffn_up_exps.weight").name = "blk.0.ffn_up.0.weight";
        QVERIFY(says(errorOf(made), ErrorCode::Unsupported, {"blk.0.ffn_up.0.weight"}));
    }

    void latentsThatDoNotFitTheCacheAreRefused()
    {
        auto made = test::ModelMaker::make({.architecture = "deepseek2", .kvHeads = 4, .rotated = 8, .rank = 24, .absorbed = true});
        QVERIFY(!errorOf(made));
        made.parts.metadata.set("deepseek2.attention.kv_lora_rank", std::uint32_t(25));
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"deepseek2.attention.kv_lora_rank", "key_length"}));
        made.parts.metadata.erase("deepseek2.attention.kv_lora_rank");
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"deepseek2.attention.kv_lora_rank", "missing"}));
        auto allTurn = test::ModelMaker::make({.architecture = "deepseek2", .kvHeads = 4, .rotated = 8, .rank = 24});
        allTurn.parts.metadata.set("deepseek2.rope.dimension_count", std::uint32_t(20));
        QVERIFY(says(errorOf(allTurn), ErrorCode::Malformed, {"deepseek2.rope.dimension_count", "20"}));
    }

    void expertGroupsThatDoNotAddUpAreRefused()
    {
        test::Design design{.architecture = "deepseek2", .kvHeads = 4, .rotated = 8, .experts = 8, .expertsUsed = 5, .rank = 24};
        design.groups = 4;
        design.groupsUsed = 2;  // four experts, but five are wanted
        QVERIFY(says(errorOf(test::ModelMaker::make(design)), ErrorCode::Malformed, {"deepseek2.expert_group_count"}));
        design.groupsUsed = 3;
        QVERIFY(!errorOf(test::ModelMaker::make(design)));
        auto made = test::ModelMaker::make(design);
        made.parts.metadata.set("deepseek2.expert_gating_func", std::uint32_t(4));
        QVERIFY(says(errorOf(made), ErrorCode::Unsupported, {"deepseek2.expert_gating_func", "4"}));
    }

    void biasesOfExpertsAreOneForEach()
    {
        auto made = test::ModelMaker::make({.architecture = "gpt-oss",
                                            .experts = 4,
                                            .expertsUsed = 2,
                                            .ffnNorm = "post_attention_norm",
                                            .sinks = true,
                                            .clampedSilu = true,
                                            .expertBiases = true});
        QVERIFY(!errorOf(made));
        made.tensor("blk.1.ffn_up_exps.bias").shape.extent[1] = 3;
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"blk.1.ffn_up_exps.bias", "[96, 3]", "[96, 4]"}));
        made.tensor("blk.1.ffn_up_exps.bias").shape.extent[1] = 4;
        made.removeTensor("blk.0.attn_sinks.weight");
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"blk.0.attn_sinks.weight", "missing"}));
    }

    void anUnknownPositionScalingIsRefused()
    {
        QVERIFY(says(errorOf(test::ModelMaker::make({.scaling = "dynamic"})), ErrorCode::Unsupported, {"dynamic"}));
    }

    void aMissingTensorIsNamed()
    {
        for (const std::string name : {"token_embd.weight", "output_norm.weight", "blk.1.ffn_up.weight", "blk.0.attn_norm.weight"}) {
            auto made = test::ModelMaker::make({});
            made.removeTensor(name);
            QVERIFY(says(errorOf(made), ErrorCode::Malformed, {name, "missing"}));
            const NotRunnable why = whyNotRunnable(*made.model());
            QVERIFY(why.kind == NotRunnable::Kind::TensorMissing);
            QCOMPARE(why.subject, name);
            QVERIFY(textOf(why).find("the llama model cannot be run: tensor " + name) == 0);
        }
    }

    void aShapeThatDoesNotFitIsNamedWithTheExpectedOne()
    {
        auto made = test::ModelMaker::make({});
        made.tensor("blk.1.attn_k.weight").shape.extent = {40, 64, 1, 1};
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"blk.1.attn_k.weight", "[40, 64]", "[64, 40]"}));
    }

    void tensorsWithoutDataAreRefused()
    {
        auto made = test::ModelMaker::make({});
        made.tensor("output.weight").data = {};
        QVERIFY(says(errorOf(made), ErrorCode::Malformed, {"output.weight"}));
    }

    void numbersOutOfRangeAreNamed_data()
    {
        QTest::addColumn<QString>("key");
        QTest::addColumn<qint64>("value");
        QTest::newRow("no layers") << "llama.block_count" << qint64(0);
        QTest::newRow("too many layers") << "llama.block_count" << (qint64(1) << 40);
        QTest::newRow("no heads") << "llama.attention.head_count" << qint64(0);
        QTest::newRow("heads that do not share evenly") << "llama.attention.head_count_kv" << qint64(3);
        QTest::newRow("negative width") << "llama.embedding_length" << qint64(-1);
        QTest::newRow("huge head") << "llama.attention.key_length" << std::numeric_limits<qint64>::max();
        QTest::newRow("odd rotation") << "llama.rope.dimension_count" << qint64(5);
    }
    void numbersOutOfRangeAreNamed()
    {
        QFETCH(QString, key);
        QFETCH(qint64, value);
        auto made = test::ModelMaker::make({});
        made.parts.metadata.set(key.toStdString(), std::int64_t(value));
        const auto error = errorOf(made);
        QVERIFY(error && error->code() == ErrorCode::Malformed);
        QVERIFY(error->problem().find("llama.") != std::string::npos);
    }

    void aMissingKeyIsNamed()
    {
        for (const std::string key : {"llama.block_count", "llama.attention.head_count", "llama.attention.layer_norm_rms_epsilon"}) {
            auto made = test::ModelMaker::make({});
            made.parts.metadata.erase(key);
            QVERIFY(says(errorOf(made), ErrorCode::Malformed, {key, "missing"}));
        }
    }

    void headSizesDefaultToTheWidthShared()
    {
        auto made = test::ModelMaker::make({.keySize = 16, .valueSize = 16});
        made.parts.metadata.erase("llama.attention.key_length");
        made.parts.metadata.erase("llama.attention.value_length");
        QVERIFY(!errorOf(made));
    }

    void preparedWeightsAreThePlansBytes()
    {
        const auto made = test::ModelMaker::make({.keySize = 16, .valueSize = 16});
        const auto plan = planFor(made, quant::Type::Q8_0);
        const auto variant = Variant::prepare(made.model(), plan, nullptr, m_executor, m_progress);
        const auto& down = variant->weights().layers[1].dense.down.weight;
        QVERIFY(down.type == quant::Type::Q8_0);
        const auto& source = made.weights.at("blk.1.ffn_down.weight");
        std::vector<std::byte> expected(quant::rowBytes(quant::Type::Q8_0, down.columns) * down.rows);
        quant::quantize(quant::Type::Q8_0, source, down.columns, {}, expected);
        QVERIFY(std::equal(expected.begin(), expected.end(), down.data));
        QVERIFY(variant->tensorBytes() < made.model()->tensorBytes() / 3);
        const auto snapshot = m_progress.snapshot();
        QVERIFY(snapshot.unit == Unit::Weights);
        QCOMPARE(snapshot.done, snapshot.total);
    }

    void everyExpertIsPacked()
    {
        const auto made = test::ModelMaker::make({.keySize = 16, .valueSize = 16, .experts = 4, .expertsUsed = 2});
        plan::Plan plan = planFor(made, quant::Type::Q8_0);
        for (std::size_t i = 0; i < plan.choices.size(); ++i)
            if (made.parts.tensors[i].shape.rank == 3)
                plan.choices[i].type = quant::Type::Q4_0;
        const auto variant = Variant::prepare(made.model(), plan, nullptr, m_executor, m_progress);
        const Linear& down = variant->weights().layers[1].mixture.experts.down;
        QCOMPARE(down.experts, std::size_t(4));
        const auto& source = made.weights.at("blk.1.ffn_down_exps.weight");
        for (std::size_t expert = 0; expert < 4; ++expert) {
            const PackedMatrix matrix = down.ofExpert(expert);
            QVERIFY(matrix.type == quant::Type::Q4_0);
            std::vector<std::byte> expected(quant::rowBytes(matrix.type, matrix.columns) * matrix.rows);
            const std::size_t weights = matrix.columns * matrix.rows;
            quant::quantize(matrix.type, std::span(source).subspan(expert * weights, weights), matrix.columns, {}, expected);
            QVERIFY(std::equal(expected.begin(), expected.end(), matrix.data));
        }
    }

    /// Bytes are counted: eight variants that differ in one tensor hold the others once.
    void whatIsEqualBetweenVariantsIsShared()
    {
        const auto made = test::ModelMaker::make({.keySize = 16, .valueSize = 16});
        const auto model = made.model();
        const plan::Plan plan = planFor(made, quant::Type::Q8_0);
        Variants variants{Variant::prepare(model, plan, nullptr, m_executor, m_progress)};
        const std::uint64_t one = packedBytes(variants);
        variants.push_back(Variant::prepare(model, plan, nullptr, m_executor, m_progress, variants));
        QCOMPARE(m_progress.snapshot().total, std::uint64_t(0));
        QCOMPARE(packedBytes(variants), one);
        QCOMPARE(packedBytes((Variants{variants[0], Variant::prepare(model, plan, nullptr, m_executor, m_progress)})), 2 * one);

        plan::Plan other = plan;
        const auto index =
            std::size_t(std::ranges::find(made.parts.tensors, "blk.1.ffn_up.weight", &model::Tensor::name) - made.parts.tensors.begin());
        other.choices[index].type = quant::Type::Q4_0;
        variants.push_back(Variant::prepare(model, other, nullptr, m_executor, m_progress, variants));
        QCOMPARE(packedBytes(variants), one + quant::rowBytes(quant::Type::Q4_0, 64) * 96);
        const auto data = [&](std::size_t variant) { return variants[variant]->weights().layers[1].dense.down.weight.data; };
        QCOMPARE(data(1), data(0));
        QCOMPARE(data(2), data(0));
        variants.erase(variants.begin(), variants.begin() + 2);  // the one that made them may go
        Context context(variants[0], 4, m_executor);
        const token::Id token = 5;
        QVERIFY(std::ranges::all_of(context.evaluate({&token, 1}, 1, m_progress), [](float logit) { return std::isfinite(logit); }));
        QCOMPARE(packedBytes((Variants{Variant::original(model, m_executor, m_progress)})), std::uint64_t(0));
    }

    void aVariantThatIsMovedInLeavesOnlyWhatIsShared()
    {
        const auto made = test::ModelMaker::make({.keySize = 16, .valueSize = 16});
        const auto model = made.model();
        const plan::Plan plan = planFor(made, quant::Type::Q8_0);
        Variants variants{Variant::prepare(model, plan, nullptr, m_executor, m_progress)};
        const std::weak_ptr<const Variant> first = variants[0];
        const std::byte* const down = variants[0]->weights().layers[1].dense.down.weight.data;
        variants = {Variant::prepare(model, plan, nullptr, m_executor, m_progress, std::move(variants))};
        QVERIFY(first.expired());
        QCOMPARE(variants[0]->weights().layers[1].dense.down.weight.data, down);
    }

    void whatOtherImportanceOrAnotherModelMadeIsNotShared()
    {
        const auto made = test::ModelMaker::make({.keySize = 16, .valueSize = 16});
        const auto model = made.model();
        const plan::Plan plan = planFor(made, quant::Type::Q4_0);
        plan::ImportanceMatrix importance;
        for (std::size_t i = 0; i < made.parts.tensors.size(); ++i) {
            const auto& tensor = made.parts.tensors[i];
            if (plan.choices[i].type != tensor.type)
                importance.columns[tensor.name].assign(tensor.shape.columns(), 1.0f);
        }
        const Variants plain{Variant::prepare(model, plan, nullptr, m_executor, m_progress)};
        const Variants weighted{Variant::prepare(model, plan, &importance, m_executor, m_progress, plain)};
        QCOMPARE(packedBytes((Variants{plain[0], weighted[0]})), 2 * packedBytes(plain));
        const Variants twice{weighted[0], Variant::prepare(model, plan, &importance, m_executor, m_progress, weighted)};
        QCOMPARE(packedBytes(twice), packedBytes(weighted));
        const Variants twin{plain[0], Variant::prepare(made.model(), plan, nullptr, m_executor, m_progress, plain)};
        QCOMPARE(packedBytes(twin), 2 * packedBytes(plain));
    }

    void unchangedTensorsAreViewsOnTheFile()
    {
        const auto made = test::ModelMaker::make({});
        const auto variant = Variant::original(made.model(), m_executor, m_progress);
        const auto file = made.parts.files[0]->bytes();
        QVERIFY(variant->weights().output.data >= file.data() && variant->weights().output.data < file.data() + file.size());
        QCOMPARE(variant->tensorBytes(), std::uint64_t(file.size()));
    }

    void aNotANumberIsNamed()
    {
        auto made = test::ModelMaker::make({});
        auto& tensor = made.tensor("blk.0.ffn_gate.weight");
        std::vector<float> values = made.weights.at(tensor.name);
        values[64 * 3 + 5] = std::numeric_limits<float>::quiet_NaN();
        tensor.data = std::as_bytes(std::span(values));
        try {
            Variant::prepare(made.model(), planFor(made, quant::Type::Q8_0), nullptr, m_executor, m_progress);
            QFAIL("a NaN was quantized");
        } catch (const Error& error) {
            QVERIFY(says(error, ErrorCode::Malformed, {"blk.0.ffn_gate.weight", "row 3", "column 5"}));
        }
    }

    void preparingCanBeCancelled()
    {
        const auto made = test::ModelMaker::make({});
        Progress progress;
        progress.cancel();
        try {
            Variant::prepare(made.model(), planFor(made, quant::Type::Q4_0), nullptr, m_executor, progress);
            QFAIL("a cancelled preparation went on");
        } catch (const Error& error) {
            QVERIFY(error.code() == ErrorCode::Cancelled);
        }
    }

    void aPlanForAnotherModelIsRefused()
    {
        const auto made = test::ModelMaker::make({});
        QVERIFY_THROWS_EXCEPTION(Error, Variant::prepare(made.model(), plan::Plan{}, nullptr, m_executor, m_progress));
    }
};

QTEST_APPLESS_MAIN(TestVariant)
#include "tst_variant.moc"
