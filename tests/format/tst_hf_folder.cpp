// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/base/mapped_file.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/plan/recipe.h"
#include "core/quant/codec.h"
#include "core/write/quantize_file.h"
#include "tests/format/hf_folder.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <optional>

using namespace halftone;
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

using ModelPtr = std::shared_ptr<const model::Model>;

std::optional<Error> errorOf(const fs::path& path)
{
    try {
        format::openModel(path);
    } catch (const Error& error) {
        return error;
    }
    return std::nullopt;
}

bool contains(const std::string& text, std::string_view part)
{
    return text.find(part) != std::string::npos;
}

std::vector<float> valuesOf(const ModelPtr& model, std::string_view name)
{
    const model::Tensor* tensor = model->find(name);
    if (!tensor)
        return {};
    std::vector<float> values(tensor->shape.elements());
    quant::dequantize(tensor->type, tensor->data, values);
    return values;
}

std::vector<float> countedFrom(int first, std::size_t count)
{
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(float((first + int(i)) % 256));
    return values;
}

/// Names of the tensors in order, without blocks but the first.
std::vector<std::string> namesOf(const model::Model& model)
{
    std::vector<std::string> names;
    for (const auto& tensor : model.tensors())
        names.push_back(tensor.name);
    return names;
}

std::string fileBytes(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

class TestHfFolder : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<HfFolder> m_folder;

    ModelPtr open() const { return format::openModel(m_folder->path()); }
    void putConfig(const json& changes) const
    {
        json config = HfFolder::llamaConfig();
        config.update(changes);
        m_folder->put("config.json", config);
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_folder = std::make_unique<HfFolder>(fromUtf8(m_dir->path().toStdString()));
    }

    void namesOrderAndTypesAreTheConverters()
    {
        m_folder->putLlama();
        const auto model = open();
        const std::vector<std::string> expected{
            "token_embd.weight",        "blk.0.attn_norm.weight", "blk.0.ffn_down.weight",  "blk.0.ffn_gate.weight",
            "blk.0.ffn_up.weight",      "blk.0.ffn_norm.weight",  "blk.0.attn_k.weight",    "blk.0.attn_output.weight",
            "blk.0.attn_q.weight",      "blk.0.attn_v.weight",    "blk.1.attn_norm.weight", "blk.1.ffn_down.weight",
            "blk.1.ffn_gate.weight",    "blk.1.ffn_up.weight",    "blk.1.ffn_norm.weight",  "blk.1.attn_k.weight",
            "blk.1.attn_output.weight", "blk.1.attn_q.weight",    "blk.1.attn_v.weight",    "output_norm.weight"};
        QCOMPARE(namesOf(*model), expected);
        for (const auto& tensor : model->tensors())
            QVERIFY2(tensor.type == (tensor.shape.rank == 1 ? quant::Type::F32 : quant::Type::BF16), tensor.name.c_str());
        const model::Tensor* down = model->find("blk.1.ffn_down.weight");
        QCOMPARE(down->shape.extent[0], std::uint64_t(HfFolder::kForward));
        QCOMPARE(down->shape.extent[1], std::uint64_t(HfFolder::kWidth));
        QCOMPARE(down->layer, 1);
        QVERIFY(down->role == model::Role::FfnDown);
        QVERIFY(model->tiedOutput());
        QCOMPARE(model->format(), std::string("safetensors"));
        QVERIFY(model->warnings().empty());
        QVERIFY(model->whyNotWritable().empty());
    }

    void whatKeepsItsLayoutIsNotCopied()
    {
        m_folder->putLlama();
        const auto model = open();
        const model::Tensor* value = model->find("blk.0.attn_v.weight");
        QVERIFY(value->data.inPlace());
        QVERIFY(value->data.data() == model->files()[0]->bytes().data() + value->offset);
        QVERIFY(!model->find("blk.0.attn_q.weight")->data.inPlace());
        QCOMPARE(valuesOf(model, "blk.0.attn_v.weight"), countedFrom(50, 32));
        QCOMPARE(valuesOf(model, "blk.0.attn_norm.weight"), countedFrom(1, 8));
    }

    void queryRowsBecomeNeighbours()
    {
        m_folder->putLlama();
        const auto model = open();
        // Two heads of four rows: 0 2 1 3 within each, the second head behind the first. Rows have eight weights.
        std::vector<float> expected;
        for (const int row : {0, 2, 1, 3, 4, 6, 5, 7}) {
            const auto weights = countedFrom(row * 8, 8);
            expected.insert(expected.end(), weights.begin(), weights.end());
        }
        QCOMPARE(valuesOf(model, "blk.0.attn_q.weight"), expected);
        // The one key head of four rows.
        expected.clear();
        for (const int row : {0, 2, 1, 3}) {
            const auto weights = countedFrom(100 + row * 8, 8);
            expected.insert(expected.end(), weights.begin(), weights.end());
        }
        QCOMPARE(valuesOf(model, "blk.0.attn_k.weight"), expected);
    }

    void readingAPieceIsReadingAPart()
    {
        m_folder->putLlama();
        const auto model = open();
        const model::TensorData& data = model->find("blk.0.attn_q.weight")->data;
        std::vector<std::byte> scratch;
        for (std::uint64_t offset = 0; offset < data.size(); offset += 6) {
            const std::uint64_t count = std::min<std::uint64_t>(22, data.size() - offset);
            const auto view = data.view(offset, count, scratch);
            QVERIFY(std::ranges::equal(view, data.subspan(offset, count)));
        }
    }

    void metadataIsTheConverters()
    {
        m_folder->putLlama();
        m_folder->put("generation_config.json", json{{"temperature", 0.5}, {"top_k", 20}});
        m_folder->put("README.md",
                      std::string("---\nlicense: apache-2.0\nlanguage:\n- en\n- de\ntags: [tiny, \"made up\"]\n---\n# A model\n"));
        const auto model = open();
        const model::Metadata& metadata = model->metadata();
        QCOMPARE(model->architecture(), std::string("llama"));
        const std::pair<const char*, int> integers[] = {
            {"llama.block_count", 2},          {"llama.context_length", 64},        {"llama.embedding_length", 8},
            {"llama.feed_forward_length", 12}, {"llama.attention.head_count", 2},   {"llama.attention.head_count_kv", 1},
            {"llama.attention.key_length", 4}, {"llama.attention.value_length", 4}, {"llama.vocab_size", 6},
            {"llama.rope.dimension_count", 4}, {"general.file_type", 32},           {"general.quantization_version", 2},
            {"general.sampling.top_k", 20},    {"tokenizer.ggml.eos_token_id", 5}};
        m_folder->put("tokenizer_config.json", json{{"eos_token", "<|end|>"}});
        const auto again = open();
        for (const auto& [key, value] : integers)
            QVERIFY2(again->metadata().integer(key) == value, key);
        QCOMPARE(metadata.number("llama.rope.freq_base"), std::optional(500000.0));
        QCOMPARE(metadata.number("llama.attention.layer_norm_rms_epsilon"), std::optional(double(1e-5f)));
        QCOMPARE(metadata.string("general.type"), std::optional<std::string_view>("model"));
        QCOMPARE(metadata.string("general.license"), std::optional<std::string_view>("apache-2.0"));
        QCOMPARE(metadata.number("general.sampling.temp"), std::optional(0.5));
        QCOMPARE(*metadata.array<std::string>("general.languages"), (std::vector<std::string>{"en", "de"}));
        QCOMPARE(*metadata.array<std::string>("general.tags"), (std::vector<std::string>{"tiny", "made up"}));
        QCOMPARE(metadata.string("general.size_label"), std::optional<std::string_view>("1.0K"));
    }

    void anOldConfigurationGetsItsClassesDefaults()
    {
        m_folder->putLlama();
        json config = HfFolder::llamaConfig();
        for (const char* key : {"rope_theta", "rms_norm_eps", "max_position_embeddings"})
            config.erase(key);
        m_folder->put("config.json", config);
        const auto model = open();
        QCOMPARE(model->metadata().number("llama.rope.freq_base"), std::optional(10000.0));
        QCOMPARE(model->metadata().number("llama.attention.layer_norm_rms_epsilon"), std::optional(double(1e-6f)));
        QCOMPARE(model->metadata().integer("llama.context_length"), std::optional<std::int64_t>(2048));
    }

    void ropeScalingIsWritten()
    {
        m_folder->putLlama();
        putConfig({{"rope_scaling", {{"type", "linear"}, {"factor", 4.0}}}});
        QCOMPARE(open()->metadata().string("llama.rope.scaling.type"), std::optional<std::string_view>("linear"));
        QCOMPARE(open()->metadata().number("llama.rope.scaling.factor"), std::optional(4.0));
        putConfig({{"rope_scaling", {{"rope_type", "yarn"}, {"factor", 8.0}, {"original_max_position_embeddings", 32}}}});
        QCOMPARE(open()->metadata().string("llama.rope.scaling.type"), std::optional<std::string_view>("yarn"));
        QCOMPARE(open()->metadata().integer("llama.rope.scaling.original_context_length"), std::optional<std::int64_t>(32));
    }

    void llama3RopeBecomesATensor()
    {
        m_folder->putLlama();
        putConfig({{"head_dim", 4},
                   {"rope_scaling",
                    {{"rope_type", "llama3"},
                     {"factor", 8.0},
                     {"low_freq_factor", 1.0},
                     {"high_freq_factor", 4.0},
                     {"original_max_position_embeddings", 8192}}}});
        const auto model = open();
        QCOMPARE(model->tensors().front().name, std::string("rope_freqs.weight"));
        // Frequencies 1 and 500000^-0.5: waves of 6.3 (kept) and 4443 tokens, which lies between 8192/4 and 8192.
        const double wave = 2 * 3.14159265358979 * std::sqrt(500000.0), smooth = (8192 / wave - 1) / 3;
        const auto factors = valuesOf(model, "rope_freqs.weight");
        QCOMPARE(factors.size(), std::size_t(2));
        QCOMPARE(factors[0], 1.0f);
        QVERIFY(std::abs(factors[1] - 1 / ((1 - smooth) / 8 + smooth)) < 1e-5);
    }

    void anyFileOfTheFolderOpensIt()
    {
        m_folder->putLlama();
        for (const char* name : {"config.json", "model.safetensors"})
            QCOMPARE(format::openModel(m_folder->path() / name)->tensors().size(), std::size_t(20));
    }

    void theFilesOfAnIndexAreOneModel()
    {
        m_folder->putLlama();
        fs::remove(m_folder->path() / "model.safetensors");
        SafetensorsBytes first, second;
        HfFolder::addLayer(first, 0, "F16");
        HfFolder::addLayer(second, 1, "F16");
        HfFolder::addEnds(second, "F16");
        m_folder->put("model-00001-of-00002.safetensors", first.string());
        m_folder->put("model-00002-of-00002.safetensors", second.string());
        json map;
        for (const char* part : {"input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
                                 "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"})
            for (int layer = 0; layer < 2; ++layer)
                map[QStringLiteral("model.layers.%1.%2.weight").arg(layer).arg(QLatin1String(part)).toStdString()] =
                    layer == 0 ? "model-00001-of-00002.safetensors" : "model-00002-of-00002.safetensors";
        map["model.norm.weight"] = map["model.embed_tokens.weight"] = "model-00002-of-00002.safetensors";
        m_folder->put("model.safetensors.index.json", json{{"metadata", {{"total_size", 1}}}, {"weight_map", map}});
        const auto model = open();
        QCOMPARE(model->files().size(), std::size_t(2));
        QCOMPARE(model->tensors().size(), std::size_t(20));
        QCOMPARE(model->tensors().front().name, std::string("blk.0.attn_norm.weight"));
        QCOMPARE(model->find("blk.1.attn_v.weight")->file, 1u);
        QCOMPARE(valuesOf(model, "blk.1.attn_v.weight"), countedFrom(50, 32));

        // Rules of the index, each broken.
        const auto withMap = [&](const json& changed) { m_folder->put("model.safetensors.index.json", json{{"weight_map", changed}}); };
        json broken = map;
        broken["model.norm.weight"] = "../model-00002-of-00002.safetensors";
        withMap(broken);
        QVERIFY(contains(errorOf(m_folder->path())->problem(), "not a plain file name"));
        broken["model.norm.weight"] = "model-00003-of-00003.safetensors";
        withMap(broken);
        QVERIFY(contains(errorOf(m_folder->path())->problem(), "model-00003-of-00003.safetensors is missing"));
        broken["model.norm.weight"] = "model-00001-of-00002.safetensors";
        withMap(broken);
        QVERIFY(contains(errorOf(m_folder->path())->what(), "the index does not have this tensor in this file"));
        broken = map;
        broken["model.extra.weight"] = "model-00001-of-00002.safetensors";
        withMap(broken);
        QVERIFY(contains(errorOf(m_folder->path())->what(), "promises a tensor that this file lacks"));
        m_folder->put("model.safetensors.index.json", json{{"weight_map", json::array()}});
        QVERIFY(contains(errorOf(m_folder->path())->problem(), "no weight_map"));
    }

    void brokenFoldersAreNamed()
    {
        QVERIFY(contains(errorOf(m_folder->path())->problem(), "no config.json"));
        m_folder->put("config.json", HfFolder::llamaConfig());
        QVERIFY(contains(errorOf(m_folder->path())->problem(), "no .safetensors file"));
        m_folder->put("pytorch_model.bin", std::string("x"));
        QVERIFY(contains(errorOf(m_folder->path())->problem(), "pickle"));
        m_folder->putLlama();
        m_folder->put("config.json", std::string("[1]"));
        const auto list = errorOf(m_folder->path());
        QVERIFY(contains(list->problem(), "not an object"));
        QVERIFY(contains(list->file(), "config.json"));
        putConfig({{"num_attention_heads", "two"}});
        QVERIFY(contains(errorOf(m_folder->path())->what(), "num_attention_heads"));
        putConfig({{"num_attention_heads", 3}});
        QVERIFY(contains(errorOf(m_folder->path())->what(), "8 rows are not 3 heads"));
        putConfig({{"num_hidden_layers", -1}});
        QVERIFY(contains(errorOf(m_folder->path())->what(), "not an integer from 0"));
        putConfig({{"vocab_size", 4'000'000'000u}});
        QVERIFY(contains(errorOf(m_folder->path())->what(), "larger than any model's"));
    }

    void anUnknownClassIsOpenedButNotWritten()
    {
        m_folder->putLlama("F16");
        putConfig({{"architectures", {"QuiteNewForCausalLM"}}, {"model_type", "quite_new"}});
        const auto model = open();
        QCOMPARE(model->architecture(), std::string("quite_new"));
        QCOMPARE(model->tensors().front().name, std::string("model.embed_tokens.weight"));
        QVERIFY(contains(model->whyNotWritable(), "QuiteNewForCausalLM"));
        QCOMPARE(model->warnings().size(), std::size_t(1));
        const plan::Plan plan = plan::makePlan(*model, {.base = "pure:Q8_0"});
        Executor executor(1);
        Progress progress;
        try {
            write::quantizeFile(*model, plan, m_folder->path() / "out.gguf", {}, executor, progress);
            QFAIL("it was written");
        } catch (const Error& error) {
            QVERIFY2(error.code() == ErrorCode::Unsupported, error.what());
        }
        QVERIFY(!fs::exists(m_folder->path() / "out.gguf"));
    }

    void whatIsWrittenIsReadTheSame()
    {
        m_folder->putLlama();
        const auto model = open();
        Executor executor(2);
        Progress progress;
        const fs::path out = m_folder->path() / "out.gguf";
        write::quantizeFile(*model, plan::makePlan(*model, {}), out, {}, executor, progress);
        const auto written = format::openModel(out);
        QCOMPARE(namesOf(*written), namesOf(*model));
        for (std::size_t i = 0; i < model->tensors().size(); ++i) {
            QVERIFY(written->tensors()[i].shape == model->tensors()[i].shape);
            QVERIFY2(std::ranges::equal(written->tensors()[i].data, model->tensors()[i].data), model->tensors()[i].name.c_str());
        }
        QCOMPARE(written->metadata().entries().size(), model->metadata().entries().size());
        for (const auto& [key, value] : model->metadata().entries())
            QVERIFY2(*written->metadata().find(key) == value, key.c_str());
    }

    void theConfigurationIsNotOverwritten()
    {
        m_folder->putLlama();
        const auto model = open();
        const std::string before = fileBytes(m_folder->path() / "config.json");
        Executor executor(1);
        Progress progress;
        QVERIFY_EXCEPTION_THROWN(
            write::quantizeFile(*model, plan::makePlan(*model, {}), m_folder->path() / "config.json", {}, executor, progress), Error);
        QCOMPARE(fileBytes(m_folder->path() / "config.json"), before);
    }

    void fp8IsUnpackedWithItsScales()
    {
        m_folder->putLlama();
        putConfig({{"num_hidden_layers", 1}, {"quantization_config", {{"quant_method", "fp8"}, {"weight_block_size", {2, 4}}}}});
        SafetensorsBytes file;
        HfFolder::addLayer(file, 0, "BF16");
        HfFolder::addEnds(file, "BF16");
        // 0x38 is 1, 0xC0 is -2, 0x01 is 2^-9, 0x7E is 448. Rows of four, a scale for each block of two rows.
        file.tensor("lm_head.weight", "F8_E4M3", "[3,4]",
                    std::string("\x38\xC0\x01\x7E"
                                "\x38\x38\x38\x38"
                                "\x38\xC0\x01\x7E",
                                12));
        file.tensor("lm_head.weight_scale_inv", "F32", "[2,1]", packed<float>({2.0f, 0.5f}));
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QVERIFY(!model->find("lm_head.weight_scale_inv"));
        QVERIFY(model->find("output.weight")->type == quant::Type::BF16);
        QCOMPARE(valuesOf(model, "output.weight"), (std::vector<float>{2, -4, 0.00390625f, 896, 2, 2, 2, 2, 0.5f, -1, 0.0009765625f, 224}));
    }

    void scalesThatDoNotFitAreRefused()
    {
        m_folder->putLlama();
        SafetensorsBytes file;
        HfFolder::addEnds(file, "BF16");
        file.tensor("lm_head.weight", "F8_E4M3", "[2,4]", std::string(8, '\x38'));
        file.tensor("lm_head.weight_scale", "F32", "[3]", packed<float>({1, 2, 3}));
        m_folder->put("model.safetensors", file.string());
        QVERIFY(contains(errorOf(m_folder->path())->what(), "the scales fit neither"));
    }

    void expertsAreStacked()
    {
        m_folder->putLlama();
        putConfig(
            {{"architectures", {"MixtralForCausalLM"}}, {"num_local_experts", 2}, {"num_experts_per_tok", 1}, {"num_hidden_layers", 1}});
        SafetensorsBytes file;
        HfFolder::addEnds(file, "BF16");
        const std::string prefix = "model.layers.0.block_sparse_moe.";
        HfFolder::add(file, prefix + "gate.weight", 2, 8, 0, "BF16");
        for (int expert = 0; expert < 2; ++expert)
            for (int matrix = 1; matrix <= 3; ++matrix)
                HfFolder::add(file, prefix + QStringLiteral("experts.%1.w%2.weight").arg(expert).arg(matrix).toStdString(),
                              matrix == 2 ? 8 : 4, matrix == 2 ? 4 : 8, 10 * expert + matrix, "BF16");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(namesOf(*model),
                 (std::vector<std::string>{"token_embd.weight", "blk.0.ffn_gate_exps.weight", "blk.0.ffn_down_exps.weight",
                                           "blk.0.ffn_up_exps.weight", "blk.0.ffn_gate_inp.weight", "output_norm.weight"}));
        QVERIFY(model->find("blk.0.ffn_gate_inp.weight")->type == quant::Type::F32);
        const model::Tensor* up = model->find("blk.0.ffn_up_exps.weight");
        QCOMPARE(up->shape.rank, 3u);
        QCOMPARE(up->shape.extent[2], std::uint64_t(2));
        std::vector<float> expected = countedFrom(3, 32);
        const auto second = countedFrom(13, 32);
        expected.insert(expected.end(), second.begin(), second.end());
        QCOMPARE(valuesOf(model, "blk.0.ffn_up_exps.weight"), expected);
        putConfig({{"architectures", {"MixtralForCausalLM"}}, {"num_local_experts", 3}, {"num_hidden_layers", 1}});
        QVERIFY(contains(errorOf(m_folder->path())->what(), "not all experts are there"));
    }

    void gemmasNormsGetTheirOne()
    {
        m_folder->putLlama();
        putConfig({{"architectures", {"GemmaForCausalLM"}}, {"model_type", "gemma"}});
        const auto model = open();
        QCOMPARE(valuesOf(model, "output_norm.weight"), countedFrom(10, 8));
        QCOMPARE(valuesOf(model, "blk.0.attn_v.weight"), countedFrom(50, 32));
        QVERIFY(model->find("blk.0.attn_q.weight")->data.inPlace());
    }

    void gpt2sMatricesAreTurned()
    {
        m_folder->put("config.json",
                      json{{"architectures", {"GPT2LMHeadModel"}},
                           {"model_type", "gpt2"},
                           {"n_embd", 2},
                           {"n_layer", 1},
                           {"n_head", 1},
                           {"n_ctx", 8},
                           {"layer_norm_epsilon", 1e-5},
                           {"vocab_size", 6}});
        m_folder->put("tokenizer.json", HfFolder::tokenizer());
        SafetensorsBytes file;
        HfFolder::add(file, "wte.weight", 6, 2, 0, "F32");
        HfFolder::add(file, "h.0.attn.c_attn.weight", 2, 6, 0, "F32");
        HfFolder::add(file, "h.0.attn.c_attn.bias", 6, 0, 0, "F32");
        HfFolder::add(file, "h.0.attn.bias", 4, 4, 0, "F32");
        m_folder->put("model.safetensors", file.string());
        const auto model = open();
        QCOMPARE(namesOf(*model), (std::vector<std::string>{"blk.0.attn_qkv.bias", "blk.0.attn_qkv.weight", "token_embd.weight"}));
        QCOMPARE(valuesOf(model, "blk.0.attn_qkv.weight"), (std::vector<float>{0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}));
        QCOMPARE(model->find("blk.0.attn_qkv.weight")->shape.extent[0], std::uint64_t(2));
        QCOMPARE(model->metadata().integer("gpt2.feed_forward_length"), std::optional<std::int64_t>(8));
    }
};

QTEST_APPLESS_MAIN(TestHfFolder)
#include "tst_hf_folder.moc"
