// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/scale_search.h"

#include <cstddef>
#include <cstdint>

namespace halftone::quant {

/// What searchAffine finds for `blocks` blocks (best in sixteens) of `length` weights (at most kMostCodes) each, that lie
/// one after the other in `x` and `weights`. One block per SIMD lane, each doing the operations of searchAffine in its
/// order: the results are equal bit for bit. Fills `scales` and `minimums` (`blocks` each) and `codes` (`blocks * length`).
void searchAffineLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, const AffineSteps& steps, float* scales,
                       float* minimums, std::uint8_t* codes);

/// The same for searchSymmetric; without `weights` each error is weighed by its weight squared.
void searchSymmetricLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes);

/// The same for searchPositive.
void searchPositiveLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, float* scales, std::uint8_t* codes);

/// The same for refineSymmetric.
void refineSymmetricLanes(const float* x, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes);

}  // namespace halftone::quant
