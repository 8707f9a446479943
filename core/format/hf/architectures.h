// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace halftone::format::hf {

/// What becomes of a tensor's weights on the way to GGUF, as llama.cpp's converter does it.
enum class Treatment {
    Plain,
    RotaryQ,  ///< rows from Hugging Face's halves to llama.cpp's interleaved pairs, by num_attention_heads
    RotaryK,  ///< the same by num_key_value_heads
    NormPlusOne,  ///< Gemma's norms leave out a 1
    Transposed,  ///< GPT-2's Conv1D keeps inputs in rows; the weight alone, not its bias
    FusedHeads,  ///< queries, keys and values head by head, or group by group, to all queries, all keys, all values
    LatentUp,  ///< DeepSeek's kv_b_proj: becomes attn_k_b, turned, and attn_v_b
    GateAndUp,  ///< of all experts or of one: the gate's rows, which the name is for, and below them those of ffn_up
    GateAndUpInTurn,  ///< the same with the gate's rows and those of ffn_up in turn: gpt-oss's biases
    Mxfp4Blocks,
    Mxfp4Scales,  ///< the two parts of packed experts; ffn_gate's as GateAndUpInTurn
    Expert,  ///< one of the experts that are stacked to one tensor
    Skip,  ///< known and not needed
};

/// A tensor's name without ".weight" or ".bias" in a Hugging Face model and in GGUF. {} stands for a block's number, {e}
/// for an expert's.
struct TensorRule {
    std::string_view from, to;
    Treatment treatment = Treatment::Plain;
};

/// Which keys of config.json are written beside those that all architectures share.
enum class Extra {
    VocabularyAndRope,  ///< vocab_size and the number of rotated dimensions
    SlidingWindow,
    Softcapping,  ///< Gemma 2
    ExpertWidth,  ///< moe_intermediate_size
    Granite,  ///< its four multipliers
    LongRope,  ///< Phi-3: rope factors for long contexts
    FourfoldFeedForward,  ///< GPT-2
    LayerWindows,  ///< which layers have a window: OLMo 3
    SharedExpertWidth,  ///< shared_expert_intermediate_size: Qwen 2 MoE, or shared_intermediate_size: Granite
    LatentAttention,  ///< DeepSeek: the cache holds latents; how experts are chosen
    PartialRotary,  ///< the number of rotated dimensions, from their share of a head
    ParallelResidual,
    DataLayout,  ///< Falcon: how its fused tensor has been ordered
    OwnPositions,  ///< no rope keys: engines know its positions
};

/// One architecture of GGUF and the Hugging Face classes that become it.
struct Architecture {
    std::string_view name;  ///< "llama"
    std::span<const std::string_view> classes;  ///< "LlamaForCausalLM"
    std::span<const TensorRule> rules, moreRules;  ///< the latter win
    std::span<const Extra> extras;
    bool spacePrefix = true;  ///< false: never a space before the text, whatever the tokenizer's files say
    bool headDimDefault = false;  ///< the class fills in head_dim where config.json is silent
};

bool has(const Architecture& architecture, Extra extra);

/// Null for a class whose mapping is not known.
const Architecture* findArchitecture(std::string_view modelClass);

struct MappedName {
    std::string name;  ///< GGUF's, "blk.3.attn_q.weight"
    Treatment treatment = Treatment::Plain;
    std::uint32_t block = 0, expert = 0;
};
/// The GGUF name of a tensor; empty if the architecture has none for it.
std::optional<MappedName> mapName(const Architecture& architecture, std::string_view name);

}  // namespace halftone::format::hf
