// SPDX-License-Identifier: Apache-2.0
#include "core/sense/random_plan.h"

#include "core/model/model.h"

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

}  // namespace

plan::Plan randomPlan(const model::Model& model, const plan::ErrorTable& table, std::size_t index, std::size_t count)
{
    const auto [fewest, most] = range(table);
    const double share = count > 1 ? double(index) / double(count - 1) : 0.5;
    const double bits = fewest * std::pow(std::max(1.0, most / fewest), share);  // as many steps below 4 bits as above
    std::mt19937 random(std::uint32_t(index + 1));
    plan::Plan plan;
    for (std::size_t i = 0; i < model.tensors().size(); ++i) {
        const quant::Type kept = model.tensors()[i].type;
        const quant::Type type = i < table.size() && !table[i].empty() ? drawn(table[i], bits, random) : kept;
        plan.choices.push_back({.type = type, .wanted = type, .reason = plan::Reason::Exact});
    }
    return plan;
}

}  // namespace halftone::sense
