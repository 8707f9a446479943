// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

/// The multiple-choice knapsack problem: take exactly one option of each group so that the weights stay within a limit and
/// the losses sum to least. (Kellerer, Pferschy, Pisinger: Knapsack Problems, chapter 11.)
namespace halftone::plan::knapsack {

/// Finite and not negative. Weights that are whole numbers below 2^53 are summed exactly.
struct Option {
    double weight = 0, loss = 0;
};
using Groups = std::vector<std::vector<Option>>;  ///< no group is empty

/// Along the convex hull of one group: its option `from` is exchanged for `to`, which is heavier and loses less.
struct Step {
    std::uint32_t group, from, to;
    double weight, loss;  ///< what the exchange adds: weight > 0, loss < 0

    double gain() const { return -loss / weight; }  ///< loss avoided by a unit of weight
};

/// The lightest option of each group, and the steps from there in order of falling gain. After any number of steps the
/// losses are the least possible at that weight; between two steps the straight line bounds them from below.
struct Hull {
    std::vector<std::uint32_t> start;
    std::vector<Step> steps;
};
Hull convexHull(const Groups& groups);

struct Pick {
    std::vector<std::uint32_t> options;  ///< by group
    double weight = 0, loss = 0;
    double bound = 0;  ///< no pick within the limit loses less than this; equal to `loss` when that is proven to be least
};

/// The least loss within `limit`: dynamic programming over the options that a Lagrangian bound leaves open. The search stops
/// after a fixed amount of work, so that a thousand groups take well under a second; `bound` then tells how far off the pick
/// can be. Empty when nothing is light enough.
std::optional<Pick> minimizeLoss(const Groups& groups, const Hull& hull, double limit);

}  // namespace halftone::plan::knapsack
