// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/format/safetensors_bytes.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

/// A small Hugging Face folder made from a seed, with numbers that tell where they come from.
class HfFolder {
public:
    using json = nlohmann::json;

    explicit HfFolder(std::filesystem::path path) : m_path(std::move(path)) {}

    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path put(const std::string& name, const std::string& bytes) const
    {
        std::ofstream(m_path / name, std::ios::binary) << bytes;
        return m_path / name;
    }
    void put(const std::string& name, const json& object) const { put(name, object.dump(1)); }

    static constexpr int kWidth = 8, kHeads = 2, kForward = 12, kVocabulary = 6, kLayers = 2;

    static json llamaConfig()
    {
        return {{"architectures", {"LlamaForCausalLM"}},
                {"model_type", "llama"},
                {"hidden_size", kWidth},
                {"intermediate_size", kForward},
                {"num_attention_heads", kHeads},
                {"num_key_value_heads", 1},
                {"num_hidden_layers", kLayers},
                {"max_position_embeddings", 64},
                {"rms_norm_eps", 1e-5},
                {"rope_theta", 500000.0},
                {"vocab_size", kVocabulary},
                {"tie_word_embeddings", true}};
    }

    /// Floats counted up from `first`, exact in every float type as long as they are below 256.
    static std::string counted(std::size_t count, int first, const std::string& dtype)
    {
        std::vector<float> floats;
        std::vector<std::uint16_t> halves;
        for (std::size_t i = 0; i < count; ++i) {
            const auto value = float((first + int(i)) % 256);
            std::uint32_t bits = 0;
            std::memcpy(&bits, &value, sizeof bits);
            floats.push_back(value);
            if (dtype == "BF16")
                halves.push_back(std::uint16_t(bits >> 16));
            else  // F16: the same number with fewer bits
                halves.push_back(value == 0 ? std::uint16_t(0) : std::uint16_t(((bits >> 23) - 127 + 15) << 10 | (bits >> 13 & 0x3FF)));
        }
        return dtype == "F32" ? packed(floats) : packed(halves);
    }

    static void add(SafetensorsBytes& file, const std::string& name, int rows, int columns, int first, const std::string& dtype)
    {
        const std::string shape = columns == 0 ? json{rows}.dump() : json{rows, columns}.dump();
        file.tensor(name, dtype, shape, counted(std::size_t(rows) * std::size_t(columns == 0 ? 1 : columns), first, dtype));
    }

    static void addLayer(SafetensorsBytes& file, int layer, const std::string& dtype)
    {
        const std::string prefix = std::string("model.layers.").append(std::to_string(layer)).append(".");
        add(file, prefix + "input_layernorm.weight", kWidth, 0, 1, dtype);
        add(file, prefix + "self_attn.q_proj.weight", kWidth, kWidth, 0, dtype);
        add(file, prefix + "self_attn.k_proj.weight", kWidth / kHeads, kWidth, 100, dtype);
        add(file, prefix + "self_attn.v_proj.weight", kWidth / kHeads, kWidth, 50, dtype);
        add(file, prefix + "self_attn.o_proj.weight", kWidth, kWidth, 60, dtype);
        add(file, prefix + "post_attention_layernorm.weight", kWidth, 0, 2, dtype);
        add(file, prefix + "mlp.gate_proj.weight", kForward, kWidth, 3, dtype);
        add(file, prefix + "mlp.up_proj.weight", kForward, kWidth, 4, dtype);
        add(file, prefix + "mlp.down_proj.weight", kWidth, kForward, 5, dtype);
    }
    static void addEnds(SafetensorsBytes& file, const std::string& dtype)
    {
        add(file, "model.embed_tokens.weight", kVocabulary, kWidth, 7, dtype);
        add(file, "model.norm.weight", kWidth, 0, 9, dtype);
    }

    /// A byte-level tokenizer of six tokens, the last of them special.
    static json tokenizer()
    {
        return {
            {"added_tokens", {{{"id", 5}, {"content", "<|end|>"}, {"special", true}}}},
            {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}}},
            {"model", {{"type", "BPE"}, {"vocab", {{"a", 0}, {"b", 1}, {"c", 2}, {"ab", 3}, {"abc", 4}}}, {"merges", {"a b", "ab c"}}}}};
    }

    /// config.json, model.safetensors and tokenizer.json of a llama.
    void putLlama(const std::string& dtype = "BF16") const
    {
        put("config.json", llamaConfig());
        put("tokenizer.json", tokenizer());
        SafetensorsBytes file;
        addEnds(file, dtype);
        for (int layer = 0; layer < kLayers; ++layer)
            addLayer(file, layer, dtype);
        put("model.safetensors", file.string());
    }

private:
    std::filesystem::path m_path;
};
