// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/limits/made_limits.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <numeric>

namespace halftone::test {

namespace fs = std::filesystem;

namespace {

/// The 256 letters that byte-level tokenizers write bytes in: printable ones stand for themselves, the others for the letters from
/// U+0100 on (as OpenAI's GPT-2 encoder lists them).
std::vector<std::string> byteLetters()
{
    std::vector<std::string> letters;
    int next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
        const bool printable = (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
        const int code = printable ? byte : next++;
        letters.push_back(code < 0x80 ? std::string(1, char(code)) : std::string{char(0xC0 | code >> 6), char(0x80 | (code & 0x3F))});
    }
    return letters;
}

/// Every byte, then words over a to z, the shorter first; each is another one and a letter, which is its merge.
struct Words {
    std::vector<std::string> tokens = byteLetters(), merges;
    Words()
    {
        tokens.reserve(kMostTokens);
        std::vector<std::string> shorter;
        for (char letter = 'a'; letter <= 'z'; ++letter)
            shorter.emplace_back(1, letter);
        for (std::size_t i = 0; tokens.size() < kMostTokens; ++i)
            for (char letter = 'a'; letter <= 'z' && tokens.size() < kMostTokens; ++letter) {
                merges.push_back(shorter[i] + ' ' + letter);
                shorter.push_back(shorter[i] + letter);
                tokens.push_back(shorter.back());
            }
    }
};

void writeFile(const fs::path& path, std::span<const std::byte> header, std::uint64_t fileBytes, Weights weights)
{
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(header.data()), std::streamsize(header.size()));
    if (weights == Weights::Made) {
        std::vector<std::uint16_t> numbers((fileBytes - header.size()) / 2);
        for (std::size_t i = 0; i < numbers.size(); ++i)
            numbers[i] = std::uint16_t(0x2C00 + i * 37 % 0x0C00);
        file.write(reinterpret_cast<const char*>(numbers.data()), std::streamsize(fileBytes - header.size()));
    }
    file.close();
    fs::resize_file(path, fileBytes);
}

}  // namespace

model::Metadata limitMetadata(int layers)
{
    model::Metadata metadata;
    metadata.set("general.architecture", std::string("llama"));
    metadata.set("llama.block_count", std::uint32_t(layers));
    metadata.set("llama.context_length", std::uint32_t(512));
    metadata.set("llama.embedding_length", std::uint32_t(256));
    metadata.set("llama.feed_forward_length", std::uint32_t(256));
    metadata.set("llama.attention.head_count", std::uint32_t(4));
    return metadata;
}

format::TensorHeader f16(std::string name, std::initializer_list<std::uint64_t> extents)
{
    format::TensorHeader tensor{std::move(name), {}, quant::Type::F16};
    tensor.shape.rank = std::uint32_t(extents.size());
    std::ranges::copy(extents, tensor.shape.extent.begin());
    return tensor;
}

void writeModel(const fs::path& path, const model::Metadata& metadata, const std::vector<format::TensorHeader>& tensors, Weights weights)
{
    const format::GgufLayout layout = format::layoutGguf(metadata, tensors);
    writeFile(path, layout.header, layout.fileBytes, weights);
}

void writeManyTensors(const fs::path& path)
{
    constexpr std::array kRoles{"attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"};
    std::vector<format::TensorHeader> tensors{f16("token_embd.weight", {256, 4}), f16("output_norm.weight", {256}),
                                              f16("output.weight", {256, 4})};
    for (int layer = 0; layer < kMostLayers; ++layer) {
        const std::string block = "blk." + std::to_string(layer) + '.';
        for (const char* role : kRoles)
            tensors.push_back(f16(block + role + ".weight", {256, 4}));
        for (int i = 0; i < 26; ++i)
            tensors.push_back(f16(block + "extra_" + std::to_string(i) + ".weight", {256, 2}));
    }
    for (int i = 0; tensors.size() < std::size_t(kMostTensors); ++i)
        tensors.push_back(f16("v.part_" + std::to_string(i) + ".weight", {256, 2}));
    writeModel(path, limitMetadata(kMostLayers), tensors);
}

void writeManyExperts(const fs::path& path)
{
    model::Metadata metadata = limitMetadata(1);
    metadata.set("llama.expert_count", std::uint32_t(kMostExperts));
    metadata.set("llama.expert_used_count", std::uint32_t(8));
    constexpr std::uint64_t kExperts = kMostExperts;
    writeModel(path, metadata,
               {f16("token_embd.weight", {256, 4}), f16("blk.0.ffn_gate_inp.weight", {256, kExperts}),
                f16("blk.0.ffn_gate_exps.weight", {256, 8, kExperts}), f16("blk.0.ffn_up_exps.weight", {256, 8, kExperts}),
                f16("blk.0.ffn_down_exps.weight", {256, 8, kExperts})});
}

void writeLargeFile(const fs::path& path)
{
    constexpr std::uint64_t kColumns = 32'768, kRows = 16'384;  // 1 GiB of F16
    std::vector<format::TensorHeader> tensors;
    for (std::uint64_t layer = 0; layer < kLargestFile / (kColumns * kRows * 2); ++layer)
        tensors.push_back(f16("blk." + std::to_string(layer) + ".ffn_up.weight", {kColumns, kRows}));
    writeModel(path, limitMetadata(int(tensors.size())), tensors, Weights::Hole);
}

std::vector<fs::path> writeManyShards(const fs::path& folder)
{
    std::vector<fs::path> paths;
    for (int i = 0; i < kMostShards; ++i) {
        std::array<char, 64> name{};
        std::snprintf(name.data(), name.size(), "set-%05d-of-%05d.gguf", i + 1, kMostShards);
        model::Metadata metadata = i == 0 ? limitMetadata(kMostShards) : model::Metadata();
        metadata.set("split.no", std::uint16_t(i));
        metadata.set("split.count", std::uint16_t(kMostShards));
        metadata.set("split.tensors.count", std::int32_t(kMostShards));
        paths.push_back(folder / name.data());
        writeModel(paths.back(), metadata, {f16("blk." + std::to_string(i) + ".ffn_up.weight", {256, 16})});
    }
    return paths;
}

void writeManyTokens(const fs::path& path, const std::string& kind)
{
    Words words;
    std::vector<float> scores(words.tokens.size());
    for (std::size_t i = 0; i < scores.size(); ++i)
        scores[i] = -float(i) / 1000;
    std::vector<std::int32_t> types(words.tokens.size(), 1);
    if (kind != "gpt2") {
        words.tokens[0] = "<unk>", words.tokens[1] = "<s>", words.tokens[2] = "</s>";
        types[0] = 2, types[1] = types[2] = 3;
        for (std::size_t i = 3; i < words.tokens.size(); i += 3)  // every third begins a word
            words.tokens[i].insert(0, "\xe2\x96\x81");
    }
    model::Metadata metadata = limitMetadata(1);
    metadata.set("tokenizer.ggml.model", kind);
    metadata.set("tokenizer.ggml.pre", std::string("gpt-2"));
    metadata.set("tokenizer.ggml.tokens", model::Array(std::move(words.tokens)));
    metadata.set("tokenizer.ggml.token_type", model::Array(std::move(types)));
    if (kind == "gpt2")
        metadata.set("tokenizer.ggml.merges", model::Array(std::move(words.merges)));
    else
        metadata.set("tokenizer.ggml.scores", model::Array(std::move(scores)));
    writeModel(path, metadata, {f16("token_embd.weight", {256, 4})});
}

}  // namespace halftone::test
