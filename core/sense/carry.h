// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/sense/sensitivity.h"

namespace halftone::model {
class Model;
}

namespace halftone::sense {

/// `figures` with what `weights` (figures of the level of weights, of the same model) has beyond them, marked as carried. A tensor that
/// was measured in some types gets the others by its weights' errors: between two measured types on the straight line through them on
/// logarithmic axes, beyond them in proportion. One that was not measured gets its weights' errors times what tensors of its role have
/// in the geometric mean, or all tensors where none of its role was measured. Nothing is carried where nothing was measured.
Sensitivity carried(Sensitivity figures, const Sensitivity& weights, const model::Model& model);

}  // namespace halftone::sense
