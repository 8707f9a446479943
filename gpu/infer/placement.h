// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_type.h"
#include "core/infer/weights.h"
#include "gpu/compute_device.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace halftone::gpu {

/// Which part of a network a device computes: layers from the first on, and when it has all of them perhaps the output matrix.
struct Placement {
    std::size_t layers = 0;
    std::size_t streamed = 0;  ///< the last ones of them, for which there is no room: they are uploaded whenever they are computed
    bool output = false;
    std::uint64_t bytes = 0;  ///< of device memory, for what is placed
    std::uint64_t allBytes = 0;  ///< that the whole network would take
    std::uint64_t streamBytes = 0;  ///< of them, for each of the two places of streamed layers
};

/// Seconds that a weight takes: its product with the first token of a batch, which reads it, and with each further one.
struct Pace {
    double first = 0, further = 0;
};

struct Speeds {
    Pace cpu, device;
    double uploadPerByte = 0;  ///< seconds
};

/// Rows that a pass holds at once.
struct PassShape {
    std::size_t capacity = 0;  ///< positions of the cache
    infer::KvType kvType = infer::KvType::F16;
    std::uint32_t tokens = 0;  ///< in a batch
    std::uint32_t logitRows = 0;  ///< of a batch
};

PassShape passShape(const infer::Hyperparameters& h, std::size_t capacity, infer::KvType kvType, std::uint64_t storageRange);

/// As many layers as fit into `freeBytes`.
Placement place(const infer::Variant::Weights& weights, const PassShape& shape, std::uint64_t freeBytes);

/// The same with all layers on the device: the first ones and the output stay there as far as they fit, the others are streamed. No layers
/// where there is no room for one that stays beside two that are streamed.
Placement placeStreaming(const infer::Variant::Weights& weights, const PassShape& shape, std::uint64_t freeBytes);

/// Seconds that a batch of `tokens` takes in all layers, wherever they are: a layer travels while the one before it computes. What they
/// do beside products with weights is not counted.
double secondsOf(const Placement& placement, const infer::Variant::Weights& weights, std::size_t tokens, const Speeds& speeds);

/// What a layer's weights take on a device.
std::uint64_t layerBytes(const infer::LayerWeights& layer);
/// Weights of a layer that a token is multiplied with.
double productsOf(const infer::LayerWeights& layer, const infer::Hyperparameters& h);

/// Words of a cached head of `size` elements, as shaders/cache.glsl lays it out.
constexpr std::uint32_t cacheWords(std::uint32_t size, infer::KvType kvType)
{
    const auto fours = [](std::uint32_t words) { return (words + 3) / 4 * 4; };
    switch (kvType) {
    case infer::KvType::F32: return fours(size);
    case infer::KvType::Q8_0: return fours((size + 3) / 4) + (size + 63) / 64;
    case infer::KvType::F16: break;
    }
    return fours((size + 1) / 2);
}

/// Empty when a device with such limits can run the network; otherwise one sentence that says why not.
std::string whyNotOnDevice(const infer::Hyperparameters& h, std::size_t capacity, infer::KvType kvType, const Limits& limits);

}  // namespace halftone::gpu
