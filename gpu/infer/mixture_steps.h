// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/infer/device_network.h"
#include "gpu/infer/network_commands.h"

namespace halftone::gpu {

/// Rows of a feed-forward network's hidden layer: its gate, which becomes the hidden layer itself, and what that is multiplied by.
struct HiddenRows {
    Buffer gate, up;
};

/// Records a feed-forward network up to its hidden layer, which is in rows.gate then; barriers included. `input` is tokens x width.
void recordHidden(NetworkCommands& steps, const infer::Hyperparameters& h, const DeviceFeedForward& network, const Slice& input,
                  const HiddenRows& rows, std::uint32_t tokens);

/// The mixtures of experts of a network, with the rows that they need. Nothing is allocated for a network without one.
class MixtureSteps {
public:
    MixtureSteps(ComputeDevice& device, const infer::Hyperparameters& hyperparameters, const PassShape& shape);

    /// result (tokens x width) = the answers of each token's experts and of the shared one, weighted. No barrier follows.
    void record(NetworkCommands& steps, const DeviceMixture& mixture, const Slice& input, const Slice& result, std::uint32_t tokens) const;

private:
    void recordExperts(NetworkCommands& steps, const DeviceFeedForward& experts, const Slice& input, std::uint32_t tokens,
                       Slots slots) const;
    Slots slotsOf(std::uint32_t tokens) const;

    const infer::Hyperparameters& m_h;
    std::uint32_t m_groupStride = 0;  ///< words of an expert in m_groups
    Buffer m_scores, m_chosen, m_shares;  ///< tokens x experts; tokens x used
    Buffer m_groups;  ///< experts x (1 + tokens)
    HiddenRows m_hidden;  ///< tokens x used x expertWidth
    Buffer m_answers;  ///< tokens x used x width
    HiddenRows m_sharedHidden;
    Buffer m_sharedAnswers, m_sharedLogits;
};

}  // namespace halftone::gpu
