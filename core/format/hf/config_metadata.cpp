// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/config_metadata.h"

#include "core/base/error.h"
#include "core/format/hf/rope_factors.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace halftone::format::hf {

namespace {

/// Writes values under "llama." and the like, in the order of llama.cpp's converter.
class Writer {
public:
    Writer(const Config& config, const Architecture& architecture, model::Metadata& metadata)
        : m_config(config),
          m_architecture(architecture),
          m_metadata(metadata),
          m_rope(ropeConfig(config))
    {
    }

    void writeAll()
    {
        set("block_count", m_config.required({"num_hidden_layers", "n_layer", "num_layers"}));
        integer("context_length", {"max_position_embeddings", "n_ctx", "n_positions"});
        integer("embedding_length", {"hidden_size", "n_embd"});
        integer("feed_forward_length", {"intermediate_size", "n_inner"});
        integer("attention.head_count", {"num_attention_heads", "n_head"});
        integer("attention.head_count_kv", {"num_key_value_heads"});
        writeRope();
        number("attention.layer_norm_rms_epsilon", m_config, {"rms_norm_eps"});
        number("attention.layer_norm_epsilon", m_config, {"layer_norm_eps", "layer_norm_epsilon", "norm_epsilon"});
        integer("expert_count", {"num_local_experts", "num_experts", "n_routed_experts"});
        integer("expert_used_count", {"num_experts_per_tok"});
        if (!has(m_architecture, Extra::Granite)) {
            integer("attention.key_length", {"head_dim"});
            integer("attention.value_length", {"head_dim"});
        }
        for (const Extra extra : m_architecture.extras)
            write(extra);
    }

private:
    void set(std::string_view key, model::Value value)
    {
        m_metadata.set(std::string(m_architecture.name) + "." + std::string(key), std::move(value));
    }

    void integer(std::string_view key, Config::Keys from)
    {
        if (const auto value = m_config.integer(from))
            set(key, *value);
    }
    void number(std::string_view key, const Config& config, Config::Keys from)
    {
        if (const auto value = config.number(from))
            set(key, float(*value));
    }

    void writeRope()
    {
        if (has(m_architecture, Extra::OwnPositions))
            return;
        if (!has(m_architecture, Extra::LongRope))
            writeScaling();
        if (const auto base = m_rope.number({"rope_theta"}); base || m_config.number({"rope_theta"}))
            set("rope.freq_base", float(base.value_or(m_config.number({"rope_theta"}).value_or(0))));
        const Config local = m_config.object({"rope_parameters"}).object({"sliding_attention"});
        if (const auto base = local.number({"rope_theta"}); base || m_config.number({"rope_local_base_freq"}))
            set("rope.freq_base_swa", float(base.value_or(m_config.number({"rope_local_base_freq"}).value_or(0))));
    }

    void writeScaling()
    {
        const std::string type = ropeType(m_rope);
        const bool scaled = m_rope.number({"factor"}).has_value();
        if (type == "linear" && scaled) {
            set("rope.scaling.type", "linear");
            number("rope.scaling.factor", m_rope, {"factor"});
        } else if (type == "yarn" && scaled) {
            writeYarn();
        } else if (type == "su" || type == "longrope") {
            set("rope.scaling.type", "longrope");
        }
    }

    void writeYarn()
    {
        set("rope.scaling.type", "yarn");
        number("rope.scaling.factor", m_rope, {"factor"});
        if (const auto trained = m_rope.integer({"original_max_position_embeddings"}))
            set("rope.scaling.original_context_length", *trained);
        number("rope.scaling.yarn_ext_factor", m_rope, {"extrapolation_factor"});
        number("rope.scaling.yarn_attn_factor", m_rope, {"attention_factor", "attn_factor"});
        number("rope.scaling.yarn_beta_fast", m_rope, {"beta_fast"});
        number("rope.scaling.yarn_beta_slow", m_rope, {"beta_slow"});
    }

