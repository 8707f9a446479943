// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/split_search.h"

// The searches of split_search.h with splits side by side in SIMD lanes: the same operations in the same order for each, so the same result
// bit for bit.
namespace halftone::quant {

std::optional<SplitFit> searchSplitsTogetherLanes(const float* x, const float* weights);
std::optional<SplitFit> searchSplitsApartLanes(const float* x, const float* weights);

/// bestNeighbourOneByOne of points padded to whole vectors (CodeBook::paddedNeighbours).
std::uint16_t bestNeighbourIQ1(std::span<const std::uint16_t> candidates, const std::array<float, 3>& levels, const float* x,
                               const float* weights, float scale);

}  // namespace halftone::quant
