// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/mixture_steps.h"

namespace halftone::gpu {

void recordHidden(NetworkCommands& steps, const infer::Hyperparameters& h, const DeviceFeedForward& network, const Slice& input,
                  const HiddenRows& rows, std::uint32_t tokens)
{
    const bool plain = h.traits.hidden == infer::Hidden::Plain;
    steps.multiply(plain ? network.up : network.gate, input, rows.gate, tokens);
    if (!plain)
        steps.multiply(network.up, input, rows.up, tokens);
    steps.barrier();
    steps.activate(h.traits.activation, rows.gate, plain ? Slice() : Slice(rows.up), tokens * network.up.rows);
    steps.barrier();
}

MixtureSteps::MixtureSteps(ComputeDevice& device, const infer::Hyperparameters& hyperparameters, const PassShape& shape)
    : m_h(hyperparameters)
{
    if (m_h.experts == 0)
        return;
    const auto rows = [&](std::uint64_t width) { return Buffer(device, shape.tokens * width * 4, Buffer::Place::Device); };
    const std::uint64_t used = m_h.routing.used;
    m_scores = rows(m_h.experts);
    m_chosen = rows(used);
    m_shares = rows(used);
    m_groupStride = 1 + shape.tokens;
    m_groups = Buffer(device, m_h.experts * m_groupStride * 4, Buffer::Place::Device);
    m_hidden = {rows(used * m_h.expertWidth), rows(used * m_h.expertWidth)};
    m_answers = rows(used * m_h.width);
    if (m_h.sharedExpertWidth == 0)
        return;
    m_sharedHidden = {rows(m_h.sharedExpertWidth), rows(m_h.sharedExpertWidth)};
    m_sharedAnswers = rows(m_h.width);
    m_sharedLogits = rows(1);
}

Slots MixtureSteps::slotsOf(std::uint32_t tokens) const
{
    Slots slots{
        .chosen = m_chosen, .used = std::uint32_t(m_h.routing.used), .experts = std::uint32_t(m_h.experts), .groupStride = m_groupStride};
    if (NetworkCommands::groupingPays(tokens, slots))
        slots.groups = m_groups;
    return slots;
}

void MixtureSteps::recordExperts(NetworkCommands& steps, const DeviceFeedForward& experts, const Slice& input, std::uint32_t tokens,
                                 Slots slots) const
{
    if (slots.groups.bytes > 0) {
        steps.group(slots, tokens);
        steps.barrier();
    }
    steps.multiplyExperts(experts.gate, input, m_hidden.gate, tokens, slots);
    steps.multiplyExperts(experts.up, input, m_hidden.up, tokens, slots);
    steps.barrier();
    steps.activate(m_h.traits.activation, m_hidden.gate, m_hidden.up, tokens * slots.used * experts.up.rows);
    steps.barrier();
    slots.ownInput = true;
    steps.multiplyExperts(experts.down, m_hidden.gate, m_answers, tokens, slots);
}

void MixtureSteps::record(NetworkCommands& steps, const DeviceMixture& mixture, const Slice& input, const Slice& result,
                          std::uint32_t tokens) const
{
    const auto used = std::uint32_t(m_h.routing.used);
    const infer::SharedExpert shared = m_h.sharedExpertWidth > 0 ? m_h.traits.sharedExpert : infer::SharedExpert::None;
    steps.multiply(mixture.router, input, m_scores, tokens);
    if (shared == infer::SharedExpert::Weighted)
        steps.multiply(mixture.sharedGate, input, m_sharedLogits, tokens);
    steps.barrier();
    steps.route({m_scores, m_chosen, m_shares, mixture.choiceBias, tokens, m_h.routing});
    steps.barrier();
    recordExperts(steps, mixture.experts, input, tokens, slotsOf(tokens));
    if (shared != infer::SharedExpert::None) {
        recordHidden(steps, m_h, mixture.shared, input, m_sharedHidden, tokens);
        steps.multiply(mixture.shared.down, m_sharedHidden.gate, m_sharedAnswers, tokens);
    }
    steps.barrier();
    steps.combine({.answers = m_answers,
                   .shares = m_shares,
                   .sharedAnswers = m_sharedAnswers,
                   .sharedLogits = m_sharedLogits,
                   .result = result,
                   .shared = shared,
                   .tokens = tokens,
                   .used = used,
                   .width = std::uint32_t(m_h.width)});
}

}  // namespace halftone::gpu
