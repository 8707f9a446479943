// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/device_network.h"

#include "core/base/progress.h"

namespace halftone::gpu {

DeviceLayer uploadLayer(WeightMemory& memory, const infer::LayerWeights& layer, Progress& progress)
{
    DeviceLayer result{
        .attentionNorm = memory.add(layer.attentionNorm),
        .ffnNorm = memory.add(layer.ffnNorm),
        .attentionPostNorm = memory.add(layer.attentionPostNorm),
        .ffnPostNorm = memory.add(layer.ffnPostNorm),
        .queryNorm = memory.add(std::span<const float>(layer.queryNorm)),
        .keyNorm = memory.add(std::span<const float>(layer.keyNorm)),
        .sinks = memory.add(std::span<const float>(layer.sinks)),
        .queryNormSize = std::uint32_t(layer.queryNorm.size()),
        .keyNormSize = std::uint32_t(layer.keyNorm.size()),
    };
    result.mixture.choiceBias = memory.add(std::span<const float>(layer.mixture.choiceBias));
    result.latent.queryNorm = memory.add(std::span<const float>(layer.latent.queryNorm));
    result.latent.norm = memory.add(std::span<const float>(layer.latent.norm));
    const auto matrix = [&](DeviceMatrix& place, const infer::Linear& linear) {
        progress.checkpoint();
        if (linear.weight.data)
            place = memory.add(linear);
    };
    matrix(result.query, layer.query);
    matrix(result.key, layer.key);
    matrix(result.value, layer.value);
    matrix(result.attentionOutput, layer.attentionOutput);
    matrix(result.latent.queryDown, layer.latent.queryDown);
    matrix(result.latent.down, layer.latent.down);
    matrix(result.latent.up, layer.latent.up);
    matrix(result.latent.keyUp, layer.latent.keyUp);
    matrix(result.latent.valueUp, layer.latent.valueUp);
    const auto network = [&](DeviceFeedForward& place, const infer::FeedForward& from) {
        matrix(place.gate, from.gate);
        matrix(place.up, from.up);
        matrix(place.down, from.down);
    };
    network(result.dense, layer.dense);
    network(result.mixture.experts, layer.mixture.experts);
    network(result.mixture.shared, layer.mixture.shared);
    matrix(result.mixture.router, layer.mixture.router);
    matrix(result.mixture.sharedGate, layer.mixture.sharedGate);
    return result;
}

DeviceNetwork::DeviceNetwork(ComputeDevice& device, const infer::Variant::Weights& weights, const Placement& placement,
                             std::uint64_t chunkBytes, Progress& progress)
    : m_memory(device, evenChunk(placement.bytes, chunkBytes))
{
    for (std::size_t i = 0; i < placement.layers - placement.streamed; ++i)
        m_layers.push_back(uploadLayer(m_memory, weights.layers[i], progress));
    if (placement.output) {
        m_outputNorm = m_memory.add(weights.outputNorm);
        m_output = m_memory.add(weights.output);
        m_output.bias = m_memory.add(std::span<const float>(weights.outputBias));
    }
    m_memory.finish();
}

}  // namespace halftone::gpu
