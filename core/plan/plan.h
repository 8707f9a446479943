// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/metadata.h"
#include "core/plan/recipe.h"
#include "core/quant/type.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::model {
class Model;
}

namespace halftone::plan {

/// Which rule gave a tensor its type. Every row of the plan shows it.
enum class Reason {
    NotQuantizable,     ///< vectors, norms, routers and the like: kept as they are, as llama-quantize keeps them
    KeepsSource,        ///< base "source": nothing asked for a change
    PresetBase,         ///< the preset's main type
    PresetOutput,       ///< the preset's rule for the output matrix
    PresetTiedOutput,   ///< the embedding is the output too, so the output's rule holds
    PresetEmbedding,    ///< the preset's rule for the token embedding
    PresetAttentionV,   ///< the preset's rule for attn_v
    PresetAttentionK,
    PresetAttentionQKV,
    PresetAttentionOutput,
    PresetFfnDown,      ///< the preset's rule for ffn_down (more bits in some layers)
    PresetFfnGate,
    PresetFfnUp,
    Pure,               ///< every matrix alike
    Rule,               ///< one of the recipe's patterns; `rule` says which
    Exact,              ///< chosen by hand for this tensor
    Impossible,         ///< the source's type cannot be read here, so the tensor is copied
};
/// One English sentence for the command line and logs; the window has its own, translated.
std::string_view describe(Reason reason);

/// What becomes of one tensor.
struct Choice {
    quant::Type type;         ///< what it will be
    quant::Type wanted;       ///< what the rule asked for; differs from `type` only when `fallback`
    Reason reason;
    int rule = -1;            ///< index into Recipe::rules when reason is Rule
    bool fallback = false;    ///< the row length does not fit the wanted block, so another type stands in
    std::uint64_t bytes = 0;  ///< of the tensor's data in the output
};

/// A recipe applied to a model: one choice for each of its tensors, in their order, and the exact output.
struct Plan {
    std::vector<Choice> choices;
    model::Metadata metadata;           ///< of the output file: the source's, plus file type, version and the recipe
    std::uint64_t fileBytes = 0;        ///< exact size of the output file
    std::uint64_t tensorBytes = 0;
    double bitsPerWeight = 0;
    int fallbacks = 0;
};

/// Microseconds for a model of a thousand tensors; call it on every edit. Throws Error{Usage} for a base or a pattern
/// that makes no sense.
Plan makePlan(const model::Model& model, const Recipe& recipe);

}  // namespace halftone::plan
