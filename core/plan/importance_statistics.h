// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/importance_sums.h"

#include <cstddef>
#include <string>
#include <vector>

namespace halftone::plan {

/// What one matrix's importance looks like, over the columns of all experts that were reached: mean squared activations.
struct ImportanceStatistics {
    std::string tensor;
    std::size_t columns = 0;
    std::size_t experts = 1;
    std::size_t reached = 0;  ///< experts that saw any token
    double rows = 0;  ///< of activations, over all experts
    double sum = 0, mean = 0, max = 0;
    double active = 0;  ///< share of columns above 1e-5 of the mean, 0..1
    /// Shannon entropy of how the sum is spread over the columns, bits: log2(columns) when all matter alike, 0 when one has
    /// everything.
    double entropy = 0;
    double evenness = 0;  ///< entropy over its largest value, 0..1
};

/// One for each tensor, in order of layer where names have one.
std::vector<ImportanceStatistics> importanceStatistics(const ImportanceSums& sums);

}  // namespace halftone::plan
