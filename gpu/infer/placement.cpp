// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/placement.h"

#include "gpu/infer/weight_memory.h"

#include <algorithm>

namespace halftone::gpu {
namespace {

constexpr std::uint64_t kFloat = sizeof(float);

std::uint64_t bytesOf(const infer::Linear& linear)
{
    return linear.weight.data ? WeightMemory::bytesOf(linear.weight) + linear.bias.size() * kFloat : 0;
}

std::uint64_t bytesOf(const infer::Norm& norm)
{
    return (norm.weight.size() + norm.bias.size()) * kFloat;
}

std::uint64_t keyCacheBytes(const infer::Hyperparameters& h, std::size_t capacity)
{
    return std::uint64_t(capacity) * h.kvHeads * headWords(h.keySize) * 4;
}

std::uint64_t valueCacheBytes(const infer::Hyperparameters& h, std::size_t capacity)
{
    return std::uint64_t(capacity) * h.kvHeads * headWords(h.valueSize) * 4;
}

std::uint64_t layerBytes(const infer::LayerWeights& layer, const infer::Hyperparameters& h, std::size_t capacity)
{
    std::uint64_t bytes = keyCacheBytes(h, capacity) + valueCacheBytes(h, capacity);
    for (const infer::Linear* linear :
         {&layer.query, &layer.key, &layer.value, &layer.attentionOutput, &layer.dense.gate, &layer.dense.up, &layer.dense.down})
        bytes += bytesOf(*linear);
    for (const infer::Norm* norm : {&layer.attentionNorm, &layer.ffnNorm, &layer.attentionPostNorm, &layer.ffnPostNorm})
        bytes += bytesOf(*norm);
    return bytes + (layer.queryNorm.size() + layer.keyNorm.size() + layer.sinks.size()) * kFloat;
}

std::uint64_t anglesBytes(const infer::Hyperparameters& h, std::size_t capacity)
{
    return h.traits.rotates ? std::uint64_t(capacity) * h.rope.dimensions * kFloat : 0;
}

/// What is there whatever the number of layers: the rows of a batch, angles, and what alignment may cost.
std::uint64_t commonBytes(const infer::Hyperparameters& h, const PassShape& shape)
{
    constexpr std::uint64_t kSlack = 16u << 20;
    const std::uint64_t row = 4 * h.width + h.queryWidth() + h.keyWidth() + h.valueWidth() + h.attentionWidth() + 2 * h.ffnWidth;
    return kSlack + 2 * anglesBytes(h, shape.capacity) + row * shape.tokens * kFloat + h.vocabulary * shape.logitRows * kFloat;
}

std::uint64_t outputBytes(const infer::Variant::Weights& weights)
{
    return WeightMemory::bytesOf(weights.output) + weights.outputBias.size() * kFloat + bytesOf(weights.outputNorm);
}

}  // namespace

PassShape passShape(const infer::Hyperparameters& h, std::size_t capacity, std::uint64_t storageRange)
{
    constexpr std::uint64_t kMostTokens = 512, kMostLogitBytes = 32u << 20;
    const std::uint64_t widest = kFloat * std::max({h.width, h.ffnWidth, h.queryWidth(), h.attentionWidth()});
    const std::uint64_t tokens = std::min({kMostTokens, std::uint64_t(capacity), storageRange / widest});
    const std::uint64_t rows = std::min(tokens, std::min(kMostLogitBytes, storageRange) / (kFloat * h.vocabulary));
    return {.capacity = capacity,
            .tokens = std::uint32_t(std::max<std::uint64_t>(1, tokens)),
            .logitRows = std::uint32_t(std::max<std::uint64_t>(1, rows))};
}

Placement place(const infer::Variant::Weights& weights, const PassShape& shape, std::uint64_t freeBytes)
{
    const infer::Hyperparameters& h = weights.hyperparameters;
    Placement result{.bytes = commonBytes(h, shape), .allBytes = commonBytes(h, shape)};
    bool fits = true;
    for (const infer::LayerWeights& layer : weights.layers) {
        const std::uint64_t bytes = layerBytes(layer, h, shape.capacity);
        result.allBytes += bytes;
        fits = fits && result.bytes + bytes <= freeBytes;
        result.layers += fits;
        result.bytes += fits ? bytes : 0;
    }
    result.allBytes += outputBytes(weights);
    result.output = fits && result.allBytes <= freeBytes;
    if (result.output)
        result.bytes = result.allBytes;
    return result;
}

std::string whyNotOnDevice(const infer::Hyperparameters& h, std::size_t capacity, const Limits& limits)
{
    if (h.latent)
        return "attention through latents (" + h.architecture + ") is not computed on graphics devices yet";
    if (h.experts > 0)
        return "mixtures of experts (" + h.architecture + ") are not computed on graphics devices yet";
    const std::uint64_t largest =
        std::max({keyCacheBytes(h, capacity), valueCacheBytes(h, capacity), anglesBytes(h, capacity), h.vocabulary * kFloat});
    if (largest > std::min(limits.storageRange, limits.bufferBytes))
        return "a context of " + std::to_string(capacity) + " tokens is longer than the graphics device can bind";
    return {};
}

}  // namespace halftone::gpu
