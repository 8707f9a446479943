// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/mapped_file.h"
#include "core/model/model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>

namespace halftone::test {

/// What a made llama-like model looks like. Small, but with every inequality a real one may have: heads that do not fill
/// the width, values narrower than keys, fewer key-value heads than heads.
struct Design {
    std::string architecture = "llama";
    std::uint32_t layers = 2, width = 64, heads = 4, kvHeads = 2, keySize = 20, valueSize = 12, ffnWidth = 96, vocabulary = 61,
                  contextLength = 128;
    bool tied = false, biases = false;
    bool queryBiases = false;  ///< of queries, keys and values only
    bool headNorms = false;  ///< attn_q_norm and attn_k_norm, a head long
    bool halvesTurn = false;  ///< rotary pairs lie half a head apart, not side by side
    std::string scaling = {};  ///< "" (no key), "none", "linear", "yarn"
    double factor = 1;
    std::uint32_t originalContext = 0;  ///< 0: no key
    bool ropeFactors = false;  ///< llama 3's rope_freqs.weight
    std::uint32_t experts = 0, expertsUsed = 0, expertWidth = 0;  ///< expertWidth 0: no key, ffnWidth
    std::uint32_t sharedWidth = 0;  ///< of the expert that all tokens share; 0: none
    bool plainExpertWeights = false;  ///< the probabilities as they are, not divided by their sum
    std::uint32_t seed = 7;
};

/// A model in memory with F32 tensors, and the same weights as plain vectors for a reference.
struct MadeModel {
    Design design;
    std::map<std::string, std::vector<float>> weights;
    model::Model::Parts parts;

    /// With a copy of the weights of its own: a variant may look at them after this is gone.
    std::shared_ptr<const model::Model> model() const
    {
        struct Kept {
            std::map<std::string, std::vector<float>> weights;
            std::optional<model::Model> model;
        };
        const auto kept = std::make_shared<Kept>();
        kept->weights = weights;
        model::Model::Parts own = parts;
        for (model::Tensor& tensor : own.tensors)
            if (const auto found = weights.find(tensor.name);
                found != weights.end() && tensor.data.data() == std::as_bytes(std::span(found->second)).data())
                tensor.data = std::as_bytes(std::span(kept->weights.at(tensor.name))).first(tensor.data.size());
        kept->model.emplace(std::move(own));
        return {kept, &*kept->model};
    }
    model::Tensor& tensor(const std::string& name)
    {
        return *std::find_if(parts.tensors.begin(), parts.tensors.end(), [&](const model::Tensor& t) { return t.name == name; });
    }
    void removeTensor(const std::string& name)
    {
        std::erase_if(parts.tensors, [&](const model::Tensor& t) { return t.name == name; });
    }
};

class MemoryFile : public MappedFile {
public:
    explicit MemoryFile(std::vector<std::byte> bytes) : m_bytes(std::move(bytes)) {}
    std::span<const std::byte> bytes() const noexcept override { return m_bytes; }
    const std::filesystem::path& path() const noexcept override { return m_path; }

private:
    std::vector<std::byte> m_bytes;
    std::filesystem::path m_path = "made.gguf";
};

class ModelMaker {
public:
    static MadeModel make(const Design& design)
    {
        ModelMaker maker(design);
        maker.addTensors();
        maker.setMetadata();
        maker.placeData();
        return std::move(maker.m_made);
    }

private:
    explicit ModelMaker(const Design& design) : m_random(design.seed) { m_made.design = design; }

    void add(const std::string& name, std::uint64_t columns, std::uint64_t rows, float spread, float centre = 0, std::uint64_t stack = 1)
    {
        model::Tensor tensor;
        tensor.name = name;
        tensor.shape.extent = {columns, rows, stack, 1};
        tensor.shape.rank = stack > 1 ? 3 : rows > 1 ? 2 : 1;
        tensor.layer = model::layerOf(name);
        tensor.role = model::roleOf(name, tensor.shape);
        std::vector<float> values(columns * rows * stack);
        for (float& value : values)
            value = centre + spread * (float(m_random() >> 8) / float(1 << 23) - 1);
        m_made.weights[name] = std::move(values);
        m_made.parts.tensors.push_back(std::move(tensor));
    }

    void addLinear(const std::string& name, std::uint64_t columns, std::uint64_t rows, bool bias = false)
    {
        add(name + ".weight", columns, rows, 1.7f / std::sqrt(float(columns)));
        if (m_made.design.biases || bias)
            add(name + ".bias", rows, 1, 0.3f);
    }

