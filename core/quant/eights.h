// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace halftone::quant {

// What the levels of a point of a code book stand for; where there are three the fourth is no level. Those of IQ1 are -1, 0, 1 shifted
// upwards.
inline constexpr float kLevelsIQ2[4] = {8, 25, 43, 0};
inline constexpr float kLevelsIQ3_XXS[8] = {4, 12, 20, 28, 36, 44, 52, 62};
inline constexpr float kLevelsIQ3_S[8] = {1, 3, 5, 7, 9, 11, 13, 15};
inline constexpr float kLevelsIQ1[4] = {-0.875f, 0.125f, 1.125f, 0};

/// A super-block of an i-quant with a code book, as 32 groups of eight weights: w = +-scale * table[level].
struct Eights {
    std::uint32_t levels[32];  ///< eight levels of 2 or 3 bits each, the first weight lowest
    std::uint32_t signs[32];  ///< bit i is set where weight i of the group is turned round
    float scale[32];
};

/// The 256 weights, with a table of levels of two or of three bits. The scalar reference.
void unpackEights(const Eights& eights, std::span<const float, 4> table, float* out);
void unpackEights(const Eights& eights, std::span<const float, 8> table, float* out);

/// The same bit for bit, a group in the SIMD lanes.
void unpackEightsLanes(const Eights& eights, std::span<const float, 4> table, float* out);
void unpackEightsLanes(const Eights& eights, std::span<const float, 8> table, float* out);

}  // namespace halftone::quant
