// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/plan.h"
#include "core/plan/preset.h"

#include <vector>

namespace halftone::model {
class Model;
}

namespace halftone::plan {

/// What a preset asks for, before the row length is looked at.
struct Wish {
    quant::Type type;
    Reason reason;
};

/// One wish for each tensor of the model, in the model's order: the choices of llama-quantize for its named mixtures.
/// Wishes for tensors that are not quantizable() mean nothing. Layers are counted over all tensors of a kind, whatever a
/// recipe's rules say of some of them, so that one hand-made choice never moves another tensor.
std::vector<Wish> mixtureWishes(const model::Model& model, const Preset& preset, bool withImportance);

}  // namespace halftone::plan
