// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/statistics.h"

#include <array>
#include <cstdint>
#include <vector>

namespace halftone::inspect {

/// How often each of the 65,536 bit patterns of a 16-bit float type occurs in a tensor. From this one pass follow exact
/// moments, extremes and a histogram of any number of bins, so ten thousand bins cost no more than a hundred.
class ValueCounts {
public:
    /// `tensor` is F16 or BF16.
    ValueCounts(const model::Tensor& tensor, const Executor& executor, Progress& progress);

    Statistics statistics() const;
    Histogram histogram(double low, double high, int bins) const;

private:
    template <class Visit>
    void forEachValue(const Visit& visit) const;

    quant::Type m_type;
    std::vector<std::uint64_t> m_counts;
};

}  // namespace halftone::inspect
