// SPDX-License-Identifier: Apache-2.0
#include "core/sense/sensitivity.h"

#include "core/model/model.h"

#include <algorithm>
#include <array>

namespace halftone::sense {
namespace {

constexpr std::array<std::string_view, 3> kLevelNames{"weights", "activations", "output"};

/// Nats for an error of 1 in a matrix of this role: its weights' and its output's.
struct Price {
    double weights, output;
};

/// Geometric means over the layers of fairytale-7m at 3 bits. What follows the last layer has no later one to soften it.
Price priceOf(const model::Tensor& tensor, const model::Model& model)
{
    switch (tensor.role) {
    case model::Role::Output: return {0.84, 7.2};
    case model::Role::TokenEmbedding: return model.tiedOutput() ? Price{0.84, 7.2} : Price{0.02, 0.07};
    case model::Role::AttentionQ: return {0.0040, 0.014};
    case model::Role::AttentionK: return {0.0053, 0.022};
    case model::Role::AttentionV: return {0.0081, 0.015};
    case model::Role::AttentionOutput: return {0.0056, 0.022};
    case model::Role::FfnGate: return {0.013, 0.058};
    case model::Role::FfnUp: return {0.0074, 0.016};
    case model::Role::FfnDown: return {0.012, 0.029};
    default: return {0.008, 0.025};
    }
}

double natsPerError(Level level, const model::Tensor& tensor, const model::Model& model)
{
    if (level == Level::Output)
        return 1;
    const Price price = priceOf(tensor, model);
    return level == Level::Weights ? price.weights : price.output;
}

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
    return {.spread = level == Level::Output ? 1.5 : 4};
}

plan::ErrorTable errorTable(const Sensitivity& sensitivity, const model::Model& model)
{
    plan::ErrorTable table(model.tensors().size());
    for (const TensorError& one : sensitivity.tensors) {
        if (const model::Tensor* tensor = model.find(one.tensor))
            table[std::size_t(tensor - model.tensors().data())].push_back(
                {one.type, one.error * natsPerError(sensitivity.source.level, *tensor, model)});
    }
    return table;
}

}  // namespace halftone::sense