    void write(Extra extra)
    {
        switch (extra) {
        case Extra::VocabularyAndRope:
            set("vocab_size", m_config.required({"vocab_size"}));
            set("rope.dimension_count", m_config.integer({"head_dim"}).value_or(rotatedDimensions(m_config)));
            break;
        case Extra::SlidingWindow: integer("attention.sliding_window", {"sliding_window"}); break;
        case Extra::Softcapping:
            number("attn_logit_softcapping", m_config, {"attn_logit_softcapping"});
            number("final_logit_softcapping", m_config, {"final_logit_softcapping"});
            break;
        case Extra::ExpertWidth: integer("expert_feed_forward_length", {"moe_intermediate_size"}); break;
        case Extra::Granite:
            number("attention.scale", m_config, {"attention_multiplier"});
            number("embedding_scale", m_config, {"embedding_multiplier"});
            number("residual_scale", m_config, {"residual_multiplier"});
            number("logit_scale", m_config, {"logits_scaling"});
            break;
        case Extra::LongRope: writeLongRope(); break;
        case Extra::FourfoldFeedForward:
            if (!m_config.integer({"n_inner"}))
                set("feed_forward_length", 4 * m_config.required({"n_embd"}));
            break;
        case Extra::LayerWindows: writeLayerWindows(); break;
        case Extra::SharedExpertWidth:
            integer("expert_shared_feed_forward_length", {"shared_expert_intermediate_size", "shared_intermediate_size"});
            break;
        case Extra::LatentAttention:
            writeLatentAttention();
            writeExpertChoice();
            break;
        case Extra::PartialRotary: set("rope.dimension_count", rotatedOfHead()); break;
        case Extra::ParallelResidual:
            set("use_parallel_residual", model::Bool{m_config.boolean({"use_parallel_residual"}).value_or(true)});
            break;
        case Extra::DataLayout: set("tensor_data_layout", "jploski"); break;
        case Extra::OwnPositions: break;
        }
    }

    /// One head of keys and values is kept, the latent; the sizes of the model's own heads are apart.
    void writeLatentAttention()
    {
        const std::uint32_t rank = m_config.integer({"kv_lora_rank"}).value_or(512);
        const std::uint32_t turning = m_config.required({"qk_rope_head_dim"});
        set("vocab_size", m_config.required({"vocab_size"}));
        set("attention.head_count_kv", std::uint32_t(1));
        integer("attention.q_lora_rank", {"q_lora_rank"});
        set("attention.kv_lora_rank", rank);
        set("attention.key_length", rank + turning);
        set("attention.value_length", rank);
        set("attention.key_length_mla", m_config.required({"qk_nope_head_dim"}) + turning);
        set("attention.value_length_mla", m_config.required({"v_head_dim"}));
        set("rope.dimension_count", turning);
        if (const auto grows = m_rope.number({"mscale_all_dim"}))
            set("rope.scaling.yarn_log_multiplier", float(0.1 * *grows));
    }

    void writeExpertChoice()
    {
        constexpr std::uint32_t kSoftmax = 1, kSigmoid = 2;
        const bool mixture = m_config.integer({"n_routed_experts"}).has_value();
        const std::uint32_t dense = mixture ? 0 : m_config.required({"num_hidden_layers"});
        set("leading_dense_block_count", m_config.integer({"first_k_dense_replace"}).value_or(dense));
        set("expert_feed_forward_length", m_config.required({"moe_intermediate_size", "intermediate_size"}));
        set("expert_shared_count", m_config.integer({"n_shared_experts"}).value_or(0));
        number("expert_weights_scale", m_config, {"routed_scaling_factor"});
        if (m_config.boolean({"norm_topk_prob"}).value_or(false))
            set("expert_weights_norm", model::Bool{true});
        integer("expert_group_count", {"n_group"});
        integer("expert_group_used_count", {"topk_group"});
        if (const auto function = m_config.text({"scoring_func"}); function == "sigmoid" || function == "softmax")
            set("expert_gating_func", function == "sigmoid" ? kSigmoid : kSoftmax);
    }

    std::uint32_t rotatedOfHead() const
    {
        Config rotary = m_config;
        for (const std::string_view name : {"rope_pct", "rotary_pct"})
            if (const auto share = m_config.number({name}))
                rotary.setDefault("partial_rotary_factor", *share);
        return rotatedDimensions(rotary);
    }

    /// OLMo 3: all layers but each fourth, unless they are listed.
    void writeLayerWindows()
    {
        const auto window = m_config.integer({"sliding_window"});
        if (!window)
            return;
        set("attention.sliding_window", *window);
        const std::uint32_t layers = m_config.required({"num_hidden_layers"});
        const nlohmann::json* types = m_config.find("layer_types");
        const bool listed = types && types->is_array() && types->size() == layers;
        std::vector<model::Bool> windowed;
        for (std::uint32_t layer = 0; layer < std::min(layers, kMostLayers); ++layer)
            windowed.push_back({listed ? (*types)[layer] == "sliding_attention" : (layer + 1) % 4 != 0});
        set("attention.sliding_window_pattern", model::Array(std::move(windowed)));
    }

