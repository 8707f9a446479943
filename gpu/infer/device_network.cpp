// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/device_network.h"

#include "core/base/progress.h"

#include <algorithm>

namespace halftone::gpu {

DeviceNetwork::DeviceNetwork(ComputeDevice& device, const infer::Variant::Weights& weights, const Placement& placement,
                             std::uint64_t chunkBytes, Progress& progress)
    : m_memory(device, std::min(chunkBytes, placement.bytes))
{
    for (std::size_t i = 0; i < placement.layers; ++i)
        m_layers.push_back(upload(weights.layers[i], progress));
    if (placement.output) {
        m_outputNorm = m_memory.add(weights.outputNorm);
        m_output = m_memory.add(weights.output);
        m_output.bias = m_memory.add(std::span<const float>(weights.outputBias));
    }
    m_memory.finish();
}

DeviceLayer DeviceNetwork::upload(const infer::LayerWeights& layer, Progress& progress)
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
    const auto matrix = [&](DeviceMatrix& place, const infer::Linear& linear) {
        progress.checkpoint();
        if (!linear.weight.data)
            return;
        place = m_memory.add(linear);
        result.weights += double(linear.weight.rows) * double(linear.weight.columns);
    };
    matrix(result.query, layer.query);
    matrix(result.key, layer.key);
    matrix(result.value, layer.value);
    matrix(result.attentionOutput, layer.attentionOutput);
    matrix(result.gate, layer.dense.gate);
    matrix(result.up, layer.dense.up);
    matrix(result.down, layer.dense.down);
    return result;
}

}  // namespace halftone::gpu
