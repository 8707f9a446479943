// SPDX-License-Identifier: Apache-2.0
#include "core/plan/knapsack.h"

#include "core/plan/knapsack_search.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>

namespace halftone::plan::knapsack {
namespace {

/// Whether b lies strictly below the line from a to c, which lie on its two sides.
bool bends(const Option& a, const Option& b, const Option& c)
{
    return (a.loss - b.loss) * (c.weight - b.weight) > (b.loss - c.loss) * (b.weight - a.weight);
}

/// The options of one group that some price of weight makes the best, from light to heavy.
std::vector<std::uint32_t> hullOf(const std::vector<Option>& options)
{
    std::vector<std::uint32_t> order(options.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::tuple(options[i].weight, options[i].loss, i); });
    std::vector<std::uint32_t> hull;
    for (const std::uint32_t next : order) {
        if (!hull.empty() && options[next].loss >= options[hull.back()].loss)
            continue;
        while (hull.size() > 1 && !bends(options[hull[hull.size() - 2]], options[hull.back()], options[next]))
            hull.pop_back();
        hull.push_back(next);
    }
    return hull;
}

void sum(const Groups& groups, Pick& pick)
{
    pick.weight = pick.loss = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        pick.weight += groups[g][pick.options[g]].weight;
        pick.loss += groups[g][pick.options[g]].loss;
    }
}

}  // namespace

Hull convexHull(const Groups& groups)
{
    Hull hull;
    for (std::uint32_t g = 0; g < groups.size(); ++g) {
        const std::vector<std::uint32_t> corners = hullOf(groups[g]);
        hull.start.push_back(corners.front());
        for (std::size_t i = 1; i < corners.size(); ++i) {
            const Option &from = groups[g][corners[i - 1]], &to = groups[g][corners[i]];
            hull.steps.push_back({g, corners[i - 1], corners[i], to.weight - from.weight, to.loss - from.loss});
        }
    }
    // Stable: the steps of a group stay in order even where rounding makes two gains equal.
    std::ranges::stable_sort(hull.steps, std::greater(), &Step::gain);
    return hull;
}

std::optional<Pick> minimizeLoss(const Groups& groups, const Hull& hull, double limit)
{
    Pick pick{.options = hull.start};
    sum(groups, pick);
    if (pick.weight > limit)
        return {};
    auto step = hull.steps.begin();
    for (double weight = pick.weight; step != hull.steps.end() && (weight += step->weight) <= limit; ++step)
        pick.options[step->group] = step->to;
    sum(groups, pick);
    pick.bound = pick.loss;
    if (step == hull.steps.end())
        return pick;

    // Where the steps break off, the next one's gain is the price of weight that makes the Lagrangian bound tightest.
    const Relaxation relaxation{.options = pick.options, .price = step->gain(), .slack = limit - pick.weight};
    const double bound = pick.loss - relaxation.price * relaxation.slack;
    for (double room = relaxation.slack; step != hull.steps.end(); ++step) {
        if (step->weight <= room && pick.options[step->group] == step->from) {
            pick.options[step->group] = step->to;
            room -= step->weight;
        }
    }
    const bool proven = improve(groups, relaxation, pick.options);
    sum(groups, pick);
    pick.bound = proven ? pick.loss : std::min(bound, pick.loss);
    return pick;
}

}  // namespace halftone::plan::knapsack
