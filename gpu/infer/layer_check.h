// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_type.h"
#include "core/infer/variant.h"
#include "gpu/infer/network_kernels.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace halftone {
class Progress;
}

namespace halftone::gpu {

/// Of two vectors as long, over the second's length.
double relativeDistance(std::span<const float> x, std::span<const float> y);

/// Compares layers of a network on a device with the CPU's, as drivers miscompile: on a short text, in batches and then one token.
class LayerCheck {
public:
    /// `kernels` must live longer.
    LayerCheck(NetworkKernels& kernels, std::shared_ptr<const infer::Variant> variant, infer::KvType kvType, std::uint64_t chunkBytes);

    /// Of the first `placed` layers those that have the network's kernels between them: the first one and, where that has no mixture, the
    /// first one that has.
    std::vector<std::size_t> layersToCheck(std::size_t placed) const;
    /// How far what leaves a layer on the device is from what leaves it on the CPU when the same enters, over its length. The layers up to
    /// it must fit the device. Throws as NetworkPass does.
    double distance(std::size_t layer, Progress& progress) const;

private:
    std::vector<float> run(std::size_t layers, std::vector<float> stream, Progress& progress) const;

    NetworkKernels& m_kernels;
    std::shared_ptr<const infer::Variant> m_variant;
    infer::KvType m_kvType;
    std::uint64_t m_chunkBytes;
};

}  // namespace halftone::gpu
