// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <span>
#include <vector>

namespace halftone::inspect {

/// Weights that share one scale (and minimum, or shift of IQ1) in a type: the part of a block with one grid. 1 for types without a grid.
std::size_t gridSpan(quant::Type type);

/// The values that a block's codes stand for, ascending, told from the dequantized weights of one gridSpan: all of
/// them, those that no weight uses included. Of the i-quants with code books these are the values that one weight can take, with either
/// sign: the code book allows only some of their combinations. Empty when the weights do not show it (all equal) or the type has no grid.
std::vector<float> gridOf(quant::Type type, std::span<const float> dequantized);

}  // namespace halftone::inspect
