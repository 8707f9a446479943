// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

// The search for scale and levels of a sub-block of IQ1. With three levels in ascending order, the best choice splits the sorted weights
// in two places, so all splits are tried. In the order of operations of ggml's reference quantizer.
namespace halftone::quant {

constexpr float kShiftIQ1 = 0.125f;  ///< of all levels -1, 0, 1 of a group, up or down

/// The levels of a group.
constexpr std::array<float, 3> levelsIQ1(bool down)
{
    const float shift = down ? -kShiftIQ1 : kShiftIQ1;
    return {-1 + shift, shift, 1 + shift};
}

/// What a search finds.
struct SplitFit {
    static constexpr std::size_t kMostWeights = 32;
    float scale = 0;  ///< never negative
    std::array<bool, 2> down{};  ///< of the halves of IQ1_M; both alike in IQ1_S
    std::array<std::uint8_t, kMostWeights> levels{};  ///< 0..2
};

/// Nothing where no error counts. 32 weights, all levels shifted alike (IQ1_S).
std::optional<SplitFit> searchSplitsTogether(const float* x, const float* weights);
/// 16 weights whose halves are shifted each on its own (IQ1_M).
std::optional<SplitFit> searchSplitsApart(const float* x, const float* weights);

}  // namespace halftone::quant
