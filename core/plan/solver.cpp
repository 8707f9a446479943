// SPDX-License-Identifier: Apache-2.0
#include "core/plan/solver.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>

namespace halftone::plan {
namespace {

using Option = Problem::Option;

// The header is padded as a whole and every tensor for itself. All sums of padded tensors are multiples of the alignment, so
// a file is within a limit exactly when header + choices + padded tensors, without the header's padding, are within the
// limit rounded down to a multiple: file bytes add up over tensors.
double fileWeight(const Option& option)
{
    return double(option.paddedBytes + option.recipeBytes);
}
double tensorWeight(const Option& option)
{
    return double(option.tensorBytes);
}
double timeWeight(const Option& option)
{
    return option.seconds;
}
double errorOf(const Option& option)
{
    return option.error;
}

template <class Weight, class Loss>
knapsack::Groups groupsOf(const Problem& problem, Weight weight, Loss loss)
{
    knapsack::Groups groups;
    groups.reserve(problem.groups.size());
    for (const Problem::Group& group : problem.groups) {
        groups.emplace_back();
        for (const Option& option : group.options)
            groups.back().push_back({weight(option), loss(option)});
    }
    return groups;
}

std::uint64_t fileBytesOf(const Problem& problem, std::uint64_t paddedBytes, std::uint64_t recipeBytes)
{
    const std::uint64_t header = problem.headerBytes + recipeBytes;
    return (header + problem.alignment - 1) / problem.alignment * problem.alignment + problem.paddedBytes + paddedBytes;
}

Solution solutionOf(const Problem& problem, const std::vector<std::uint32_t>& options)
{
    Solution solution{.types = problem.types, .tensorBytes = problem.tensorBytes, .seconds = problem.seconds, .error = problem.error};
    std::uint64_t padded = 0, recipe = 0;
    for (std::size_t g = 0; g < problem.groups.size(); ++g) {
        const Option& option = problem.groups[g].options[options[g]];
        for (std::size_t k = 0; k < option.types.size(); ++k)
            solution.types[problem.groups[g].tensors[k]] = option.types[k];
        solution.tensorBytes += option.tensorBytes;
        solution.seconds += option.seconds;
        solution.error += option.error;
        padded += option.paddedBytes;
        recipe += option.recipeBytes;
    }
    solution.fileBytes = fileBytesOf(problem, padded, recipe);
    return solution;
}

[[noreturn]] void refuse(const std::string& problem, const std::string& advice)
{
    throw Error(ErrorCode::Usage, {.problem = problem, .advice = advice});
}

/// The least of a group-wise sum, by group.
template <class Weight>
Solution least(const Problem& problem, Weight weight)
{
    std::vector<std::uint32_t> options;
    for (const Problem::Group& group : problem.groups) {
        const auto best = std::ranges::min_element(group.options, {}, [&](const Option& o) { return std::pair(weight(o), errorOf(o)); });
        options.push_back(std::uint32_t(best - group.options.begin()));
    }
    return solutionOf(problem, options);
}

/// The least error with the weights within `limit`; where nothing is light enough, `refusal` is told the lightest choice.
template <class Weight, class Refusal>
Solution leastError(const Problem& problem, Weight weight, double limit, Refusal refusal)
{
    const auto groups = groupsOf(problem, weight, errorOf);
    const auto pick = knapsack::minimizeLoss(groups, knapsack::convexHull(groups), limit);
    if (!pick)
        refuse("no choice of the allowed types " + refusal(least(problem, weight)), "allow at least that, or types with fewer bits");
    Solution solution = solutionOf(problem, pick->options);
    solution.bound = problem.error + pick->bound;
    return solution;
}

Solution withinFileBytes(const Problem& problem, std::uint64_t bytes)
{
    const double limit = double(bytes / problem.alignment * problem.alignment) - double(problem.headerBytes + problem.paddedBytes);
    return leastError(problem, fileWeight, limit, [bytes](const Solution& smallest) {
        return "makes a file of " + std::to_string(bytes) + " bytes; the smallest has " + std::to_string(smallest.fileBytes);
    });
}

Solution withinTensorBytes(const Problem& problem, std::uint64_t bytes)
{
    return leastError(problem, tensorWeight, double(bytes) - double(problem.tensorBytes), [bytes](const Solution& smallest) {
        return "gets by with " + std::to_string(bytes) + " bytes of weights; the fewest are " + std::to_string(smallest.tensorBytes);
    });
}

Solution withinBits(const Problem& problem, double bits)
{
    const double limit = std::floor(bits / 8 * double(problem.parameters)) - double(problem.tensorBytes);
    return leastError(problem, tensorWeight, limit, [&](const Solution& smallest) {
        return "gets by with " + std::to_string(bits) + " bits per weight; the fewest are "
            + std::to_string(8 * double(smallest.tensorBytes) / double(problem.parameters));
    });
}

Solution withinSeconds(const Problem& problem, double seconds)
{
    if (!problem.timed)
        refuse("nothing is known of the types' speeds", "measure them on this machine");
    return leastError(problem, timeWeight, seconds - problem.seconds, [seconds](const Solution& fastest) {
        return "makes " + std::to_string(1 / seconds) + " tokens a second; the most are " + std::to_string(1 / fastest.seconds);
    });
}

Solution withinError(const Problem& problem, double error)
{
    const auto groups = groupsOf(problem, errorOf, fileWeight);
    const auto pick = knapsack::minimizeLoss(groups, knapsack::convexHull(groups), error - problem.error);
    if (!pick)
        refuse("no choice of the allowed types keeps the error within " + std::to_string(error) + "; the least is "
                   + std::to_string(least(problem, errorOf).error),
               "allow at least that, or types with more bits");
    Solution solution = solutionOf(problem, pick->options);
    solution.bound = std::min(double(solution.fileBytes), pick->bound + double(problem.headerBytes + problem.paddedBytes));
    return solution;
}

}  // namespace

Solution solve(const Problem& problem, const Budget& budget)
{
    if (const auto* size = std::get_if<MaxFileBytes>(&budget))
        return withinFileBytes(problem, size->bytes);
    if (const auto* size = std::get_if<MaxTensorBytes>(&budget))
        return withinTensorBytes(problem, size->bytes);
    if (const auto* bits = std::get_if<MaxBitsPerWeight>(&budget))
        return withinBits(problem, bits->bits);
    if (const auto* time = std::get_if<MaxSecondsPerToken>(&budget))
        return withinSeconds(problem, time->seconds);
    return withinError(problem, std::get<MaxError>(budget).error);
}

bool Frontier::meets(const Point& point, const Problem& problem, const Budget& budget)
{
    if (const auto* size = std::get_if<MaxFileBytes>(&budget))
        return point.fileBytes <= size->bytes;
    if (const auto* size = std::get_if<MaxTensorBytes>(&budget))
        return point.tensorBytes <= size->bytes;
    if (const auto* bits = std::get_if<MaxBitsPerWeight>(&budget))
        return 8 * double(point.tensorBytes) <= bits->bits * double(problem.parameters);
    if (const auto* time = std::get_if<MaxSecondsPerToken>(&budget))
        return point.seconds <= time->seconds;
    return point.error <= std::get<MaxError>(budget).error;
}

std::size_t Frontier::within(const Problem& problem, const Budget& budget) const
{
    const auto fits = [&](const Point& point) { return meets(point, problem, budget); };
    if (std::holds_alternative<MaxError>(budget)) {
        const auto first = std::ranges::find_if(points, fits);
        return std::size_t(first - points.begin()) - (first == points.end());
    }
    const auto last = std::find_if(points.rbegin(), points.rend(), fits);
    return last == points.rend() ? 0 : std::size_t(points.rend() - last) - 1;
}

Frontier makeFrontier(const Problem& problem, Cost cost)
{
    Frontier frontier{.points = {},
                      .hull = knapsack::convexHull(groupsOf(problem, cost == Cost::FileBytes ? fileWeight : timeWeight, errorOf))};
    Frontier::Point point{.fileBytes = 0, .tensorBytes = problem.tensorBytes, .seconds = problem.seconds, .error = problem.error};
    std::uint64_t padded = 0, recipe = 0;
    const auto exchange = [&](const Option& option, bool in) {
        const std::uint64_t sign = in ? 1 : ~std::uint64_t(0);  // unsigned sums wrap, so adding -x takes x away
        point.tensorBytes += sign * option.tensorBytes;
        padded += sign * option.paddedBytes;
        recipe += sign * option.recipeBytes;
        point.seconds += in ? option.seconds : -option.seconds;
        point.error += in ? option.error : -option.error;
    };
    const auto keep = [&] {
        point.fileBytes = fileBytesOf(problem, padded, recipe);
        frontier.points.push_back(point);
    };
    for (std::size_t g = 0; g < problem.groups.size(); ++g)
        exchange(problem.groups[g].options[frontier.hull.start[g]], true);
    keep();
    for (const knapsack::Step& step : frontier.hull.steps) {
        exchange(problem.groups[step.group].options[step.from], false);
        exchange(problem.groups[step.group].options[step.to], true);
        keep();
    }
    return frontier;
}

Solution solutionAt(const Problem& problem, const Frontier& frontier, std::size_t point)
{
    std::vector<std::uint32_t> options = frontier.hull.start;
    for (std::size_t i = 0; i < point; ++i)
        options[frontier.hull.steps[i].group] = frontier.hull.steps[i].to;
    Solution solution = solutionOf(problem, options);
    solution.bound = solution.error;
    return solution;
}

Recipe recipeOf(const Problem& problem, const Solution& solution)
{
    Recipe recipe = problem.recipe;
    for (std::size_t i = 0; i < solution.types.size(); ++i)
        if (solution.types[i] != problem.sources[i])
            recipe.exact[problem.names[i]] = solution.types[i];
    return recipe;
}

}  // namespace halftone::plan
