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
    bool rowNorms = false;  ///< the same as long as all heads together
    bool layerNorm = false;  ///< LayerNorm with biases in place of RMSNorm
    bool normBefore = true, normAfter = false;
    bool gelu = false, plainHidden = false;  ///< in place of SiLU; without ffn_gate
    bool fusedQueries = false, fusedGates = false;  ///< attn_qkv; both of ffn_gate and ffn_up in ffn_up
    bool rotates = true;  ///< otherwise position_embd
    std::uint32_t rotated = 0;  ///< elements of a head that turn; 0: no key, all
    double ropeBase = 10000, windowRopeBase = 10000;
    std::uint32_t window = 0, windowPeriod = 0;  ///< the window of all layers but each windowPeriod-th; 0: no key, none
    bool windowStretched = true;  ///< positions of layers with a window are scaled as in the others
    bool periodKey = false;  ///< otherwise the period is the architecture's own
    float attentionSoftCap = 0, outputSoftCap = 0;  ///< 0: no key, none
    bool rootEmbedding = false;  ///< the embedding times the root of the width
    float embeddingScale = 1, residualScale = 1, attentionScale = 0, logitDivisor = 1;  ///< 1 or 0: no key
    std::string scaling = {};  ///< "" (no key), "none", "linear", "yarn"
    double factor = 1;
    std::uint32_t originalContext = 0;  ///< 0: no key
    float attentionFactor = 1;  ///< of cosines and sines; 1: no key
    bool contextFactors = false;  ///< rope_factors_short and rope_factors_long
    bool ropeFactors = false;  ///< llama 3's rope_freqs.weight
    std::uint32_t experts = 0, expertsUsed = 0, expertWidth = 0;  ///< expertWidth 0: no key, ffnWidth
    std::uint32_t sharedWidth = 0;  ///< of the expert that all tokens share; 0: none
    bool sharedGate = true;  ///< which has a weight of its own
    bool plainExpertWeights = false;  ///< the probabilities as they are, not divided by their sum
    bool parallel = false;  ///< the feed-forward network sees the stream before attention
    bool parallelKey = false;  ///< says so, or that it does not
    std::string ffnNorm = "ffn_norm";  ///< the tensor of the feed-forward network's norm
    bool secondNorm = false;  ///< attn_norm_2 is attention's
    bool outputBias = false;
    bool sinks = false;  ///< attn_sinks
    bool clampedSilu = false;  ///< gpt-oss's activation
    bool expertBiases = false;  ///< of the router and all experts
    std::uint32_t rank = 0, queryRank = 0;  ///< of latent attention, whose heads turn at their end; 0: none
    bool absorbed = false;  ///< attn_k_b and attn_v_b in place of attn_kv_b
    std::uint32_t denseLayers = 0;  ///< leading ones, without experts
    bool sharedCount = false;  ///< the shared expert's width is said as a number of experts
    bool sigmoidGate = false, choiceBias = false;
    std::uint32_t groups = 0, groupsUsed = 0;  ///< of experts; 0: no keys
    float expertScale = 0;  ///< 0: no key, 1
    float logMultiplier = 0, extrapolation = 1, betaFast = 32, betaSlow = 1, yarnAttention = 1;  ///< of yarn
    std::uint32_t seed = 7;

    std::uint32_t turning() const { return rotated ? rotated : keySize; }
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
        addNorm("output_norm");
        if (!d.rotates)
            add("position_embd.weight", d.width, d.contextLength, 0.5f);
        if (!d.tied)
            add("output.weight", d.width, d.vocabulary, 0.5f);
        if (d.outputBias)
            add("output.bias", d.vocabulary, 1, 0.5f);
        for (const std::string context : {"short", "long"})
            if (d.contextFactors)
                add("rope_factors_" + context + ".weight", d.keySize / 2, 1, 0.8f, context == "long" ? 6 : 1);
        if (d.ropeFactors)
            add("rope_freqs.weight", d.keySize / 2, 1, 3.5f, 4.5f);
        for (std::uint32_t i = 0; i < d.layers; ++i) {
            const std::string block = "blk." + std::to_string(i) + ".";
            addAttention(block);
            if (d.normBefore) {
                addNorm(block + "attn_norm");
                if (d.ffnNorm != "attn_norm")
                    addNorm(block + d.ffnNorm);
                if (d.secondNorm)
                    addNorm(block + "attn_norm_2");
            }
            if (d.normAfter) {
                addNorm(block + "post_attention_norm");
                addNorm(block + "post_ffw_norm");
            }
            if (d.experts > 0 && i >= d.denseLayers)
                addMixture(block);
            else
                addFeedForward(block, "", d.ffnWidth);
        }
    }

    void addNorm(const std::string& name)
    {
        add(name + ".weight", m_made.design.width, 1, 0.3f, 1);
        if (m_made.design.layerNorm)
            add(name + ".bias", m_made.design.width, 1, 0.3f);
    }

    void addLatentAttention(const std::string& block)
    {
        const Design& d = m_made.design;
        const std::uint32_t plain = d.keySize - d.rotated;
        if (d.queryRank > 0) {
            addLinear(block + "attn_q_a", d.width, d.queryRank);
            add(block + "attn_q_a_norm.weight", d.queryRank, 1, 0.3f, 1);
        }
        addLinear(block + (d.queryRank > 0 ? "attn_q_b" : "attn_q"), d.queryRank > 0 ? d.queryRank : d.width, d.heads * d.keySize);
        addLinear(block + "attn_kv_a_mqa", d.width, d.rank + d.rotated);
        add(block + "attn_kv_a_norm.weight", d.rank, 1, 0.3f, 1);
        const float spread = 1.7f / std::sqrt(float(d.rank));
        if (d.absorbed) {
            add(block + "attn_k_b.weight", plain, d.rank, spread, 0, d.heads);
            add(block + "attn_v_b.weight", d.rank, d.valueSize, spread, 0, d.heads);
        } else {
            addLinear(block + "attn_kv_b", d.rank, d.heads * (plain + d.valueSize));
        }
        addLinear(block + "attn_output", d.heads * d.valueSize, d.width);
    }

    void addAttention(const std::string& block)
    {
        const Design& d = m_made.design;
        if (d.rank > 0)
            return addLatentAttention(block);
        addLinear(block + "attn_q", d.width, d.heads * d.keySize, d.queryBiases);
        addLinear(block + "attn_k", d.width, d.kvHeads * d.keySize, d.queryBiases);
        addLinear(block + "attn_v", d.width, d.kvHeads * d.valueSize, d.queryBiases);
        if (d.fusedQueries)
            fuse({block + "attn_q", block + "attn_k", block + "attn_v"}, block + "attn_qkv");
        if (d.headNorms || d.rowNorms) {
            add(block + "attn_q_norm.weight", d.keySize * (d.rowNorms ? d.heads : 1), 1, 0.3f, 1);
            add(block + "attn_k_norm.weight", d.keySize * (d.rowNorms ? d.kvHeads : 1), 1, 0.3f, 1);
        }
        addLinear(block + "attn_output", d.heads * d.valueSize, d.width);
        if (d.sinks)
            add(block + "attn_sinks.weight", d.heads, 1, 2);
    }

    /// One tensor in place of several, row after row. Their weights stay under their own names too.
    void fuse(const std::vector<std::string>& parts, const std::string& whole)
    {
        for (const std::string suffix : {".weight", ".bias"}) {
            std::vector<float> values;
            std::uint64_t rows = 0;
            for (const std::string& part : parts) {
                if (!m_made.weights.contains(part + suffix))
                    continue;
                const auto& weights = m_made.weights.at(part + suffix);
                rows += m_made.tensor(part + suffix).shape.rows();
                values.insert(values.end(), weights.begin(), weights.end());
                m_made.removeTensor(part + suffix);
            }
            if (values.empty())
                continue;
            const std::vector<float> part = m_made.weights[whole + suffix];  // one may carry the whole's name
            add(whole + suffix, suffix == ".bias" ? values.size() : values.size() / rows, suffix == ".bias" ? 1 : rows, 0);
            m_made.weights[whole + suffix] = part;
            m_fused[whole + suffix] = std::move(values);
        }
    }

    void addFeedForward(const std::string& block, const std::string& suffix, std::uint32_t inner)
    {
        const std::uint32_t width = m_made.design.width;
        if (!m_made.design.plainHidden)
            addLinear(block + "ffn_gate" + suffix, width, inner);
        addLinear(block + "ffn_up" + suffix, width, inner);
        if (m_made.design.fusedGates)
            fuse({block + "ffn_gate" + suffix, block + "ffn_up" + suffix}, block + "ffn_up" + suffix);
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
        if (d.choiceBias)
            add(block + "exp_probs_b.bias", d.experts, 1, 0.5f);
        if (d.expertBiases) {
            add(block + "ffn_gate_inp.bias", d.experts, 1, 0.5f);
            add(block + "ffn_gate_exps.bias", inner, d.experts, 3);
            add(block + "ffn_up_exps.bias", inner, d.experts, 5);
            add(block + "ffn_down_exps.bias", d.width, d.experts, 0.5f);
        }
        if (d.sharedWidth == 0)
            return;
        addFeedForward(block, "_shexp", d.sharedWidth);
        if (d.sharedGate)
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
        m.set(prefix + "attention.head_count_kv", d.absorbed ? 1 : d.kvHeads);
        m.set(prefix + "attention.key_length", d.absorbed ? d.rank + d.rotated : d.keySize);
        m.set(prefix + "attention.value_length", d.absorbed ? d.rank : d.valueSize);
        if (d.parallelKey)
            m.set(prefix + "use_parallel_residual", model::Bool{d.parallel});
        m.set(prefix + (d.layerNorm ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon"), 1e-5f);
        m.set(prefix + "vocab_size", d.vocabulary);
        if (d.experts > 0)
            setExperts(prefix);
        setScales(prefix);
        if (!d.scaling.empty())
            m.set(prefix + "rope.scaling.type", d.scaling);
        if (d.factor != 1)
            m.set(prefix + "rope.scaling.factor", float(d.factor));
        if (d.originalContext)
            m.set(prefix + "rope.scaling.original_context_length", d.originalContext);
    }

    void setScales(const std::string& prefix)
    {
        const Design& d = m_made.design;
        const auto set = [&](const std::string& key, auto value, auto none) {
            if (value != none)
                m_made.parts.metadata.set(prefix + key, value);
        };
        set("rope.freq_base", float(d.ropeBase), 10000.0f);
        set("rope.scaling.attn_factor", d.attentionFactor, 1.0f);
        set("rope.dimension_count", d.rotated, 0u);
        set("rope.scaling.yarn_log_multiplier", d.logMultiplier / 10, 0.0f);
        set("rope.scaling.yarn_ext_factor", d.extrapolation, 1.0f);
        set("rope.scaling.yarn_beta_fast", d.betaFast, 32.0f);
        set("rope.scaling.yarn_beta_slow", d.betaSlow, 1.0f);
        set("rope.scaling.yarn_attn_factor", d.yarnAttention, 1.0f);
        set("attention.kv_lora_rank", d.rank, 0u);
        set("attention.q_lora_rank", d.queryRank, 0u);
        set("attention.key_length_mla", d.absorbed ? d.keySize : 0, 0u);
        set("attention.value_length_mla", d.absorbed ? d.valueSize : 0, 0u);
        set("attention.sliding_window", d.window, 0u);
        set("attention.sliding_window_pattern", d.periodKey ? d.windowPeriod : 0, 0u);
        set("attn_logit_softcapping", d.attentionSoftCap, 0.0f);
        set("final_logit_softcapping", d.outputSoftCap, 0.0f);
        set("embedding_scale", d.embeddingScale, 1.0f);
        set("residual_scale", d.residualScale, 1.0f);
        set("attention.scale", d.attentionScale, 0.0f);
        set("logit_scale", d.logitDivisor, 1.0f);
    }

    void setExperts(const std::string& prefix)
    {
        const Design& d = m_made.design;
        model::Metadata& m = m_made.parts.metadata;
        m.set(prefix + "expert_count", d.experts);
        m.set(prefix + "expert_used_count", d.expertsUsed);
        if (d.expertWidth)
            m.set(prefix + "expert_feed_forward_length", d.expertWidth);
        const auto set = [&](const std::string& key, auto value, auto none) {
            if (value != none)
                m.set(prefix + key, value);
        };
        set("expert_shared_feed_forward_length", d.sharedCount ? 0 : d.sharedWidth, 0u);
        set("expert_shared_count", d.sharedCount ? d.sharedWidth / d.expertWidth : 0, 0u);
        set("leading_dense_block_count", d.denseLayers, 0u);
        set("expert_gating_func", d.sigmoidGate ? 2u : 0u, 0u);
        set("expert_group_count", d.groups, 0u);
        set("expert_group_used_count", d.groupsUsed, 0u);
        set("expert_weights_scale", d.expertScale, 0.0f);
        if (d.rank > 0 && !d.plainExpertWeights)
            m.set(prefix + "expert_weights_norm", model::Bool{true});
    }

    void placeData()
    {
        std::vector<std::byte> bytes;
        for (model::Tensor& tensor : m_made.parts.tensors) {
            tensor.offset = bytes.size();
            const auto fused = m_fused.find(tensor.name);
            const auto data = std::as_bytes(std::span(fused != m_fused.end() ? fused->second : m_made.weights[tensor.name]));
            bytes.insert(bytes.end(), data.begin(), data.end());
        }
        m_made.parts.files.push_back(std::make_shared<MemoryFile>(std::move(bytes)));
        for (model::Tensor& tensor : m_made.parts.tensors)
            tensor.data = m_made.parts.files[0]->bytes().subspan(tensor.offset, 4 * tensor.shape.elements());
    }

    MadeModel m_made;
    std::map<std::string, std::vector<float>> m_fused;
    std::mt19937 m_random;
};

}  // namespace halftone::test
