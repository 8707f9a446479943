// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/infer/placement.h"
#include "gpu/infer/weight_memory.h"

#include <cstdint>
#include <vector>

namespace halftone {
class Progress;
}

namespace halftone::gpu {

struct DeviceFeedForward {
    DeviceMatrix gate, up, down;  ///< no gate: a plain hidden layer
};

/// As infer::Mixture; without parts where a layer has none.
struct DeviceMixture {
    DeviceMatrix router;
    DeviceFeedForward experts, shared;
    DeviceMatrix sharedGate;
    Slice choiceBias;  ///< no bytes: none
};

/// As infer::LatentWeights.
struct DeviceLatent {
    DeviceMatrix queryDown, down, up, keyUp, valueUp;
    Slice queryNorm, norm;
};

/// A layer's weights on a device, named as infer::LayerWeights.
struct DeviceLayer {
    DeviceNorm attentionNorm, ffnNorm, attentionPostNorm, ffnPostNorm;
    DeviceMatrix query, key, value, attentionOutput;
    DeviceLatent latent;  ///< in place of key and value
    DeviceFeedForward dense;  ///< this or the mixture
    DeviceMixture mixture;
    Slice queryNorm, keyNorm, sinks;  ///< no bytes: none
    std::uint32_t queryNormSize = 0, keyNormSize = 0;  ///< elements of what is one row
};

/// A layer's weights on their way to a device. Throws Error{Cancelled} through `progress`, which is not advanced, and what WeightMemory
/// throws.
DeviceLayer uploadLayer(WeightMemory& memory, const infer::LayerWeights& layer, Progress& progress);

/// The weights of the part of a network that stays on a device.
class DeviceNetwork {
public:
    /// Throws Error{Cancelled} through `progress`, which is not advanced, and what WeightMemory throws.
    DeviceNetwork(ComputeDevice& device, const infer::Variant::Weights& weights, const Placement& placement, std::uint64_t chunkBytes,
                  Progress& progress);

    const std::vector<DeviceLayer>& layers() const { return m_layers; }
    const DeviceNorm& outputNorm() const { return m_outputNorm; }
    const DeviceMatrix& output() const { return m_output; }  ///< no parts: it was not placed

private:
    WeightMemory m_memory;
    std::vector<DeviceLayer> m_layers;
    DeviceNorm m_outputNorm;
    DeviceMatrix m_output;
};

}  // namespace halftone::gpu
