// SPDX-License-Identifier: GPL-3.0-or-later
// The sample model taken back to the Hugging Face folder it was made of: opening that must give the sample again.
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/format/open.h"
#include "core/format/tokenizer_check.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/plan/recipe.h"
#include "core/quant/codec.h"
#include "core/token/tokenizer.h"
#include "core/write/quantize_file.h"
#include "tests/format/hf_folder.h"

#include <QTemporaryDir>
#include <QtTest>

#include <algorithm>
#include <map>

using namespace halftone;
using nlohmann::json;

namespace {

using ModelPtr = std::shared_ptr<const model::Model>;

/// "blk.3.attn_q.weight" as Hugging Face's Llama calls it.
std::string originalName(const std::string& name)
{
    static const std::map<QString, QString> kStems{{"attn_norm", "input_layernorm"},   {"ffn_norm", "post_attention_layernorm"},
                                                   {"ffn_gate", "mlp.gate_proj"},      {"ffn_up", "mlp.up_proj"},
                                                   {"ffn_down", "mlp.down_proj"},      {"attn_q", "self_attn.q_proj"},
                                                   {"attn_k", "self_attn.k_proj"},     {"attn_v", "self_attn.v_proj"},
                                                   {"attn_output", "self_attn.o_proj"}};
    if (name == "token_embd.weight")
        return "model.embed_tokens.weight";
    if (name == "output_norm.weight")
        return "model.norm.weight";
    const QStringList parts = QString::fromStdString(name).split(QLatin1Char('.'));
    return QStringLiteral("model.layers.%1.%2.weight").arg(parts[1], kStems.at(parts[2])).toStdString();
}

/// A tensor's bytes as F16 in the original's order of rows.
std::string originalBytes(const model::Tensor& tensor, std::size_t heads, std::size_t keyHeads)
{
    std::vector<std::byte> bytes(tensor.shape.elements() * 2);
    if (tensor.type == quant::Type::F32) {
        std::vector<float> values(tensor.shape.elements());
        quant::dequantize(tensor.type, tensor.data, values);
        quant::quantize(quant::Type::F16, values, values.size(), {}, bytes);
    } else {
        std::ranges::copy(tensor.data, bytes.begin());
    }
    if (tensor.role == model::Role::AttentionQ || tensor.role == model::Role::AttentionK) {
        const std::vector<std::byte> mixed = bytes;
        const std::size_t rowBytes = tensor.shape.columns() * 2,
                          width = tensor.shape.rows() / (tensor.role == model::Role::AttentionQ ? heads : keyHeads);
        for (std::size_t row = 0; row < tensor.shape.rows(); ++row) {
            const std::size_t within = row % width, from = row - within + (within < width / 2 ? 2 * within : 2 * (within - width / 2) + 1);
            std::copy_n(mixed.begin() + std::ptrdiff_t(from * rowBytes), rowBytes, bytes.begin() + std::ptrdiff_t(row * rowBytes));
        }
    }
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

json originalTokenizer(const model::Metadata& metadata)
{
    const auto& tokens = *metadata.array<std::string>("tokenizer.ggml.tokens");
    const auto& types = *metadata.array<std::int32_t>("tokenizer.ggml.token_type");
    json vocabulary, added = json::array();
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        if (types[id] == 3)
            added.push_back({{"id", id}, {"content", tokens[id]}, {"special", true}});
        else
            vocabulary[tokens[id]] = id;
    }
    const char* pattern =
        R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
    return {{"added_tokens", added},
            {"pre_tokenizer",
             {{"type", "Sequence"},
              {"pretokenizers",
               {{{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}},
                {{"type", "ByteLevel"}, {"use_regex", false}}}}}},
            {"model",
             {{"type", "BPE"},
              {"ignore_merges", true},
              {"vocab", vocabulary},
              {"merges", *metadata.array<std::string>("tokenizer.ggml.merges")}}}};
}

void putOriginal(const model::Model& sample, const HfFolder& folder)
{
    const auto number = [&](const char* key) { return *sample.metadata().integer(key); };
    const auto heads = number("llama.attention.head_count"), keyHeads = number("llama.attention.head_count_kv");
    folder.put("config.json",
               json{{"architectures", {"LlamaForCausalLM"}},
                    {"model_type", "llama"},
                    {"hidden_size", number("llama.embedding_length")},
                    {"intermediate_size", number("llama.feed_forward_length")},
                    {"num_hidden_layers", number("llama.block_count")},
                    {"num_attention_heads", heads},
                    {"num_key_value_heads", keyHeads},
                    {"max_position_embeddings", number("llama.context_length")},
                    {"rms_norm_eps", 1e-5},
                    {"vocab_size", number("llama.vocab_size")},
                    {"tie_word_embeddings", true}});
    folder.put("tokenizer.json", originalTokenizer(sample.metadata()));
    folder.put(
        "tokenizer_config.json",
        json{{"bos_token", "<|begin_of_text|>"}, {"eos_token", "<|end_of_text|>"}, {"add_bos_token", true}, {"add_eos_token", false}});
    SafetensorsBytes file;
    for (const model::Tensor& tensor : sample.tensors()) {
        const std::string shape =
            tensor.shape.rank == 1 ? json{tensor.shape.columns()}.dump() : json{tensor.shape.rows(), tensor.shape.columns()}.dump();
        file.tensor(originalName(tensor.name), "F16", shape, originalBytes(tensor, std::size_t(heads), std::size_t(keyHeads)));
    }
    folder.put("model.safetensors", file.string());
}

}  // namespace

