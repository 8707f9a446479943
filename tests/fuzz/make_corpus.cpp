// SPDX-License-Identifier: GPL-3.0-or-later
// make_corpus FOLDER: writes small inputs for each fuzz target to FOLDER/TARGET/.
#include "core/format/gguf_writer.h"
#include "core/plan/decode_speed.h"
#include "core/plan/importance_file.h"
#include "core/plan/importance_sums.h"
#include "core/plan/recipe.h"
#include "core/sense/sensitivity.h"
#include "core/store/evaluation_store.h"
#include "core/write/journal.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace halftone;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& path, std::string_view bytes)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string read(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A file of one tensor and a tokenizer of a dozen tokens.
std::string gguf(const std::string& tokenizer)
{
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    metadata.set("llama.block_count", std::uint32_t(1));
    metadata.set("tokenizer.ggml.model", tokenizer);
    metadata.set("tokenizer.ggml.pre", std::string("llama-bpe"));
    const std::vector<std::string> tokens = {"<unk>",
                                             "<s>",
                                             "</s>",
                                             "a",
                                             "b",
                                             "ab",
                                             "\xc4\xa0",
                                             "\xc4\xa0"
                                             "a",
                                             "\xe2\x96\x81",
                                             "<0x41>",
                                             "1",
                                             "."};
    metadata.set("tokenizer.ggml.tokens", model::Array(tokens));
    metadata.set("tokenizer.ggml.scores", model::Array(std::vector<float>(tokens.size(), -1.0f)));
    metadata.set("tokenizer.ggml.token_type", model::Array(std::vector<std::int32_t>{2, 3, 3, 1, 1, 1, 1, 1, 1, 6, 1, 1}));
    metadata.set("tokenizer.ggml.merges", model::Array(std::vector<std::string>{"a b", "\xc4\xa0 a"}));
    metadata.set("tokenizer.ggml.bos_token_id", std::uint32_t(1));
    model::Shape shape;
    shape.extent = {32, 2, 1, 1};
    shape.rank = 2;
    const std::vector<format::TensorHeader> tensors = {{"blk.0.ffn_up.weight", shape, quant::Type::Q8_0}};
    const format::GgufLayout layout = format::layoutGguf(metadata, tensors);
    std::string bytes(reinterpret_cast<const char*>(layout.header.data()), layout.header.size());
    bytes.resize(layout.fileBytes);
    return bytes;
}

/// A safetensors file of one small matrix.
std::string safetensors()
{
    std::string header = R"({"model.embed_tokens.weight":{"dtype":"F32","shape":[4,8],"data_offsets":[0,128]}})";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    std::string bytes(8, '\0');
    bytes[0] = char(header.size());
    return bytes + header + std::string(128, '\0');
}

/// A field of a protobuf message that holds bytes, shorter than 128.
std::string field(int number, const std::string& bytes)
{
    return std::string{char(number << 3 | 2), char(bytes.size())} + bytes;
}

/// A tokenizer.model of a few pieces: text, score and kind, then what the trainer and the normalizer were told.
std::string sentencePiece()
{
    std::string model;
    for (const auto& [text, kind] : {std::pair("<unk>", 2),
                                     {"<s>", 3},
                                     {"</s>", 3},
                                     {"\xe2\x96\x81"
                                      "a",
                                      1},
                                     {"b", 1},
                                     {"<0x41>", 6}})
        model += field(1, field(1, text) + std::string("\x15\0\0\x80\xbf\x18", 6) + char(kind));
    return model + field(2, std::string{'\x18', '\x02'}) + field(3, std::string{'\x18', '\x01'});
}

/// The parts of fuzz_folder's inputs, in its order.
std::string joined(std::initializer_list<std::string> files)
{
    std::string all;
    for (const std::string& file : files)
        all += file + "\n====\n";
    return all;
}

const std::string kConfig =
    R"({"architectures":["LlamaForCausalLM"],"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":16,"vocab_size":4,"max_position_embeddings":64,"rms_norm_eps":1e-5})";

std::string folderWithPairs()
{
    return joined(
        {kConfig,
         R"({"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"c":3},"merges":["a b"]},"added_tokens":[{"id":3,"content":"c","special":true}],"pre_tokenizer":{"type":"ByteLevel"},"decoder":{"type":"ByteLevel"}})",
         R"({"bos_token":"a","eos_token":{"content":"c"},"chat_template":"{{ messages }}"})",
         R"({"eos_token_id":[3],"temperature":0.7,"top_k":20})", safetensors(), "",
         R"({"metadata":{"total_size":128},"weight_map":{"model.embed_tokens.weight":"model.safetensors"}})",
         "---\nlicense: apache-2.0\ntags:\n- text-generation\nbase_model: [a/b]\n---\n# A model\n",
         R"({"bos_token":{"content":"a","special":true}})", R"({"<|x|>":3})", "{% for m in messages %}{{ m.content }}{% endfor %}"});
}

std::string folderWithPieces()
{
    return joined({kConfig, "", "{}", "{}", safetensors(), sentencePiece()});
}

