// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/knapsack.h"

#include <vector>

namespace halftone::plan::knapsack {

/// The problem with its limit replaced by a price: `options` minimise loss + price * weight in every group, and are lighter
/// than the limit by `slack` (not negative).
struct Relaxation {
    std::vector<std::uint32_t> options;
    double price = 0;  ///< of a unit of weight, in units of loss
    double slack = 0;
};

/// Replaces `best`, a pick within the limit, by one that loses least. True when that is proven, false when the search ended
/// by its bound on work and `best` is the best it had seen.
bool improve(const Groups& groups, const Relaxation& relaxation, std::vector<std::uint32_t>& best);

}  // namespace halftone::plan::knapsack
