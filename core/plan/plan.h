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
    std::vector<std::string> remarks;   ///< parts of the recipe that had no effect, one English sentence each
    /// Base "source" and no tensor changes its type: the output says what the source says, byte for byte where that is one file.
    bool unchanged = false;
    std::uint32_t fileType = 0;         ///< LLAMA_FTYPE number for general.file_type
    std::vector<model::Metadata::Entry> provenance;   ///< as in PlanOptions
    std::string recipe;                 ///< for halftone.recipe: the recipe as JSON, without pins and without private paths
    std::uint64_t fileBytes = 0;        ///< exact size of the output file
    std::uint64_t tensorBytes = 0;
    double bitsPerWeight = 0;
    int fallbacks = 0;
};

/// What the plan is made for, beside the recipe.
struct PlanOptions {
    /// An importance matrix will be used: Q4_0 and Q5_0 then keep the first ffn_down at Q4_1 and Q5_1, as llama-quantize does.
    bool importance = false;
    /// For the output's metadata: what the importance matrix was made from (provenanceOf).
    std::vector<model::Metadata::Entry> provenance = {};
};

/// Well under a millisecond for a model of a thousand tensors, plus a look at each vocabulary entry; call it on every edit.
/// Pins are the business of whoever edits the recipe; here they have no effect. Throws Error{Usage} for a base or a pattern
/// that makes no sense and for a type that cannot be made.
Plan makePlan(const model::Model& model, const Recipe& recipe, const PlanOptions& options = {});

/// Metadata of the output file: the source's in its order without split.*, plus general.file_type,
/// general.quantization_version, halftone.recipe, the place of the tensors' hash and the provenance unless the plan leaves
/// the model unchanged.
model::Metadata outputMetadata(const model::Model& model, const Plan& plan);

}  // namespace halftone::plan
