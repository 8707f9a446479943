// SPDX-License-Identifier: Apache-2.0
#include "core/sense/sensitivity.h"

#include "core/model/model.h"

#include <algorithm>
#include <array>

namespace halftone::sense {
namespace {

constexpr std::array<std::string_view, 3> kLevelNames{"weights", "activations", "output"};

}  // namespace

std::string_view levelName(Level level)
{
    return kLevelNames[std::size_t(level)];
}

std::optional<Level> findLevel(std::string_view name)
{
    const auto found = std::ranges::find(kLevelNames, name);
    return found == kLevelNames.end() ? std::nullopt : std::optional(Level(found - kLevelNames.begin()));
}

Fit guessedFit(Level level)
{
    switch (level) {
    case Level::Weights: return {.scale = 0.1, .exponent = 1, .spread = 4};
    case Level::Activations: return {.scale = 0.1, .exponent = 1, .spread = 4};
    case Level::Output: return {.scale = 1, .exponent = 1, .spread = 1.5};
    }
    return {};
}

plan::ErrorTable errorTable(const Sensitivity& sensitivity, const model::Model& model)
{
    plan::ErrorTable table(model.tensors().size());
    for (const TensorError& one : sensitivity.tensors)
        if (const model::Tensor* tensor = model.find(one.tensor))
            table[std::size_t(tensor - model.tensors().data())].push_back({one.type, one.error});
    return table;
}

}  // namespace halftone::sense
