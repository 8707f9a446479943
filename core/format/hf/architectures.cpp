// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/architectures.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace halftone::format::hf {

namespace {

using enum Treatment;
using std::string_view;

// Names as Transformers' model classes and llama.cpp's gguf-py/gguf/tensor_mapping.py give them.

constexpr std::array kDecoder{
    TensorRule{"model.embed_tokens", "token_embd"},
    TensorRule{"lm_head", "output"},
    TensorRule{"model.norm", "output_norm"},
    TensorRule{"model.layers.{}.input_layernorm", "blk.{}.attn_norm"},
    TensorRule{"model.layers.{}.self_attn.q_proj", "blk.{}.attn_q"},
    TensorRule{"model.layers.{}.self_attn.k_proj", "blk.{}.attn_k"},
    TensorRule{"model.layers.{}.self_attn.v_proj", "blk.{}.attn_v"},
    TensorRule{"model.layers.{}.self_attn.o_proj", "blk.{}.attn_output"},
    TensorRule{"model.layers.{}.self_attn.q_norm", "blk.{}.attn_q_norm"},
    TensorRule{"model.layers.{}.self_attn.k_norm", "blk.{}.attn_k_norm"},
    TensorRule{"model.layers.{}.self_attn.rotary_emb.inv_freq", "", Skip},
    TensorRule{"model.layers.{}.post_attention_layernorm", "blk.{}.ffn_norm"},
    TensorRule{"model.layers.{}.mlp.gate_proj", "blk.{}.ffn_gate"},
    TensorRule{"model.layers.{}.mlp.up_proj", "blk.{}.ffn_up"},
    TensorRule{"model.layers.{}.mlp.down_proj", "blk.{}.ffn_down"},
};

constexpr std::array kLlama{
    TensorRule{"model.layers.{}.self_attn.q_proj", "blk.{}.attn_q", RotaryQ},
    TensorRule{"model.layers.{}.self_attn.k_proj", "blk.{}.attn_k", RotaryK},
    TensorRule{"model.layers.{}.block_sparse_moe.gate", "blk.{}.ffn_gate_inp"},
    TensorRule{"model.layers.{}.block_sparse_moe.experts.{e}.w1", "blk.{}.ffn_gate_exps", Expert},
    TensorRule{"model.layers.{}.block_sparse_moe.experts.{e}.w2", "blk.{}.ffn_down_exps", Expert},
    TensorRule{"model.layers.{}.block_sparse_moe.experts.{e}.w3", "blk.{}.ffn_up_exps", Expert},
};

constexpr std::array kQwenExperts{
    TensorRule{"model.layers.{}.mlp.gate", "blk.{}.ffn_gate_inp"},
    TensorRule{"model.layers.{}.mlp.experts.{e}.down_proj", "blk.{}.ffn_down_exps", Expert},
    TensorRule{"model.layers.{}.mlp.experts.{e}.gate_proj", "blk.{}.ffn_gate_exps", Expert},
    TensorRule{"model.layers.{}.mlp.experts.{e}.up_proj", "blk.{}.ffn_up_exps", Expert},
    TensorRule{"model.layers.{}.mlp.shared_expert.down_proj", "blk.{}.ffn_down_shexp"},
    TensorRule{"model.layers.{}.mlp.shared_expert.gate_proj", "blk.{}.ffn_gate_shexp"},
    TensorRule{"model.layers.{}.mlp.shared_expert.up_proj", "blk.{}.ffn_up_shexp"},
    TensorRule{"model.layers.{}.mlp.shared_expert_gate", "blk.{}.ffn_gate_inp_shexp"},
};

constexpr std::array kGemma{
    TensorRule{"lm_head", "", Skip},  // the embedding is the output
    TensorRule{"model.norm", "output_norm", NormPlusOne},
    TensorRule{"model.layers.{}.input_layernorm", "blk.{}.attn_norm", NormPlusOne},
    TensorRule{"model.layers.{}.post_attention_layernorm", "blk.{}.ffn_norm", NormPlusOne},
};

/// Gemma 2 and 3 have a norm before and after each half of a block.
constexpr std::array kGemma2{
    TensorRule{"lm_head", "", Skip},
    TensorRule{"model.norm", "output_norm", NormPlusOne},
    TensorRule{"model.layers.{}.input_layernorm", "blk.{}.attn_norm", NormPlusOne},
    TensorRule{"model.layers.{}.post_attention_layernorm", "blk.{}.post_attention_norm", NormPlusOne},
    TensorRule{"model.layers.{}.pre_feedforward_layernorm", "blk.{}.ffn_norm", NormPlusOne},
    TensorRule{"model.layers.{}.post_feedforward_layernorm", "blk.{}.post_ffw_norm", NormPlusOne},
    TensorRule{"model.layers.{}.self_attn.q_norm", "blk.{}.attn_q_norm", NormPlusOne},
    TensorRule{"model.layers.{}.self_attn.k_norm", "blk.{}.attn_k_norm", NormPlusOne},
};

constexpr std::array kOlmo2{
    TensorRule{"model.layers.{}.post_attention_layernorm", "blk.{}.post_attention_norm"},
    TensorRule{"model.layers.{}.post_feedforward_layernorm", "blk.{}.post_ffw_norm"},
};

constexpr std::array kPhi3{
    TensorRule{"model.layers.{}.self_attn.qkv_proj", "blk.{}.attn_qkv"},
    TensorRule{"model.layers.{}.mlp.gate_up_proj", "blk.{}.ffn_up"},
};

constexpr std::array kStarcoder2{
    TensorRule{"model.layers.{}.mlp.c_fc", "blk.{}.ffn_up"},
    TensorRule{"model.layers.{}.mlp.c_proj", "blk.{}.ffn_down"},
};

constexpr std::array kGraniteMoe{
    TensorRule{"model.layers.{}.self_attn.q_proj", "blk.{}.attn_q", RotaryQ},
    TensorRule{"model.layers.{}.self_attn.k_proj", "blk.{}.attn_k", RotaryK},
    TensorRule{"model.layers.{}.block_sparse_moe.router.layer", "blk.{}.ffn_gate_inp"},
    TensorRule{"model.layers.{}.block_sparse_moe.input_linear", "blk.{}.ffn_gate_exps", GateAndUp},
    TensorRule{"model.layers.{}.block_sparse_moe.output_linear", "blk.{}.ffn_down_exps"},
    TensorRule{"model.layers.{}.shared_mlp.input_linear", "blk.{}.ffn_gate_shexp", GateAndUp},
    TensorRule{"model.layers.{}.shared_mlp.output_linear", "blk.{}.ffn_down_shexp"},
};

/// What only the layers behind the last have, which predict further tokens, is left out with them.
constexpr std::array kDeepseek2{
    TensorRule{"model.layers.{}.self_attn.q_a_proj", "blk.{}.attn_q_a"},
    TensorRule{"model.layers.{}.self_attn.q_a_layernorm", "blk.{}.attn_q_a_norm"},
    TensorRule{"model.layers.{}.self_attn.q_b_proj", "blk.{}.attn_q_b"},
    TensorRule{"model.layers.{}.self_attn.kv_a_proj_with_mqa", "blk.{}.attn_kv_a_mqa"},
    TensorRule{"model.layers.{}.self_attn.kv_a_layernorm", "blk.{}.attn_kv_a_norm"},
    TensorRule{"model.layers.{}.self_attn.kv_b_proj", "blk.{}.attn_kv_b", LatentUp},
    TensorRule{"model.layers.{}.mlp.gate", "blk.{}.ffn_gate_inp"},
    TensorRule{"model.layers.{}.mlp.gate.e_score_correction_bias", "blk.{}.exp_probs_b.bias"},
    TensorRule{"model.layers.{}.mlp.experts.{e}.down_proj", "blk.{}.ffn_down_exps", Expert},
    TensorRule{"model.layers.{}.mlp.experts.{e}.gate_proj", "blk.{}.ffn_gate_exps", Expert},
    TensorRule{"model.layers.{}.mlp.experts.{e}.up_proj", "blk.{}.ffn_up_exps", Expert},
    TensorRule{"model.layers.{}.mlp.shared_experts.down_proj", "blk.{}.ffn_down_shexp"},
    TensorRule{"model.layers.{}.mlp.shared_experts.gate_proj", "blk.{}.ffn_gate_shexp"},
    TensorRule{"model.layers.{}.mlp.shared_experts.up_proj", "blk.{}.ffn_up_shexp"},
    TensorRule{"model.layers.{}.eh_proj", "", Skip},
    TensorRule{"model.layers.{}.enorm", "", Skip},
    TensorRule{"model.layers.{}.hnorm", "", Skip},
    TensorRule{"model.layers.{}.embed_tokens", "", Skip},
    TensorRule{"model.layers.{}.shared_head.norm", "", Skip},
    TensorRule{"model.layers.{}.shared_head.head", "", Skip},
};

constexpr std::array kGptOss{
    TensorRule{"model.layers.{}.self_attn.sinks", "blk.{}.attn_sinks.weight"},
    TensorRule{"model.layers.{}.post_attention_layernorm", "blk.{}.post_attention_norm"},
    TensorRule{"model.layers.{}.mlp.router", "blk.{}.ffn_gate_inp"},
    TensorRule{"model.layers.{}.mlp.experts.gate_up_proj_blocks", "blk.{}.ffn_gate_exps.weight", Mxfp4Blocks},
    TensorRule{"model.layers.{}.mlp.experts.gate_up_proj_scales", "blk.{}.ffn_gate_exps.weight", Mxfp4Scales},
    TensorRule{"model.layers.{}.mlp.experts.gate_up_proj_bias", "blk.{}.ffn_gate_exps.bias", GateAndUpInTurn},
    TensorRule{"model.layers.{}.mlp.experts.down_proj_blocks", "blk.{}.ffn_down_exps.weight", Mxfp4Blocks},
    TensorRule{"model.layers.{}.mlp.experts.down_proj_scales", "blk.{}.ffn_down_exps.weight", Mxfp4Scales},
    TensorRule{"model.layers.{}.mlp.experts.down_proj_bias", "blk.{}.ffn_down_exps.bias"},
};

constexpr std::array kPhi2{
    TensorRule{"model.final_layernorm", "output_norm"},
    TensorRule{"model.layers.{}.self_attn.dense", "blk.{}.attn_output"},
    TensorRule{"model.layers.{}.mlp.fc1", "blk.{}.ffn_up"},
    TensorRule{"model.layers.{}.mlp.fc2", "blk.{}.ffn_down"},
};

constexpr std::array kNeox{
    TensorRule{"gpt_neox.embed_in", "token_embd"},
    TensorRule{"embed_out", "output"},
    TensorRule{"gpt_neox.final_layer_norm", "output_norm"},
    TensorRule{"gpt_neox.layers.{}.input_layernorm", "blk.{}.attn_norm"},
    TensorRule{"gpt_neox.layers.{}.post_attention_layernorm", "blk.{}.ffn_norm"},
    TensorRule{"gpt_neox.layers.{}.attention", "", Skip},  // ".bias": the causal mask
    TensorRule{"gpt_neox.layers.{}.attention.masked_bias", "", Skip},
    TensorRule{"gpt_neox.layers.{}.attention.rotary_emb.inv_freq", "", Skip},
    TensorRule{"gpt_neox.layers.{}.attention.query_key_value", "blk.{}.attn_qkv", FusedHeads},
    TensorRule{"gpt_neox.layers.{}.attention.dense", "blk.{}.attn_output"},
    TensorRule{"gpt_neox.layers.{}.mlp.dense_h_to_4h", "blk.{}.ffn_up"},
    TensorRule{"gpt_neox.layers.{}.mlp.dense_4h_to_h", "blk.{}.ffn_down"},
};

/// The smaller Falcon has one norm for both halves of a block, the larger ones have two.
constexpr std::array kFalcon{
    TensorRule{"transformer.word_embeddings", "token_embd"},
    TensorRule{"lm_head", "output"},
    TensorRule{"transformer.ln_f", "output_norm"},
    TensorRule{"transformer.h.{}.input_layernorm", "blk.{}.attn_norm"},
    TensorRule{"transformer.h.{}.ln_mlp", "blk.{}.attn_norm"},
    TensorRule{"transformer.h.{}.ln_attn", "blk.{}.attn_norm_2"},
    TensorRule{"transformer.h.{}.self_attention.query_key_value", "blk.{}.attn_qkv", FusedHeads},
    TensorRule{"transformer.h.{}.self_attention.dense", "blk.{}.attn_output"},
    TensorRule{"transformer.h.{}.mlp.dense_h_to_4h", "blk.{}.ffn_up"},
    TensorRule{"transformer.h.{}.mlp.dense_4h_to_h", "blk.{}.ffn_down"},
};

/// With and without the part that GPT2LMHeadModel puts before.
constexpr std::array kGpt2{
    TensorRule{"transformer.wte", "token_embd"},
    TensorRule{"transformer.wpe", "position_embd"},
    TensorRule{"transformer.ln_f", "output_norm"},
    TensorRule{"lm_head", "output"},
    TensorRule{"transformer.h.{}.ln_1", "blk.{}.attn_norm"},
    TensorRule{"transformer.h.{}.attn", "", Skip},  // ".bias": the causal mask
    TensorRule{"transformer.h.{}.attn.masked_bias", "", Skip},
    TensorRule{"transformer.h.{}.attn.c_attn", "blk.{}.attn_qkv", Transposed},
    TensorRule{"transformer.h.{}.attn.c_proj", "blk.{}.attn_output", Transposed},
    TensorRule{"transformer.h.{}.ln_2", "blk.{}.ffn_norm"},
    TensorRule{"transformer.h.{}.mlp.c_fc", "blk.{}.ffn_up", Transposed},
    TensorRule{"transformer.h.{}.mlp.c_proj", "blk.{}.ffn_down", Transposed},
    TensorRule{"wte", "token_embd"},
    TensorRule{"wpe", "position_embd"},
    TensorRule{"ln_f", "output_norm"},
    TensorRule{"h.{}.ln_1", "blk.{}.attn_norm"},
    TensorRule{"h.{}.attn", "", Skip},
    TensorRule{"h.{}.attn.masked_bias", "", Skip},
    TensorRule{"h.{}.attn.c_attn", "blk.{}.attn_qkv", Transposed},
    TensorRule{"h.{}.attn.c_proj", "blk.{}.attn_output", Transposed},
    TensorRule{"h.{}.ln_2", "blk.{}.ffn_norm"},
    TensorRule{"h.{}.mlp.c_fc", "blk.{}.ffn_up", Transposed},
    TensorRule{"h.{}.mlp.c_proj", "blk.{}.ffn_down", Transposed},
};

constexpr std::array<string_view, 4> kLlamaClasses{"LlamaForCausalLM", "LLaMAForCausalLM", "MistralForCausalLM", "MixtralForCausalLM"};
constexpr std::array<string_view, 1> kQwen2Classes{"Qwen2ForCausalLM"}, kQwen3Classes{"Qwen3ForCausalLM"},
    kQwen3MoeClasses{"Qwen3MoeForCausalLM"}, kGemmaClasses{"GemmaForCausalLM"}, kGemma2Classes{"Gemma2ForCausalLM"},
    kGptOssClasses{"GptOssForCausalLM"}, kPhi2Classes{"PhiForCausalLM"}, kPhi3Classes{"Phi3ForCausalLM"},
    kStarcoder2Classes{"Starcoder2ForCausalLM"}, kGpt2Classes{"GPT2LMHeadModel"}, kGraniteClasses{"GraniteForCausalLM"},
    kQwen2MoeClasses{"Qwen2MoeForCausalLM"}, kNeoxClasses{"GPTNeoXForCausalLM"};
constexpr std::array<string_view, 2> kOlmo2Classes{"Olmo2ForCausalLM", "Olmo3ForCausalLM"},
    kFalconClasses{"FalconForCausalLM", "RWForCausalLM"}, kStablelmClasses{"StableLmForCausalLM", "StableLMEpochForCausalLM"};
constexpr std::array<string_view, 2> kDeepseek2Classes{"DeepseekV2ForCausalLM", "DeepseekV3ForCausalLM"},
    kGraniteMoeClasses{"GraniteMoeForCausalLM", "GraniteMoeSharedForCausalLM"};
constexpr std::array<string_view, 2> kGemma3Classes{"Gemma3ForCausalLM", "Gemma3ForConditionalGeneration"};

constexpr std::array<Extra, 1> kLlamaExtras{Extra::VocabularyAndRope}, kExpertExtras{Extra::ExpertWidth},
    kDeepseek2Extras{Extra::LatentAttention}, kGemmaExtras{Extra::OwnPositions}, kOlmo2Extras{Extra::LayerWindows},
    kGemma3Extras{Extra::SlidingWindow}, kPhi3Extras{Extra::LongRope}, kGpt2Extras{Extra::FourfoldFeedForward};
constexpr std::array<Extra, 2> kGraniteExtras{Extra::VocabularyAndRope, Extra::Granite},
    kPhi2Extras{Extra::OwnPositions, Extra::PartialRotary}, kFalconExtras{Extra::OwnPositions, Extra::DataLayout},
    kGptOssExtras{Extra::SlidingWindow, Extra::ExpertWidth}, kQwen2MoeExtras{Extra::ExpertWidth, Extra::SharedExpertWidth};
constexpr std::array<Extra, 3> kGraniteMoeExtras{Extra::VocabularyAndRope, Extra::Granite, Extra::SharedExpertWidth},
    kGemma2Extras{Extra::OwnPositions, Extra::Softcapping, Extra::SlidingWindow},
    kNeoxExtras{Extra::OwnPositions, Extra::PartialRotary, Extra::ParallelResidual};

constexpr std::array kArchitectures{
    Architecture{"llama", kLlamaClasses, kDecoder, kLlama, kLlamaExtras, true, true},
    Architecture{"qwen2", kQwen2Classes, kDecoder, {}, {}},
    Architecture{"qwen3", kQwen3Classes, kDecoder, {}, {}, true, true},
    Architecture{"qwen3moe", kQwen3MoeClasses, kDecoder, kQwenExperts, kExpertExtras, true, true},
    Architecture{"qwen2moe", kQwen2MoeClasses, kDecoder, kQwenExperts, kQwen2MoeExtras},
    Architecture{"gemma", kGemmaClasses, kDecoder, kGemma, kGemmaExtras, false},
    Architecture{"gemma2", kGemma2Classes, kDecoder, kGemma2, kGemma2Extras, false},
    Architecture{"gemma3", kGemma3Classes, kDecoder, kGemma2, kGemma3Extras, false},
    Architecture{"olmo2", kOlmo2Classes, kDecoder, kOlmo2, kOlmo2Extras},
    Architecture{"phi2", kPhi2Classes, kDecoder, kPhi2, kPhi2Extras},
    Architecture{"phi3", kPhi3Classes, kDecoder, kPhi3, kPhi3Extras},
    Architecture{"starcoder2", kStarcoder2Classes, kDecoder, kStarcoder2, {}},
    Architecture{"stablelm", kStablelmClasses, kDecoder, {}, kNeoxExtras},
    Architecture{"gptneox", kNeoxClasses, kNeox, {}, kNeoxExtras},
    Architecture{"falcon", kFalconClasses, kFalcon, {}, kFalconExtras},
    Architecture{"gpt2", kGpt2Classes, kGpt2, {}, kGpt2Extras},
    Architecture{"granite", kGraniteClasses, kDecoder, kLlama, kGraniteExtras},
    Architecture{"granitemoe", kGraniteMoeClasses, kDecoder, kGraniteMoe, kGraniteMoeExtras},
    Architecture{"gpt-oss", kGptOssClasses, kDecoder, kGptOss, kGptOssExtras},
    Architecture{"deepseek2", kDeepseek2Classes, kDecoder, kDeepseek2, kDeepseek2Extras},
};

/// Numbers that stand for {} and {e}.
struct Numbers {
    std::uint32_t block = 0, expert = 0;
};

/// Takes "12" off the front of the text.
std::optional<std::uint32_t> takeNumber(string_view& text)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto length = std::size_t(end - text.data());
    if (error != std::errc() || (length > 1 && text.front() == '0'))
        return std::nullopt;
    text.remove_prefix(length);
    return number;
}

