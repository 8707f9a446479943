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
    bool output = false;
    std::uint64_t bytes = 0;  ///< of device memory, for what is placed
    std::uint64_t allBytes = 0;  ///< that the whole network would take
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

/// Words of a cached head of `size` elements, as shaders/cache.glsl lays it out.
constexpr std::uint32_t cacheWords(std::uint32_t size, infer::KvType kvType)
{
    switch (kvType) {
    case infer::KvType::F32: return size;
    case infer::KvType::Q8_0: return (size + 3) / 4 + (size + 63) / 64;
    case infer::KvType::F16: break;
    }
    return (size + 1) / 2;
}

/// Empty when a device with such limits can run the network; otherwise one sentence that says why not.
std::string whyNotOnDevice(const infer::Hyperparameters& h, std::size_t capacity, infer::KvType kvType, const Limits& limits);

}  // namespace halftone::gpu
