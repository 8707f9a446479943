// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/device_network.h"

#include "core/base/progress.h"

#include <algorithm>

namespace halftone::gpu {
namespace {

/// As few buffers as may be, all alike: one more that is mostly empty could be what does not fit.
std::uint64_t evenChunk(std::uint64_t bytes, std::uint64_t chunkBytes)
{
    const std::uint64_t chunks = (bytes + chunkBytes - 1) / chunkBytes;
    return (bytes + chunks - 1) / chunks;
}

}  // namespace

DeviceNetwork::DeviceNetwork(ComputeDevice& device, const infer::Variant::Weights& weights, const Placement& placement,
                             std::uint64_t chunkBytes, Progress& progress)
    : m_memory(device, evenChunk(placement.bytes, chunkBytes))
{
    for (std::size_t i = 0; i < placement.layers; ++i)
        m_layers.push_back(upload(weights.layers[i], weights.hyperparameters, progress));
    if (placement.output) {
        m_outputNorm = m_memory.add(weights.outputNorm);
        m_output = m_memory.add(weights.output);
        m_output.bias = m_memory.add(std::span<const float>(weights.outputBias));
    }
    m_memory.finish();
}

DeviceLayer DeviceNetwork::upload(const infer::LayerWeights& layer, const infer::Hyperparameters& h, Progress& progress)
{
    DeviceLayer result{
        .attentionNorm = m_memory.add(layer.attentionNorm),
        .ffnNorm = m_memory.add(layer.ffnNorm),
        .attentionPostNorm = m_memory.add(layer.attentionPostNorm),
        .ffnPostNorm = m_memory.add(layer.ffnPostNorm),
        .queryNorm = m_memory.add(std::span<const float>(layer.queryNorm)),
        .keyNorm = m_memory.add(std::span<const float>(layer.keyNorm)),
        .sinks = m_memory.add(std::span<const float>(layer.sinks)),
        .queryNormSize = std::uint32_t(layer.queryNorm.size()),
        .keyNormSize = std::uint32_t(layer.keyNorm.size()),
    };
    result.mixture.choiceBias = m_memory.add(std::span<const float>(layer.mixture.choiceBias));
    result.latent.queryNorm = m_memory.add(std::span<const float>(layer.latent.queryNorm));
    result.latent.norm = m_memory.add(std::span<const float>(layer.latent.norm));
    const auto matrix = [&](DeviceMatrix& place, const infer::Linear& linear, std::size_t times = 1) {
        progress.checkpoint();
        if (!linear.weight.data)
            return;
        place = m_memory.add(linear);
        result.weights += double(times) * double(linear.weight.rows) * double(linear.weight.columns);
    };
    matrix(result.query, layer.query);
    matrix(result.key, layer.key);
    matrix(result.value, layer.value);
    matrix(result.attentionOutput, layer.attentionOutput);
    matrix(result.latent.queryDown, layer.latent.queryDown);
    matrix(result.latent.down, layer.latent.down);
    matrix(result.latent.up, layer.latent.up);
    matrix(result.latent.keyUp, layer.latent.keyUp, h.heads);
    matrix(result.latent.valueUp, layer.latent.valueUp, h.heads);
    const auto network = [&](DeviceFeedForward& place, const infer::FeedForward& from, std::size_t times = 1) {
        matrix(place.gate, from.gate, times);
        matrix(place.up, from.up, times);
        matrix(place.down, from.down, times);
    };
    network(result.dense, layer.dense);
    network(result.mixture.experts, layer.mixture.experts, h.routing.used);
    network(result.mixture.shared, layer.mixture.shared);
    matrix(result.mixture.router, layer.mixture.router);
    matrix(result.mixture.sharedGate, layer.mixture.sharedGate);
    return result;
}

}  // namespace halftone::gpu