    void addTensors()
    {
        const Design& d = m_made.design;
        add("token_embd.weight", d.width, d.vocabulary, 1);
        add("output_norm.weight", d.width, 1, 0.3f, 1);
        if (!d.tied)
            add("output.weight", d.width, d.vocabulary, 0.5f);
        if (d.ropeFactors)
            add("rope_freqs.weight", d.keySize / 2, 1, 3.5f, 4.5f);
        for (std::uint32_t i = 0; i < d.layers; ++i) {
            const std::string block = "blk." + std::to_string(i) + ".";
            add(block + "attn_norm.weight", d.width, 1, 0.3f, 1);
            addLinear(block + "attn_q", d.width, d.heads * d.keySize, d.queryBiases);
            addLinear(block + "attn_k", d.width, d.kvHeads * d.keySize, d.queryBiases);
            addLinear(block + "attn_v", d.width, d.kvHeads * d.valueSize, d.queryBiases);
            if (d.headNorms) {
                add(block + "attn_q_norm.weight", d.keySize, 1, 0.3f, 1);
                add(block + "attn_k_norm.weight", d.keySize, 1, 0.3f, 1);
            }
            addLinear(block + "attn_output", d.heads * d.valueSize, d.width);
            add(block + "ffn_norm.weight", d.width, 1, 0.3f, 1);
            if (d.experts > 0)
                addMixture(block);
            else
                addFeedForward(block, "", d.ffnWidth);
        }
    }

    void addFeedForward(const std::string& block, const std::string& suffix, std::uint32_t inner)
    {
        const std::uint32_t width = m_made.design.width;
        addLinear(block + "ffn_gate" + suffix, width, inner);
        addLinear(block + "ffn_up" + suffix, width, inner);
        addLinear(block + "ffn_down" + suffix, inner, width);
    }

    void addMixture(const std::string& block)
    {
        const Design& d = m_made.design;
        const std::uint32_t inner = d.expertWidth ? d.expertWidth : d.ffnWidth;
        const float spread = 1.7f / std::sqrt(float(d.width));
        add(block + "ffn_gate_inp.weight", d.width, d.experts, 2 * spread);
        add(block + "ffn_gate_exps.weight", d.width, inner, spread, 0, d.experts);
        add(block + "ffn_up_exps.weight", d.width, inner, spread, 0, d.experts);
        add(block + "ffn_down_exps.weight", inner, d.width, 1.7f / std::sqrt(float(inner)), 0, d.experts);
        if (d.sharedWidth == 0)
            return;
        addFeedForward(block, "_shexp", d.sharedWidth);
        add(block + "ffn_gate_inp_shexp.weight", d.width, 1, spread);
    }

    void setMetadata()
    {
        const Design& d = m_made.design;
        model::Metadata& m = m_made.parts.metadata;
        const std::string prefix = d.architecture + ".";
        m.set("general.architecture", d.architecture);
        m.set(prefix + "block_count", d.layers);
        m.set(prefix + "context_length", d.contextLength);
        m.set(prefix + "embedding_length", d.width);
        m.set(prefix + "feed_forward_length", d.ffnWidth);
        m.set(prefix + "attention.head_count", d.heads);
        m.set(prefix + "attention.head_count_kv", d.kvHeads);
        m.set(prefix + "attention.key_length", d.keySize);
        m.set(prefix + "attention.value_length", d.valueSize);
        m.set(prefix + "attention.layer_norm_rms_epsilon", 1e-5f);
        m.set(prefix + "vocab_size", d.vocabulary);
        if (d.experts > 0)
            setExperts(prefix);
        if (!d.scaling.empty())
            m.set(prefix + "rope.scaling.type", d.scaling);
        if (d.factor != 1)
            m.set(prefix + "rope.scaling.factor", float(d.factor));
        if (d.originalContext)
            m.set(prefix + "rope.scaling.original_context_length", d.originalContext);
    }

    void setExperts(const std::string& prefix)
    {
        const Design& d = m_made.design;
        model::Metadata& m = m_made.parts.metadata;
        m.set(prefix + "expert_count", d.experts);
        m.set(prefix + "expert_used_count", d.expertsUsed);
        if (d.expertWidth)
            m.set(prefix + "expert_feed_forward_length", d.expertWidth);
        if (d.sharedWidth)
            m.set(prefix + "expert_shared_feed_forward_length", d.sharedWidth);
    }

    void placeData()
    {
        std::vector<std::byte> bytes;
        for (model::Tensor& tensor : m_made.parts.tensors) {
            tensor.offset = bytes.size();
            const auto data = std::as_bytes(std::span(m_made.weights[tensor.name]));
            bytes.insert(bytes.end(), data.begin(), data.end());
        }
        m_made.parts.files.push_back(std::make_shared<MemoryFile>(std::move(bytes)));
        for (model::Tensor& tensor : m_made.parts.tensors)
            tensor.data = m_made.parts.files[0]->bytes().subspan(tensor.offset, 4 * tensor.shape.elements());
    }

    MadeModel m_made;
    std::mt19937 m_random;
};

}  // namespace halftone::test
