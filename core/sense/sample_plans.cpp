// SPDX-License-Identifier: Apache-2.0
#include "core/sense/sample_plans.h"

#include "core/model/model.h"
#include "core/plan/solver.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace halftone::sense {
namespace {

constexpr double kReach = 1.3;  ///< bits per weight around a recipe's middle

double bitsOf(const plan::TypeError& one)
{
    return quant::info(one.type).bitsPerWeight();
}

/// Fewest and most bits that any tensor can have, leaving out floats: they lose next to nothing.
std::pair<double, double> range(const plan::ErrorTable& table)
{
    std::pair<double, double> bits{16, 0};
    for (const auto& row : table)
        for (const plan::TypeError& one : row)
            if (!quant::info(one.type).isFloat())
                bits = {std::min(bits.first, bitsOf(one)), std::max(bits.second, bitsOf(one))};
    return bits;
}

/// One of the row's types near `bits`, the nearest where none is within reach.
quant::Type drawn(const std::vector<plan::TypeError>& row, double bits, std::mt19937& random)
{
    std::vector<quant::Type> near;
    for (const plan::TypeError& one : row)
        if (std::abs(bitsOf(one) - bits) <= kReach)
            near.push_back(one.type);
    if (near.empty())
        near.push_back(std::ranges::min_element(row, {}, [&](const plan::TypeError& one) { return std::abs(bitsOf(one) - bits); })->type);
    return near[random() % near.size()];
}

plan::Plan planOf(const std::vector<quant::Type>& types)
{
    plan::Plan plan;
    for (const quant::Type type : types)
        plan.choices.push_back({.type = type, .wanted = type, .reason = plan::Reason::Exact});
    return plan;
}

}  // namespace

plan::Plan randomPlan(const model::Model& model, const plan::ErrorTable& table, std::size_t index, std::size_t count)
{
    const auto [fewest, most] = range(table);
    const double share = count > 1 ? double(index) / double(count - 1) : 0.5;
    const double bits = fewest * std::pow(std::max(1.0, most / fewest), share);  // as many steps below 4 bits as above
    std::mt19937 random(std::uint32_t(index + 1));
    std::vector<quant::Type> types;
    for (std::size_t i = 0; i < model.tensors().size(); ++i)
        types.push_back(i < table.size() && !table[i].empty() ? drawn(table[i], bits, random) : model.tensors()[i].type);
    return planOf(types);
}

plan::Plan plannedPlan(const model::Model& model, const plan::ErrorTable& table, std::size_t index, std::size_t count)
{
    const plan::Problem problem = plan::makeProblem(model, table, {});
    const plan::Frontier frontier = plan::makeFrontier(problem);
    // Evenly by the logarithm of the error. The last quarter of the frontier turns tensors back into floats.
    const double share = (double(index) + 0.5) / double(count);
    const double most = frontier.points.front().error, least = frontier.points[frontier.points.size() * 3 / 4].error;
    const double wanted = least > 0 ? most * std::pow(least / most, share) : most * (1 - share);
    const auto point = std::ranges::find_if(frontier.points, [&](const plan::Frontier::Point& p) { return p.error <= wanted; });
    return planOf(plan::solutionAt(problem, frontier, std::size_t(point - frontier.points.begin())).types);
}

}  // namespace halftone::sense
