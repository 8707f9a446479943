// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/placement.h"

#include "gpu/infer/weight_memory.h"

#include <algorithm>

namespace halftone::gpu {
namespace {

constexpr std::uint64_t kFloat = sizeof(float);

std::uint64_t bytesOf(const infer::Linear& linear)
{
    return linear.weight.data ? linear.experts * WeightMemory::bytesOf(linear.weight) + linear.bias.size() * kFloat : 0;
}

std::uint64_t bytesOf(const infer::Norm& norm)
{
    return (norm.weight.size() + norm.bias.size()) * kFloat;
}

std::uint64_t cacheBytes(const infer::Hyperparameters& h, std::uint32_t headSize, std::size_t capacity, infer::KvType kvType)
{
    return std::uint64_t(capacity) * h.kvHeads * cacheWords(headSize, kvType) * 4;
}

/// Of one layer.
std::uint64_t pastBytes(const infer::Hyperparameters& h, const PassShape& shape)
{
    return cacheBytes(h, h.keySize, shape.capacity, shape.kvType) + cacheBytes(h, h.valueSize, shape.capacity, shape.kvType);
}

/// Calls body(matrix, how many of its stack a token is multiplied with).
template <class Body>
void forMatrices(const infer::LayerWeights& layer, std::size_t expertsUsed, std::size_t heads, const Body& body)
{
    for (const infer::Linear* linear : {&layer.query, &layer.key, &layer.value, &layer.attentionOutput, &layer.mixture.router,
                                        &layer.mixture.sharedGate, &layer.latent.queryDown, &layer.latent.down, &layer.latent.up})
        body(*linear, std::size_t(1));
    for (const infer::Linear* linear : {&layer.latent.keyUp, &layer.latent.valueUp})
        body(*linear, heads);
    for (const infer::FeedForward* network : {&layer.dense, &layer.mixture.shared, &layer.mixture.experts})
        for (const infer::Linear* linear : {&network->gate, &network->up, &network->down})
            body(*linear, network == &layer.mixture.experts ? expertsUsed : 1);
}

std::uint64_t anglesBytes(const infer::Hyperparameters& h, std::size_t capacity)
{
    return h.traits.rotates ? std::uint64_t(capacity) * h.rope.dimensions * kFloat : 0;
}

/// Floats of the widest row that latent attention needs beside those of all networks, and of all such rows.
struct LatentRows {
    std::uint64_t widest = 0, all = 0;
};

LatentRows latentRows(const infer::Hyperparameters& h)
{
    if (!h.latent)
        return {};
    const infer::LatentShape& latent = *h.latent;
    const std::uint64_t heads = h.heads, common = 2 * std::uint64_t(latent.rank) + latent.turningSize + latent.queryRank;
    const std::uint64_t queries = heads * latent.headSize(), own = heads * (latent.plainSize + latent.valueSize);
    if (!latent.absorbed)
        return {std::max(common, own), common + own};
    return {std::max(common, queries), common + queries + heads * (latent.plainSize + latent.rank + latent.valueSize + 2)};
}

/// What is there whatever the number of layers: the rows of a batch, angles, and what alignment may cost.
std::uint64_t commonBytes(const infer::Hyperparameters& h, const PassShape& shape)
{
    constexpr std::uint64_t kSlack = 16u << 20;
    const std::uint64_t mixture =
        2 * h.experts + h.routing.used * (2 * h.expertWidth + h.width + 2) + 2 * h.sharedExpertWidth + h.width + 1;
    const std::uint64_t row = 4 * h.width + h.queryWidth() + h.keyWidth() + h.valueWidth() + h.attentionWidth() + 2 * h.ffnWidth
        + (h.experts > 0 ? mixture : 0) + latentRows(h).all;
    return kSlack + 2 * anglesBytes(h, shape.capacity) + row * shape.tokens * kFloat + h.vocabulary * shape.logitRows * kFloat;
}

std::uint64_t outputBytes(const infer::Variant::Weights& weights)
{
    return WeightMemory::bytesOf(weights.output) + weights.outputBias.size() * kFloat + bytesOf(weights.outputNorm);
}

}  // namespace

std::uint64_t layerBytes(const infer::LayerWeights& layer)
{
    std::uint64_t bytes = 0;
    forMatrices(layer, 1, 1, [&](const infer::Linear& linear, std::size_t) { bytes += bytesOf(linear); });
    for (const infer::Norm* norm : {&layer.attentionNorm, &layer.ffnNorm, &layer.attentionPostNorm, &layer.ffnPostNorm})
        bytes += bytesOf(*norm);
    for (const std::vector<float>* vector :
         {&layer.queryNorm, &layer.keyNorm, &layer.sinks, &layer.mixture.choiceBias, &layer.latent.queryNorm, &layer.latent.norm})
        bytes += vector->size() * kFloat;
    return bytes;
}

double productsOf(const infer::LayerWeights& layer, const infer::Hyperparameters& h)
{
    double products = 0;
    forMatrices(layer, h.routing.used, h.heads, [&](const infer::Linear& linear, std::size_t times) {
        if (linear.weight.data)
            products += double(times) * double(linear.weight.rows) * double(linear.weight.columns);
    });
    return products;
}

PassShape passShape(const infer::Hyperparameters& h, std::size_t capacity, infer::KvType kvType, std::uint64_t storageRange)
{
    constexpr std::uint64_t kMostTokens = 512, kMostVectors = 65535, kMostLogitBytes = 32u << 20;
    const std::uint64_t used = std::max<std::uint64_t>(1, h.routing.used), together = h.heads / h.kvHeads;
    const std::uint64_t widest = kFloat
        * std::max({used * h.width, h.ffnWidth, h.queryWidth(), h.attentionWidth(), h.mixedWidth(), used * h.expertWidth,
                    h.sharedExpertWidth, latentRows(h).widest});
    const std::uint64_t tokens =
        std::min({kMostTokens, std::uint64_t(capacity), storageRange / widest, kMostVectors / std::max(used, together)});
    const std::uint64_t rows = std::min(tokens, std::min(kMostLogitBytes, storageRange) / (kFloat * h.vocabulary));
    return {.capacity = capacity,
            .kvType = kvType,
            .tokens = std::uint32_t(std::max<std::uint64_t>(1, tokens)),
            .logitRows = std::uint32_t(std::max<std::uint64_t>(1, rows))};
}

Placement place(const infer::Variant::Weights& weights, const PassShape& shape, std::uint64_t freeBytes)
{
    const infer::Hyperparameters& h = weights.hyperparameters;
    Placement result{.bytes = commonBytes(h, shape), .allBytes = commonBytes(h, shape)};
    bool fits = true;
    for (const infer::LayerWeights& layer : weights.layers) {
        const std::uint64_t bytes = layerBytes(layer) + pastBytes(h, shape);
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

Placement placeStreaming(const infer::Variant::Weights& weights, const PassShape& shape, std::uint64_t freeBytes)
{
    constexpr std::uint64_t kAlignment = 32u << 10;  // what that of a layer's tensors may cost
    const infer::Hyperparameters& h = weights.hyperparameters;
    Placement result = place(weights, shape, 0);
    for (const infer::LayerWeights& layer : weights.layers)
        result.streamBytes = std::max(result.streamBytes, layerBytes(layer) + kAlignment);
    result.bytes += outputBytes(weights) + weights.layers.size() * pastBytes(h, shape) + 2 * result.streamBytes;
    std::size_t staying = 0;
    while (staying < weights.layers.size() && result.bytes + layerBytes(weights.layers[staying]) <= freeBytes)
        result.bytes += layerBytes(weights.layers[staying++]);
    if (staying == 0)
        return {.allBytes = result.allBytes};
    result.layers = weights.layers.size();
    result.streamed = result.layers - staying;
    result.output = true;
    return result;
}

double secondsOf(const Placement& placement, const infer::Variant::Weights& weights, std::size_t tokens, const Speeds& speeds)
{
    const auto perWeight = [&](const Pace& pace) { return pace.first + pace.further * double(tokens - 1); };
    double seconds = 0;
    for (std::size_t i = 0; i < weights.layers.size(); ++i) {
        const double products = productsOf(weights.layers[i], weights.hyperparameters);
        const bool here = i < placement.layers, streamed = here && i >= placement.layers - placement.streamed;
        const double computing = products * perWeight(here ? speeds.device : speeds.cpu);
        seconds += streamed ? std::max(computing, double(layerBytes(weights.layers[i])) * speeds.uploadPerByte) : computing;
    }
    return seconds;
}

std::string whyNotOnDevice(const infer::Hyperparameters& h, std::size_t capacity, infer::KvType kvType, const Limits& limits)
{
    constexpr std::size_t kMostExperts = 1024;  // whose probabilities fit the memory that a work-group shares on every device
    if (h.experts > kMostExperts)
        return std::to_string(h.experts) + " experts are more than graphics devices choose from";
    const std::uint64_t largest = std::max({cacheBytes(h, h.keySize, capacity, kvType), cacheBytes(h, h.valueSize, capacity, kvType),
                                            anglesBytes(h, capacity), h.vocabulary * kFloat});
    if (largest > std::min(limits.storageRange, limits.bufferBytes))
        return "a context of " + std::to_string(capacity) + " tokens is longer than the graphics device can bind";
    return {};
}

}  // namespace halftone::gpu