class TestHfSample : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_dir;
    ModelPtr m_sample, m_folder;

    static void compareTensors(const model::Model& model, const model::Model& sample)
    {
        QCOMPARE(model.tensors().size(), sample.tensors().size());
        for (std::size_t i = 0; i < sample.tensors().size(); ++i) {
            const model::Tensor &ours = model.tensors()[i], &theirs = sample.tensors()[i];
            QCOMPARE(ours.name, theirs.name);
            QVERIFY2(ours.shape == theirs.shape && ours.type == theirs.type && ours.layer == theirs.layer && ours.role == theirs.role,
                     ours.name.c_str());
            QVERIFY2(std::ranges::equal(ours.data, theirs.data), ours.name.c_str());
        }
    }

    /// Everything but who made the model and when.
    static void compareMetadata(const model::Metadata& ours, const model::Metadata& theirs)
    {
        const auto isProvenance = [](const std::string& key) {
            return key.starts_with("general.") && key != "general.architecture" && key != "general.file_type"
                && key != "general.quantization_version";
        };
        for (const auto& [key, value] : theirs.entries()) {
            if (isProvenance(key))
                continue;
            QVERIFY2(ours.contains(key), key.c_str());
            QVERIFY2(*ours.find(key) == value, key.c_str());
        }
        for (const auto& [key, value] : ours.entries())
            QVERIFY2(isProvenance(key) || theirs.contains(key), key.c_str());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_sample = format::openModel(SAMPLE_DIR "/fairytale-7m-f16.gguf");
        const HfFolder folder(fromUtf8(m_dir.path().toStdString()));
        putOriginal(*m_sample, folder);
        m_folder = format::openModel(folder.path());
    }

    void theTensorsAreTheSamples() { compareTensors(*m_folder, *m_sample); }
    void theMetadataIsTheSamples() { compareMetadata(m_folder->metadata(), m_sample->metadata()); }

    void nothingIsUncertain()
    {
        QVERIFY(m_folder->warnings().empty());
        QVERIFY(m_folder->whyNotWritable().empty());
    }

    void theTokensAreTheSamples()
    {
        const std::string text = "Once upon a time, there were 12345 wolves; they'd\n\n  howl \xE2\x80\x94 caf\xC3\xA9!";
        QCOMPARE(token::Tokenizer::fromMetadata(m_folder->metadata())->encode(text),
                 token::Tokenizer::fromMetadata(m_sample->metadata())->encode(text));
    }

    void theSampleAgreesWithTheFoldersTokenizer()
    {
        const auto beside = fromUtf8(m_dir.filePath(QStringLiteral("beside.gguf")).toStdString());
        std::filesystem::copy_file(SAMPLE_DIR "/fairytale-7m-f16.gguf", beside);
        const auto check = format::checkTokenizer(*format::openModel(beside));
        QVERIFY(check && check->agrees() && check->splittingKnown);
    }

    void theWrittenFileIsTheSample()
    {
        const Executor executor(2);
        Progress progress;
        const auto out = fromUtf8(m_dir.filePath(QStringLiteral("out.gguf")).toStdString());
        write::quantizeFile(*m_folder, plan::makePlan(*m_folder, {}), out, {}, executor, progress);
        const auto written = format::openModel(out);
        compareTensors(*written, *m_sample);
        compareMetadata(written->metadata(), m_sample->metadata());
    }

    void quantizedItIsTheQuantizedSample()
    {
        const Executor executor(2);
        Progress progress;
        const auto quantized = [&](const ModelPtr& model, const char* name) {
            const auto out = fromUtf8(m_dir.filePath(QLatin1String(name)).toStdString());
            write::quantizeFile(*model, plan::makePlan(*model, {.base = "Q4_K_M"}), out, {}, executor, progress);
            return format::openModel(out);
        };
        compareTensors(*quantized(m_folder, "folder.gguf"), *quantized(m_sample, "sample.gguf"));
    }
};

QTEST_APPLESS_MAIN(TestHfSample)
#include "tst_hf_sample.moc"
