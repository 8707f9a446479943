// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <cstdint>
#include <span>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}
namespace halftone::model {
struct Tensor;
}

namespace halftone::inspect {

struct Moments;

/// Moments and extremes of a tensor's weights. NaN and infinities are counted, and left out of everything else.
struct Statistics {
    std::uint64_t count = 0;      ///< all weights
    std::uint64_t zeros = 0;
    std::uint64_t nonFinite = 0;
    double min = 0, max = 0, absMax = 0;
    double mean = 0;
    double std = 0;               ///< population standard deviation
    double kurtosis = 0;          ///< fourth standardised moment: 3 for a normal distribution, 0 when std is 0
    std::uint64_t beyond6Sigma = 0;   ///< |w - mean| > 6 std
};

/// Equal bins from low to high; the last bin includes `high`. counts sum to the finite weights.
struct Histogram {
    double low = 0, high = 0;
    std::vector<std::uint64_t> counts;
    double binWidth() const { return counts.empty() ? 0 : (high - low) / double(counts.size()); }
};

/// From sums about a pivot; all but beyond6Sigma.
Statistics statisticsOf(const Moments& moments, float pivot);

struct Inspection {
    Statistics statistics;
    Histogram histogram;
};

/// One pass for the extremes and moments, one for the bins; both parallel and deterministic for any number of threads.
/// `bins` up to 65,536. Advances `progress` by the tensor's bytes and honours its checkpoint.
Inspection inspect(const model::Tensor& tensor, int bins, const Executor& executor, Progress& progress);

/// Several tensors of the same role in one histogram over a common range.
Histogram jointHistogram(std::span<const model::Tensor* const> tensors, int bins, const Executor& executor, Progress& progress);

}  // namespace halftone::inspect
