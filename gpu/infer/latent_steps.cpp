// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/latent_steps.h"

#include <vector>

namespace halftone::gpu {
namespace {

Buffer uploaded(ComputeDevice& device, const std::vector<std::uint32_t>& words)
{
    const auto bytes = std::as_bytes(std::span(words));
    Buffer buffer(device, bytes.size(), Buffer::Place::Device);
    Staging staging(device, 1u << 20);
    device.wait(staging.upload(bytes, buffer));
    return buffer;
}

/// The matrices of a token's heads, as if they were the experts that it is sent to.
std::vector<std::uint32_t> headOfSlots(std::uint32_t tokens, std::uint32_t heads)
{
    std::vector<std::uint32_t> result(std::size_t(tokens) * heads);
    for (std::size_t slot = 0; slot < result.size(); ++slot)
        result[slot] = std::uint32_t(slot % heads);
    return result;
}

/// Of each head how many slots, then which.
std::vector<std::uint32_t> slotsOfHeads(std::uint32_t tokens, std::uint32_t heads)
{
    std::vector<std::uint32_t> result;
    for (std::uint32_t head = 0; head < heads; ++head) {
        result.push_back(tokens);
        for (std::uint32_t t = 0; t < tokens; ++t)
            result.push_back(t * heads + head);
    }
    return result;
}

}  // namespace

LatentSteps::LatentSteps(ComputeDevice& device, const infer::Hyperparameters& hyperparameters, const PassShape& shape)
    : m_h(hyperparameters)
{
    if (!m_h.latent)
        return;
    const infer::LatentShape& latent = *m_h.latent;
    const std::uint64_t heads = m_h.heads;
    const auto rows = [&](std::uint64_t width) { return Buffer(device, shape.tokens * width * 4, Buffer::Place::Device); };
    m_down = rows(latent.rank + latent.turningSize);
    m_latents = rows(latent.rank);
    if (latent.queryRank > 0)
        m_queryLatents = rows(latent.queryRank);
    if (!latent.absorbed) {
        m_own = rows(heads * (latent.plainSize + latent.valueSize));
        return;
    }
    m_queries = rows(heads * latent.headSize());
    m_plain = rows(heads * latent.plainSize);
    m_brought = rows(heads * latent.rank);
    m_values = rows(heads * latent.valueSize);
    m_heads = uploaded(device, headOfSlots(shape.tokens, m_h.heads));
    m_groups = uploaded(device, slotsOfHeads(shape.tokens, m_h.heads));
    m_groupStride = 1 + shape.tokens;
}

void LatentSteps::record(NetworkCommands& steps, const DeviceLayer& layer, const Slice& input, const LatentHeads& heads,
                         std::uint32_t tokens) const
{
    const infer::LatentShape& shape = *m_h.latent;
    const DeviceLatent& latent = layer.latent;
    const Slice queries = shape.absorbed ? Slice(m_queries) : heads.queries;
    const bool twice = shape.queryRank > 0;
    steps.multiply(latent.down, input, m_down, tokens);
    steps.multiply(twice ? latent.queryDown : layer.query, input, twice ? Slice(m_queryLatents) : queries, tokens);
    steps.barrier();
    steps.copyPieces({m_down, m_latents, tokens, 1, shape.rank, {shape.rank + shape.turningSize}, {shape.rank}});
    if (twice)
        normalize(steps, latent.queryNorm, m_queryLatents, {m_queryLatents, tokens, shape.queryRank});
    steps.barrier();
    normalize(steps, latent.norm, m_latents, {m_latents, tokens, shape.rank});
    if (twice)
        steps.multiply(layer.query, m_queryLatents, queries, tokens);
    steps.barrier();
    if (shape.absorbed)
        recordAbsorbed(steps, latent, heads, tokens);
    else
        recordOwn(steps, latent, heads, tokens);
    steps.barrier();
}

void LatentSteps::normalize(NetworkCommands& steps, const Slice& weight, const Slice& x, const Rows& out) const
{
    steps.normalize({.weight = weight}, infer::NormKind::Rms, m_h.normEpsilon, x, out);
}

/// Each head has a key and a value of its own, and shares the part of the key that turns.
void LatentSteps::recordOwn(NetworkCommands& steps, const DeviceLatent& latent, const LatentHeads& heads, std::uint32_t tokens) const
{
    const infer::LatentShape& shape = *m_h.latent;
    const std::uint32_t both = shape.plainSize + shape.valueSize, plain = shape.plainSize, count = m_h.heads;
    const PieceLayout own{count * both, both}, keys{count * m_h.keySize, m_h.keySize};
    steps.multiply(latent.up, m_latents, m_own, tokens);
    steps.copyPieces({m_down,
                      heads.keys,
                      tokens,
                      count,
                      shape.turningSize,
                      {shape.rank + shape.turningSize, 0, shape.rank},
                      {keys.token, keys.head, plain}});
    steps.barrier();
    steps.copyPieces({m_own, heads.keys, tokens, count, plain, own, keys});
    steps.copyPieces(
        {m_own, heads.values, tokens, count, shape.valueSize, {own.token, own.head, plain}, {count * shape.valueSize, shape.valueSize}});
}

/// The one key is the latent and the part that turns, and its value the latent again; queries are brought to the latents.
void LatentSteps::recordAbsorbed(NetworkCommands& steps, const DeviceLatent& latent, const LatentHeads& heads, std::uint32_t tokens) const
{
    const infer::LatentShape& shape = *m_h.latent;
    const std::uint32_t plain = shape.plainSize, turning = shape.turningSize, rank = shape.rank, count = m_h.heads;
    const PieceLayout own{count * shape.headSize(), shape.headSize()}, keys{count * m_h.keySize, m_h.keySize};
    steps.copyPieces({m_latents, heads.keys, tokens, 1, rank, {rank}, {m_h.keySize}});
    steps.copyPieces({m_down, heads.keys, tokens, 1, turning, {rank + turning, 0, rank}, {m_h.keySize, 0, rank}});
    steps.copyPieces({m_latents, heads.values, tokens, 1, rank, {rank}, {rank}});
    steps.copyPieces({m_queries, m_plain, tokens, count, plain, own, {count * plain, plain}});
    steps.copyPieces({m_queries, heads.queries, tokens, count, turning, {own.token, own.head, plain}, {keys.token, keys.head, rank}});
    steps.barrier();
    steps.multiplyExperts(latent.keyUp, m_plain, m_brought, tokens, ownMatrices(tokens));
    steps.barrier();
    steps.copyPieces({m_brought, heads.queries, tokens, count, rank, {count * rank, rank}, keys});
}

Slots LatentSteps::ownMatrices(std::uint32_t tokens) const
{
    Slots slots{.chosen = m_heads, .used = m_h.heads, .experts = m_h.heads, .groupStride = m_groupStride, .ownInput = true};
    if (NetworkCommands::groupingPays(tokens, slots))
        slots.groups = m_groups;  // with more tokens than these, which come first
    return slots;
}

Slice LatentSteps::expand(NetworkCommands& steps, const DeviceLayer& layer, const Slice& mixed, std::uint32_t tokens) const
{
    if (!m_h.latent || !m_h.latent->absorbed)
        return mixed;
    steps.multiplyExperts(layer.latent.valueUp, mixed, m_values, tokens, ownMatrices(tokens));
    steps.barrier();
    return m_values;
}

}  // namespace halftone::gpu