/// Both forms of an importance matrix of two matrices, one of them a stack of two experts.
void writeImportance(const fs::path& folder)
{
    fs::create_directories(folder);
    plan::ImportanceSums sums;
    sums.tensors["blk.0.ffn_up.weight"] = {{1, 2, 3, 4}, {8}};
    sums.tensors["blk.0.ffn_up_exps.weight"] = {{1, 2, 3, 4, 0, 0, 0, 0}, {8, 0}};
    sums.datasets = {"text.txt"};
    sums.chunks = 1;
    plan::writeImportanceSums(sums, folder / "new");
    std::string old;
    const auto number = [&old](std::int32_t value) { old.append(reinterpret_cast<const char*>(&value), sizeof value); };
    number(1), number(19), old += "blk.0.ffn_up.weight";
    number(2), number(4), old.append(16, '\x3f');
    number(2), number(8), old += "text.txt";
    put(folder / "old", old);
}

sense::Sensitivity sensitivity()
{
    sense::Sensitivity found;
    found.source = {sense::Level::Output, "model-hash", "text-hash", "", 512, 4};
    found.tensors = {{"blk.0.ffn_up.weight", quant::Type::Q4_K, 0.25}, {"blk.0.ffn_up.weight", quant::Type::Q8_0, 0.001}};
    found.fit = sense::guessedFit(sense::Level::Weights);
    return found;
}

/// As a run leaves it of an output of a thousand bytes.
void writeJournal(const fs::path& folder)
{
    fs::create_directories(folder);
    const fs::path unfinished = folder / "out.part";
    const write::FinishedTensor first{.name = "token_embd.weight",
                                      .sourceType = quant::Type::F16,
                                      .type = quant::Type::Q4_K,
                                      .importance = "0123456789abcdef",
                                      .source = "00112233445566778899aabbccddeeff",
                                      .digest = "ffeeddccbbaa99887766554433221100",
                                      .offset = 96,
                                      .bytes = 288,
                                      .squaredError = 0.25};
    write::FinishedTensor second = first;
    second.name = "blk.0.ffn_up.weight";
    second.offset = 384;
    write::writeJournal(unfinished, {"1.0", "layout", {first, second}});
    fs::rename(fs::path(unfinished) += ".json", folder / "two");
}

/// A database with a run of two variants.
void writeStore(const fs::path& file)
{
    fs::create_directories(file.parent_path());
    fs::remove(file);
    store::EvaluationStore store(file);
    const store::RunId run = store.run({"model-hash", "text-hash", 16, 2}, "model", "text");
    const std::vector<evaluate::TokenFigures> figures(7, {.nll = 1, .kld = 0.1f, .entropy = 1, .confidence = 0.5f});
    for (const char* content : {"original", "types-4"}) {
        const store::VariantId id = store.variant(run, content, {.name = content, .bits = 4, .bytes = 1000, .bitsPerWeight = 4.5});
        for (std::uint64_t window = 0; window < 2; ++window)
            store.addWindow(id, window, figures);
    }
}

}  // namespace

int main(int count, char** arguments)
{
    if (count != 2) {
        std::fputs("make_corpus FOLDER\n", stderr);
        return 2;
    }
    const fs::path out = arguments[1];
    for (const char* kind : {"gpt2", "llama", "bert", "t5"})
        for (const char* target : {"fuzz_gguf", "fuzz_tokenizer"})
            put(out / target / kind, gguf(kind));
    writeImportance(out / "fuzz_importance");
    put(out / "fuzz_safetensors" / "one", safetensors());
    put(out / "fuzz_folder" / "llama", folderWithPairs());
    put(out / "fuzz_folder" / "pieces", folderWithPieces());
    put(out / "fuzz_sentencepiece" / "one", sentencePiece());
    put(out / "fuzz_json" / "one", R"({"a":{"b":[10,{"c":"\u00e9\n"}],"x":-1.5e3},"d":[true,null,false],"e":""})");
    put(out / "fuzz_speeds" / "one", plan::toJson({.types = {{quant::Type::Q4_K, 1e10}, {quant::Type::F16, 2e10}}, .otherSeconds = 1e-3}));
    for (const char* base : {"Q4_K_M", "pure:Q8_0", ""})
        put(out / "fuzz_recipe" / ("base" + std::string(base)),
            plan::toJson({.base = base, .rules = {{"ffn_.*", quant::Type::Q6_K}}, .exact = {{"a", quant::Type::F16}}, .pins = {"a"}}));
    put(out / "fuzz_sensitivity" / "one", sense::toJson(sensitivity()));
    put(out / "fuzz_messages" / "one",
        R"({"messages": [{"role": "user", "content": " a \u00e9 "}, {"role": "assistant", "content": [{"type": "text"}]}], "tools": [{"x": 1.5e3}]})");
    writeJournal(out / "fuzz_journal");
    writeStore(out / "fuzz_store" / "one");
    int number = 0;
    const auto cases = nlohmann::json::parse(read(TEST_DATA "/chat/cases.json"));
    for (const auto& each : cases.is_array() ? cases : cases["cases"])
        if (each.contains("template") && each["template"].is_string())
            put(out / "fuzz_template" / std::to_string(number++), each["template"].get<std::string>());
    return 0;
}
