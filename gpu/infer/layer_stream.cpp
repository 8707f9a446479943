// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/layer_stream.h"

namespace halftone::gpu {

LayerStream::LayerStream(ComputeDevice& device, const infer::Variant::Weights& weights, const Placement& placement,
                         std::uint64_t chunkBytes)
    : m_weights(weights),
      m_begin(placement.layers - placement.streamed),
      m_end(placement.layers)
{
    if (placement.streamed == 0)
        return;
    for (Place& place : m_places)
        place.memory = std::make_unique<WeightMemory>(device, evenChunk(placement.streamBytes, chunkBytes));
}

void LayerStream::upload(std::size_t layer, Progress& progress)
{
    Place& place = m_places[layer % 2];
    place.memory->startAnew();
    place.layer = uploadLayer(*place.memory, m_weights.layers[layer], progress);
}

}  // namespace halftone::gpu