std::optional<Numbers> match(string_view pattern, string_view text)
{
    Numbers numbers;
    while (!pattern.empty()) {
        const bool block = pattern.starts_with("{}"), expert = pattern.starts_with("{e}");
        if (block || expert) {
            const auto number = takeNumber(text);
            if (!number)
                return std::nullopt;
            (block ? numbers.block : numbers.expert) = *number;
            pattern.remove_prefix(block ? 2 : 3);
            continue;
        }
        if (text.empty() || text.front() != pattern.front())
            return std::nullopt;
        pattern.remove_prefix(1);
        text.remove_prefix(1);
    }
    return text.empty() ? std::optional(numbers) : std::nullopt;
}

std::optional<MappedName> mapWith(std::span<const TensorRule> rules, string_view stem, string_view suffix)
{
    for (const TensorRule& rule : rules) {
        const auto numbers = match(rule.from, stem);
        if (!numbers)
            continue;
        MappedName mapped{std::string(rule.to) + std::string(suffix), rule.treatment, numbers->block, numbers->expert};
        if (const std::size_t hole = mapped.name.find("{}"); hole != std::string::npos)
            mapped.name.replace(hole, 2, std::to_string(numbers->block));
        return mapped;
    }
    return std::nullopt;
}

}  // namespace

bool has(const Architecture& architecture, Extra extra)
{
    return std::ranges::find(architecture.extras, extra) != architecture.extras.end();
}

const Architecture* findArchitecture(string_view modelClass)
{
    const auto found = std::ranges::find_if(
        kArchitectures, [&](const Architecture& one) { return std::ranges::find(one.classes, modelClass) != one.classes.end(); });
    return found == kArchitectures.end() ? nullptr : &*found;
}

std::optional<MappedName> mapName(const Architecture& architecture, string_view name)
{
    string_view stem = name, suffix;
    for (const string_view known : {string_view(".weight"), string_view(".bias")}) {
        if (stem.ends_with(known)) {
            suffix = known;
            stem.remove_suffix(known.size());
            break;
        }
    }
    if (auto mapped = mapWith(architecture.moreRules, stem, suffix))
        return mapped;
    return mapWith(architecture.rules, stem, suffix);
}

}  // namespace halftone::format::hf
