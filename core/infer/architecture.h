// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/vector_math.h"

#include <string>
#include <string_view>

namespace halftone::infer {

/// Which parts of a query or key are brought to length before they turn (the tensors attn_q_norm and attn_k_norm).
enum class HeadNorm {
    None,
    EachHead,  ///< one weight for each element of a head, the same for all heads: Qwen 3
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
    bool expertWeightsSumToOne = true;  ///< those of the experts that a token was sent to
    bool sharedExpert = false;  ///< one that sees all tokens, weighted by a sigmoid of its own
};

/// Throws Error{Unsupported} naming an architecture that cannot be run.
const Architecture& findArchitecture(std::string_view name);

}  // namespace halftone::infer
