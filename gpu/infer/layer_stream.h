// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/infer/device_network.h"

#include <array>
#include <memory>

namespace halftone::gpu {

/// The layers of a network that a device has no room for: they are uploaded whenever they are computed, into two places by turns, so that
/// one travels while the layer before it computes. One caller at a time.
class LayerStream {
public:
    /// The last `placement.streamed` of the layers placed; nothing is allocated where there are none. Throws what WeightMemory throws.
    LayerStream(ComputeDevice& device, const infer::Variant::Weights& weights, const Placement& placement, std::uint64_t chunkBytes);

    std::size_t begin() const { return m_begin; }
    std::size_t end() const { return m_end; }
    /// Sends a layer on its way to the place that the layer before the last one uploaded was in: that must have been computed. Throws
    /// Error{Cancelled} through `progress`, which is not advanced.
    void upload(std::size_t layer, Progress& progress);
    /// One of the last two layers uploaded.
    const DeviceLayer& layer(std::size_t layer) const { return m_places[layer % 2].layer; }
    /// When it has arrived.
    Ticket arrival(std::size_t layer) const { return m_places[layer % 2].memory->last(); }

private:
    struct Place {
        std::unique_ptr<WeightMemory> memory;
        DeviceLayer layer;
    };

    const infer::Variant::Weights& m_weights;
    std::size_t m_begin = 0, m_end = 0;  ///< layers
    std::array<Place, 2> m_places;
};

}  // namespace halftone::gpu
