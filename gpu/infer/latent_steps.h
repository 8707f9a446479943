// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/infer/device_network.h"
#include "gpu/infer/network_commands.h"

namespace halftone::gpu {

/// Rows of all heads, before they turn.
struct LatentHeads {
    Slice queries, keys, values;  ///< tokens x queryWidth(), keyWidth(), valueWidth()
};

/// Multi-head latent attention as core/infer/latent_attention.cpp has it, but for the attention itself, and the rows that it needs.
/// Nothing is allocated for a network without it.
class LatentSteps {
public:
    LatentSteps(ComputeDevice& device, const infer::Hyperparameters& hyperparameters, const PassShape& shape);

    /// Queries, keys and values of the normalized stream (tokens x width). A barrier follows.
    void record(NetworkCommands& steps, const DeviceLayer& layer, const Slice& input, const LatentHeads& heads, std::uint32_t tokens) const;
    /// What enters the attention's output matrix, from what attention gave, `mixed` (tokens x attentionWidth()). A barrier follows where
    /// there is something to do.
    Slice expand(NetworkCommands& steps, const DeviceLayer& layer, const Slice& mixed, std::uint32_t tokens) const;

private:
    void normalize(NetworkCommands& steps, const Slice& weight, const Slice& x, const Rows& out) const;
    void recordOwn(NetworkCommands& steps, const DeviceLatent& latent, const LatentHeads& heads, std::uint32_t tokens) const;
    void recordAbsorbed(NetworkCommands& steps, const DeviceLatent& latent, const LatentHeads& heads, std::uint32_t tokens) const;
    Slots ownMatrices(std::uint32_t tokens) const;

    const infer::Hyperparameters& m_h;
    Buffer m_down;  ///< tokens x (rank + turning): what keys and values are made from, and the part of the keys that turns
    Buffer m_latents;  ///< tokens x rank, normalized
    Buffer m_queryLatents;  ///< tokens x queryRank
    Buffer m_own;  ///< tokens x heads x (plain + value): keys and values of heads that have their own
    Buffer m_queries, m_plain, m_brought;  ///< queries of absorbed keys; what does not turn of them; the same, brought to the latents
    Buffer m_values;  ///< tokens x heads x value
    std::uint32_t m_groupStride = 0;  ///< words of a head in m_groups
    Buffer m_heads, m_groups;  ///< each head's matrix is its own: Slots of all tokens
};

}  // namespace halftone::gpu
