// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace halftone::inspect {

class Binning;

/// Power sums of a run of weights about a pivot, and their extremes. Sums about a value near the mean keep the
/// fourth moment free of cancellation.
struct Moments {
    std::uint64_t count = 0, zeros = 0, nonFinite = 0;   ///< count holds the finite weights only
    float min = 0, max = 0;
    double sum1 = 0, sum2 = 0, sum3 = 0, sum4 = 0;       ///< of (w - pivot)^k

    void merge(const Moments& other);
};

/// SIMD where the machine has it. NaN and infinities are only counted.
Moments scanMoments(std::span<const float> weights, float pivot);

/// Adds the finite weights to `counts` (binning.bins() of them). Returns how many satisfy |w - centre| > reach.
std::uint64_t scanBins(std::span<const float> weights, const Binning& binning, float centre, float reach, std::span<std::uint64_t> counts);

}  // namespace halftone::inspect
