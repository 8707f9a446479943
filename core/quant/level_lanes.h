// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The searches of level_search.h with all candidates side by side in SIMD lanes: the same operations in the same order for each, so the
// same results bit for bit.
namespace halftone::quant {

float searchLevelScaleLanes(const float* x, const float* weights);

/// nearestLevel(inverse * x[i]) of 32 weights.
void nearestLevels(const float* x, float inverse, std::uint8_t* codes);

}  // namespace halftone::quant
