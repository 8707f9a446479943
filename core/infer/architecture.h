// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/vector_math.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace halftone::infer {

/// Which parts of a query or key are brought to length before they turn (the tensors attn_q_norm and attn_k_norm).
enum class HeadNorm {
    None,
    EachHead,  ///< one weight for each element of a head, the same for all heads: Qwen 3
    AllHeads,  ///< all heads of a token as one row: OLMo 2
};

enum class NormKind { Rms, Layer };
enum class Activation {
    Silu,
    Gelu,
    ClampedSilu,  ///< SiLU with another slope, both factors clamped: gpt-oss
};

/// How the hidden layer of a feed-forward network is made.
enum class Hidden {
    Gated,  ///< activation(ffn_gate) * ffn_up
    GatedTogether,  ///< the same, both in the tensor ffn_up, the gate first
    Plain,  ///< activation(ffn_up)
};

/// What sees each token beside the experts it is sent to.
enum class SharedExpert {
    None,
    Weighted,  ///< by a sigmoid of its own (ffn_gate_inp_shexp): Qwen 2 MoE
    Added,  ///< where the file has one: Granite, DeepSeek
};

/// Whether the feed-forward network is a mixture of experts (the tensors ffn_*_exps).
enum class Experts {
    Never,
    Optional,  ///< where expert_count says so: Mixtral is a llama
    Always,
};

/// What tells one transformer from another beyond its numbers and its optional tensors (biases, tied output). Everything
/// else is the one forward pass.
struct Architecture {
    std::string_view name;  ///< as in general.architecture
    RopePairing pairing = RopePairing::Neighbours;
    HeadNorm headNorm = HeadNorm::None;
    Experts experts = Experts::Never;
    bool expertsShareWidth = false;  ///< of feed_forward_length, where no key says how wide they are
    bool expertWeightsSumToOne = true;  ///< those of the experts that a token was sent to
    SharedExpert sharedExpert = SharedExpert::None;
    bool weighsExpertsByKeys = false;  ///< expert_gating_func and others say how tokens are sent to experts: DeepSeek
    bool attentionSinks = false;  ///< each head may look at nothing (attn_sinks): gpt-oss
    NormKind norm = NormKind::Rms;
    bool normBefore = true;  ///< what enters attention and feed-forward network: attn_norm, ffn_norm
    bool normAfter = false;  ///< what leaves them: post_attention_norm, post_ffw_norm
    std::string_view ffnNorm = "ffn_norm";  ///< the tensor that is called so elsewhere
    bool parallel = false;  ///< attention and feed-forward network see the same stream, unless use_parallel_residual says no
    bool latentAttention = false;  ///< keys and values are made from a short vector (attn_kv_a_mqa): DeepSeek 2
    Hidden hidden = Hidden::Gated;
    Activation activation = Activation::Silu;
    bool rotates = true;  ///< otherwise positions are a tensor added to the embedding: position_embd
    bool multipliers = false;  ///< of embedding, residual, attention and logits are keys: Granite
    bool embeddingTimesRootWidth = false;  ///< Gemma
    float attentionSoftCap = 0, outputSoftCap = 0;  ///< where no key says otherwise; 0: none
    /// Layers that see a window only (attention.sliding_window): all but each `windowPeriod`-th; 0: none, whatever the key.
    std::uint32_t windowPeriod = 0;
    std::uint32_t window = 0;  ///< tokens, where no key says otherwise
    bool windowStretched = true;  ///< positions in layers with a window are scaled as in the others
    double windowRopeBase = 0;  ///< of those that are not, where no key says otherwise; 0: as in the others
    std::uint32_t layersOfWidthScale = 0;  ///< the size of model whose attention scale follows width / heads, not the head's size
};

/// Throws Error{Unsupported} naming an architecture that cannot be run.
const Architecture& findArchitecture(std::string_view name);

}  // namespace halftone::infer
