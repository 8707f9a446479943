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
struct MaxTensorBytes {
    std::uint64_t bytes = 0;  ///< of the tensors' data: what memory holds beside the cache of a text
};
struct MaxBitsPerWeight {
    double bits = 0;  ///< of the tensors' data, as Plan::bitsPerWeight
};
struct MaxSecondsPerToken {
    double seconds = 0;  ///< as secondsPerToken(), with the problem's speeds
};
struct MaxError {
    double error = 0;  ///< as the table's; the smallest file is looked for
};
using Budget = std::variant<MaxFileBytes, MaxTensorBytes, MaxBitsPerWeight, MaxSecondsPerToken, MaxError>;

/// A choice for every tensor.
struct Solution {
    std::vector<quant::Type> types;  ///< by tensor of the model
    std::uint64_t fileBytes = 0;  ///< of the output, as makePlan() says of recipeOf()
    std::uint64_t tensorBytes = 0;
    double seconds = 0;  ///< of a token; 0 where the problem knows no speeds
    double error = 0;
    /// Nothing within the budget is better than this: an error, or bytes of the file where the error is limited.
    double bound = 0;
};

/// The best choice within the budget. A fraction of a second for a thousand tensors with 25 types each. Throws Error{Usage}
/// with the smallest possible size, time or error for a budget that cannot be met, and for one of time without speeds.
Solution solve(const Problem& problem, const Budget& budget);

/// What a frontier trades for error.
enum class Cost { FileBytes, SecondsPerToken };

/// Every budget at once: the best choices at the corners of the convex hull of (cost, error), from the least cost to the least
/// error. Between two corners no choice lies below the straight line.
struct Frontier {
    struct Point {
        std::uint64_t fileBytes = 0, tensorBytes = 0;
        double seconds = 0, error = 0;
    };
    std::vector<Point> points;
    knapsack::Hull hull;  ///< point i is the start and the first i steps

    static bool meets(const Point& point, const Problem& problem, const Budget& budget);

    /// The last point within a budget, the first where that limits the error; where none is, the one that comes nearest: the
    /// first, or the last.
    std::size_t within(const Problem& problem, const Budget& budget) const;
};
Frontier makeFrontier(const Problem& problem, Cost cost = Cost::FileBytes);
/// The choice at a point, in microseconds: what a budget being dragged shows.
Solution solutionAt(const Problem& problem, const Frontier& frontier, std::size_t point);

/// The recipe that makes the choice: base "source", with a choice by hand for every tensor that changes.
Recipe recipeOf(const Problem& problem, const Solution& solution);

}  // namespace halftone::plan
