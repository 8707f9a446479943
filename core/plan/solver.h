// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/knapsack.h"
#include "core/plan/problem.h"

#include <variant>

namespace halftone::plan {

/// What the output may be at most.
struct MaxFileBytes {
    std::uint64_t bytes = 0;  ///< of the whole file
};
struct MaxBitsPerWeight {
    double bits = 0;  ///< of the tensors' data, as Plan::bitsPerWeight
};
struct MaxError {
    double error = 0;  ///< as the table's; the smallest file is looked for
};
using Budget = std::variant<MaxFileBytes, MaxBitsPerWeight, MaxError>;

/// A choice for every tensor.
struct Solution {
    std::vector<quant::Type> types;  ///< by tensor of the model
    std::uint64_t fileBytes = 0;  ///< of the output, as makePlan() says of recipeOf()
    std::uint64_t tensorBytes = 0;
    double error = 0;
    /// Nothing within the budget is better than this: an error, or bytes of the file where the error is limited.
    double bound = 0;
};

/// The best choice within the budget. A fraction of a second for a thousand tensors with 25 types each. Throws Error{Usage}
/// with the smallest possible size (or error) for a budget that cannot be met.
Solution solve(const Problem& problem, const Budget& budget);

/// Every size at once: the best choices at the corners of the convex hull of (file bytes, error), from the smallest file to
/// the smallest error. Between two corners no choice lies below the straight line.
struct Frontier {
    struct Point {
        std::uint64_t fileBytes = 0, tensorBytes = 0;
        double error = 0;
    };
    std::vector<Point> points;
    knapsack::Hull hull;  ///< point i is the start and the first i steps

    /// The last point within the size; 0 when none is.
    std::size_t within(std::uint64_t fileBytes) const;
};
Frontier makeFrontier(const Problem& problem);
/// The choice at a point, in microseconds: what a budget being dragged shows.
Solution solutionAt(const Problem& problem, const Frontier& frontier, std::size_t point);

/// The recipe that makes the choice: base "source", with a choice by hand for every tensor that changes.
Recipe recipeOf(const Problem& problem, const Solution& solution);

}  // namespace halftone::plan
