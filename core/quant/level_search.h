// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

// The search for a scale under fixed uneven levels (IQ4_NL, IQ4_XS), in the order of operations of ggml's reference quantizer.
namespace halftone::quant {

/// What codes 0..15 stand for (ggml's kvalues_iq4nl).
inline constexpr std::array<float, 16> kLevelsIQ4{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// Code of the level nearest to `value`, the upper one where two are as near. No number counts as large.
int nearestLevel(float value) noexcept;

/// The scale s of 32 weights that makes the sum of weights[i] * (x[i] - s * level)^2 small: of 16 candidates around the one that maps the
/// largest weight to the end of the levels. 0 for a block of zeros.
float searchLevelScale(const float* x, const float* weights);

}  // namespace halftone::quant
