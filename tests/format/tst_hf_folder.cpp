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
#include "core/write/quantize_file.h"
#include "tests/format/hf_checks.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <optional>

using namespace halftone;
using nlohmann::json;
using namespace hf_checks;

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

    void brokenSettingsAreLeftOut()
    {
        m_folder->putLlama();
        m_folder->put("generation_config.json", std::string("{\"top_k\": 20,}"));
        const auto model = open();
        QVERIFY(!model->metadata().contains("general.sampling.top_k"));
        QCOMPARE(model->warnings().size(), std::size_t(1));
        QVERIFY(contains(model::textOf(model->warnings().front()), "generation_config.json"));
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

    void noChangedByteCrashes()
    {
        m_folder->putLlama();
        m_folder->put("tokenizer_config.json", json{{"bos_token", "<|end|>"}, {"added_tokens_decoder", {{"5", {{"content", "<|end|>"}}}}}});
        m_folder->put("generation_config.json", json{{"temperature", 0.5}});
        std::mt19937 random(20261125);
        int refused = 0, opened = 0;
        for (const char* name : {"config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json", "model.safetensors"}) {
            const std::string whole = fileBytes(m_folder->path() / name);
            const std::size_t reach = std::min<std::size_t>(whole.size(), 3000);  // of the weights the header matters
            for (int round = 0; round < 400; ++round) {
                std::string bytes = whole;
                for (unsigned i = 0; i < 1 + random() % 3; ++i)
                    bytes[random() % reach] = char(random());
                m_folder->put(name, bytes);
                try {
                    const auto model = open();
                    for (const model::Tensor& tensor : model->tensors())
                        QCOMPARE(tensor.data.bytes().size(), std::size_t(tensor.bytes()));
                    ++opened;
                } catch (const Error& error) {
                    QVERIFY2(!error.file().empty(), error.what());
                    ++refused;
                }
            }
            m_folder->put(name, whole);
        }
        QVERIFY(refused > 500);
        QVERIFY(opened > 50);
    }
};

QTEST_APPLESS_MAIN(TestHfFolder)
#include "tst_hf_folder.moc"
