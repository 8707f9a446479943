// SPDX-License-Identifier: Apache-2.0
#include "core/base/progress.h"
#include "core/infer/forward_pass.h"

namespace halftone::infer {

namespace {

/// One piece of each row of a matrix.
struct Column {
    std::size_t stride, begin, width;
};

void copyColumn(std::span<const float> from, const Column& source, std::span<float> to, const Column& target, std::size_t rows)
{
    for (std::size_t row = 0; row < rows; ++row)
        std::copy_n(from.data() + row * source.stride + source.begin, source.width, to.data() + row * target.stride + target.begin);
}

}  // namespace

/// keys and values, before they turn, from the normalized stream in the activations. Where the cache holds latents, a key
/// is the latent and the part that turns, and its value is the latent again; otherwise each head has its own, and shares
/// the part that turns.
void ForwardPass::makeLatentKeysAndValues(const LatentWeights& latent)
{
    const std::size_t rank = h.latent->rank, turning = h.latent->turningSize, row = rank + turning;
    const std::size_t tokens = activations.tokens(), plain = h.latent->plainSize, head = plain + h.latent->valueSize;
    apply(latent.down, product);
    forRows(tokens, row, [&](std::size_t t) {
        const auto vector = std::span(product).subspan(t * row, rank);
        rmsNorm(vector, latent.norm, h.normEpsilon, vector);
    });
    gathered.resize(tokens * rank);
    copyColumn(product, {row, 0, rank}, gathered, {rank, 0, rank}, tokens);
    if (h.latent->absorbed) {
        keys = product;
        values = gathered;
        return;
    }
    activations.assign(gathered, rank);
    apply(latent.up, up);
    keys.resize(tokens * h.keyWidth());
    values.resize(tokens * h.valueWidth());
    for (std::size_t i = 0; i < h.heads; ++i) {
        copyColumn(up, {h.heads * head, i * head, plain}, keys, {h.keyWidth(), i * h.keySize, plain}, tokens);
        copyColumn(product, {row, rank, turning}, keys, {h.keyWidth(), i * h.keySize + plain, turning}, tokens);
        copyColumn(up, {h.heads * head, i * head + plain, h.valueSize}, values, {h.valueWidth(), i * h.valueSize, h.valueSize}, tokens);
    }
}

/// queries, before they turn. Where the cache holds latents, what does not turn of a head is brought to them: its product
/// with a key made from a latent is that of its own product with the key's matrix.
void ForwardPass::makeLatentQueries(const LayerWeights& weights, Progress& progress)
{
    const std::size_t tokens = activations.tokens(), plain = h.latent->plainSize, turning = h.latent->turningSize, rank = h.latent->rank;
    if (weights.latent.queryDown.weight.data) {
        apply(weights.latent.queryDown, gate);
        normalizeHeads(gate, weights.latent.queryNorm);
        activations.assign(gate, h.latent->queryRank);
    }
    apply(weights.query, queries);
    if (!h.latent->absorbed)
        return;
    progress.checkpoint();
    const std::size_t size = plain + turning, stride = h.heads * size;
    up.swap(queries);
    queries.resize(tokens * h.queryWidth());
    gathered.resize(tokens * plain);
    for (std::size_t head = 0; head < h.heads; ++head) {
        copyColumn(up, {stride, head * size, plain}, gathered, {plain, 0, plain}, tokens);
        activations.assign(gathered, plain);
        apply(weights.latent.keyUp, product, head);
        copyColumn(product, {rank, 0, rank}, queries, {h.queryWidth(), head * h.keySize, rank}, tokens);
        copyColumn(up, {stride, head * size + plain, turning}, queries, {h.queryWidth(), head * h.keySize + rank, turning}, tokens);
    }
}

/// mixed = for each head its value, from the latents' mean that attention gave.
void ForwardPass::expandValues(const LatentWeights& latent)
{
    const std::size_t rank = h.latent->rank, size = h.latent->valueSize, tokens = mixed.size() / h.attentionWidth();
    up.resize(tokens * h.mixedWidth());
    gathered.resize(tokens * rank);
    for (std::size_t head = 0; head < h.heads; ++head) {
        copyColumn(mixed, {h.attentionWidth(), head * rank, rank}, gathered, {rank, 0, rank}, tokens);
        activations.assign(gathered, rank);
        apply(latent.valueUp, product, head);
        copyColumn(product, {size, 0, size}, up, {h.mixedWidth(), head * size, size}, tokens);
    }
    mixed.swap(up);
}

}  // namespace halftone::infer
