// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <span>
#include <string_view>

namespace halftone::quant {

/// A row or several whole rows of weights. Every function here works on whole blocks, is thread safe and touches
/// nothing but its arguments. Quantized bytes equal those of ggml's reference quantizer for any finite input, on every
/// instruction set and for any split into rows.

/// out.size() weights from `packed`, which holds exactly their bytes. Requires info(type).canDequantize.
void dequantize(Type type, std::span<const std::byte> packed, std::span<float> out);

/// Packs rows of `columns` weights each (weights.size() a multiple of `columns`) into `packed`, which has exactly their
/// bytes. `importance` is empty or has one non-negative weight per column, used for every row; throws Error{Usage} where
/// info(type).needsImportance and it is empty. Requires info(type).canQuantize and finite weights (see findNonFinite).
void quantize(Type type, std::span<const float> weights, std::size_t columns, std::span<const float> importance,
              std::span<std::byte> packed);

/// What to do where a type needs an importance matrix and there is none.
inline constexpr std::string_view kImportanceAdvice =
    "make one with halftone-cli imatrix MODEL --text FILE -o OUT and choose that file, or choose another type";

/// Index of the first NaN or infinity, or weights.size().
std::size_t findNonFinite(std::span<const float> weights);

}  // namespace halftone::quant