    /// The attention grows with the logarithm of how far the context is stretched (Transformers, modeling_rope_utils.py).
    void writeLongRope()
    {
        set("rope.dimension_count", rotatedDimensions(m_config));
        set("attention.sliding_window", m_config.integer({"sliding_window"}).value_or(0));
        const std::uint32_t context = m_config.required({"max_position_embeddings"});
        const std::uint32_t trained = m_config.integer({"original_max_position_embeddings"})
                                          .value_or(m_rope.integer({"original_max_position_embeddings"}).value_or(context));
        set("rope.scaling.original_context_length", trained);
        const std::string type = ropeType(m_rope);
        if (!m_rope.find("long_factor") || trained < 2)
            return;
        const double stretched = double(context) / trained;
        double factor = 1;
        if (stretched > 1)
            factor = type == "yarn" ? 0.1 * std::log(stretched) + 1 : std::sqrt(1 + std::log(stretched) / std::log(double(trained)));
        set("rope.scaling.attn_factor", float(factor));
    }

    static constexpr std::uint32_t kMostLayers = 4096;

    const Config& m_config;
    const Architecture& m_architecture;
    model::Metadata& m_metadata;
    Config m_rope;
};

/// The published configurations of Gemma 3 leave most to Transformers' Gemma3TextConfig.
void setGemma3Defaults(Config& config)
{
    config.setDefault("max_position_embeddings", 131072u);
    config.setDefault("num_attention_heads", 8u);
    config.setDefault("num_key_value_heads", 4u);
    config.setDefault("head_dim", 256u);
    config.setDefault("rms_norm_eps", 1e-6);
    config.setDefault("rope_theta", 1e6);
    config.setDefault("rope_local_base_freq", 10000.0);
    config.setDefault("sliding_window", 4096u);
    config.setDefault("vocab_size", 262208u);
}

/// FalconConfig: only the newer decoder says how many heads of keys and values there are; the older has one, or all.
void setFalconDefaults(Config& config)
{
    const bool newer = config.boolean({"new_decoder_architecture"}).value_or(false);
    const bool one = !newer && config.boolean({"multi_query"}).value_or(true);
    const std::uint32_t heads = config.required({"num_attention_heads", "n_head"});
    config.setDefault("num_key_value_heads", one ? 1 : newer ? config.integer({"num_kv_heads", "n_head_kv"}).value_or(1) : heads);
    config.setDefault("max_position_embeddings", 2048u);
    config.setDefault("intermediate_size", std::uint64_t(4) * config.required({"hidden_size"}));
}

}  // namespace

void setClassDefaults(Config& config, const Architecture& architecture)
{
    if (architecture.name == "gemma3")
        setGemma3Defaults(config);
    if (architecture.name == "falcon")
        setFalconDefaults(config);
    const auto heads = config.integer({"num_attention_heads"});
    if (const auto width = config.integer({"intermediate_size"}); width && architecture.name == "gpt-oss")
        config.setDefault("moe_intermediate_size", *width);
    if (architecture.name == "deepseek2")
        config.setDefault("rms_norm_eps", 1e-6);
    if (architecture.name == "llama" || has(architecture, Extra::Granite)) {
        config.setDefault("max_position_embeddings", 2048u);
        config.setDefault("rms_norm_eps", 1e-6);
    }
    if (architecture.name != "gpt2" && architecture.name != "gptneox") {
        if (heads)
            config.setDefault("num_key_value_heads", *heads);
        if (!ropeConfig(config).find("rope_theta"))
            config.setDefault("rope_theta", 10000.0);
    }
    if (architecture.headDimDefault && heads && *heads > 0 && config.integer({"hidden_size"}))
        config.setDefault("head_dim", architecture.name == "llama" ? *config.integer({"hidden_size"}) / *heads : 128u);
}

void addArchitectureMetadata(const Config& config, const Architecture& architecture, model::Metadata& metadata)
{
    Writer(config, architecture, metadata).writeAll();
}

}  // namespace halftone::format::hf
