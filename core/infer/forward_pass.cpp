// SPDX-License-Identifier: Apache-2.0
#include "core/infer/forward_pass.h"

#include "core/base/progress.h"
#include "core/infer/product_observer.h"
#include "core/quant/codec.h"

namespace halftone::infer {

namespace {

constexpr std::size_t kDefaultCapacity = 4096, kShortestBatch = 16;
/// Multiply-adds of one matrix product between two checks for a cancel.
constexpr std::uint64_t kWorkPerCheck = std::uint64_t(1) << 32;

/// Positions that are a table end with it.
std::size_t capacityFor(const Hyperparameters& h, std::size_t wanted)
{
    if (wanted == 0)
        return std::size_t(std::min<std::uint64_t>(h.contextLength, kDefaultCapacity));
    return h.traits.rotates ? wanted : std::size_t(std::min<std::uint64_t>(h.contextLength, wanted));
}

/// One row of a matrix as floats.
void unpackRow(const PackedMatrix& matrix, std::size_t row, std::span<float> out)
{
    const std::uint64_t rowBytes = quant::rowBytes(matrix.type, matrix.columns);
    quant::dequantize(matrix.type, {matrix.data + row * rowBytes, rowBytes}, out);
}

std::uint64_t widestInner(const Hyperparameters& h)
{
    return std::max({h.ffnWidth, h.expertWidth, h.sharedExpertWidth, h.queryWidth(), h.attentionWidth()});
}

}  // namespace

std::size_t batchFor(std::uint64_t weights)
{
    return std::clamp<std::size_t>(kWorkPerCheck / std::max<std::uint64_t>(1, weights), kShortestBatch, kLongestBatch);
}

const Rope* ropeFor(const Variant::Weights& weights, std::size_t capacity)
{
    if (weights.longRope && double(capacity) > weights.hyperparameters.rope.originalContext)
        return &*weights.longRope;
    return weights.rope ? &*weights.rope : nullptr;
}

ForwardPass::ForwardPass(std::shared_ptr<const Variant> v, std::size_t capacity, KvType kvType, const Executor& e)
    : variant(std::move(v)),
      h(variant->hyperparameters()),
      w(variant->weights()),
      executor(e),
      cache(h, capacityFor(h, capacity), kvType),
      attention(h),
      rope(ropeFor(w, cache.capacity())),
      batch(std::min(cache.capacity(), batchFor(h.width * widestInner(h))))
{
}

void ForwardPass::embed(std::span<const token::Id> tokens, std::size_t from)
{
    x.resize(tokens.size() * h.width);
    forRows(tokens.size(), h.width, [&](std::size_t t) {
        const std::span row = std::span(x).subspan(t * h.width, h.width);
        unpackRow(w.embedding, std::size_t(tokens[t]), row);
        for (float& value : row)
            value *= h.embeddingScale;
        if (!w.positions.data)
            return;
        std::vector<float> positionRow(h.width);
        unpackRow(w.positions, from + t, positionRow);
        addTo(row, positionRow);
    });
}

void ForwardPass::computeAngles(std::size_t tokens)
{
    if (rope)
        computeAngles(*rope, tokens, angles);
    if (w.windowRope)
        computeAngles(*w.windowRope, tokens, windowAngles);
}

void ForwardPass::computeAngles(const Rope& turning, std::size_t tokens, Angles& out) const
{
    const std::size_t pairs = turning.pairs();
    out.cosine.resize(tokens * pairs);
    out.sine.resize(tokens * pairs);
    forRows(tokens, pairs * 32, [&](std::size_t t) {
        turning.angles(position + t, {out.cosine.data() + t * pairs, pairs}, {out.sine.data() + t * pairs, pairs});
    });
}

void ForwardPass::rotateHeads(std::span<float> rows, std::size_t heads, std::size_t layer, std::size_t firstToken) const
{
    if (!rope)
        return;
    const Angles& turn = w.windowRope && h.hasWindow(layer) ? windowAngles : angles;
    const std::size_t width = heads * h.keySize, pairs = rope->pairs();
    const std::size_t plain = h.latent ? h.keySize - 2 * pairs : 0;  // a latent key turns at its end
    forRows(rows.size() / width, width, [&](std::size_t row) {
        const std::span cosine = std::span(turn.cosine).subspan((firstToken + row) * pairs, pairs);
        const std::span sine = std::span(turn.sine).subspan((firstToken + row) * pairs, pairs);
        for (std::size_t head = 0; head < heads; ++head)
            rotate(rows.subspan(row * width + head * h.keySize + plain, h.keySize - plain), cosine, sine, h.rope.pairing);
    });
}

/// Each piece of `rows` that is as long as `weight`; nothing where the model has no such norm.
void ForwardPass::normalizeHeads(std::span<float> rows, std::span<const float> weight) const
{
    if (weight.empty())
        return;
    forRows(rows.size() / weight.size(), weight.size(), [&](std::size_t piece) {
        const auto head = rows.subspan(piece * weight.size(), weight.size());
        rmsNorm(head, weight, h.normEpsilon, head);
    });
}

void ForwardPass::normalizeRow(std::span<const float> row, const Norm& norm, std::span<float> out) const
{
    if (h.traits.norm == NormKind::Layer)
        layerNorm(row, norm.weight, h.normEpsilon, out);
    else
        rmsNorm(row, norm.weight, h.normEpsilon, out);
    if (!norm.bias.empty())
        addTo(out, norm.bias);
}

/// activations = the rows normalized; as they are where the model has no such norm.
void ForwardPass::normalize(std::span<const float> stream, const Norm& norm)
{
    normalized.assign(stream.begin(), stream.end());
    if (!norm.weight.empty())
        forRows(stream.size() / h.width, h.width, [&](std::size_t row) {
            const std::span out = std::span(normalized).subspan(row * h.width, h.width);
            normalizeRow(out, norm, out);
        });
    activations.assign(normalized, h.width);
}

/// out = activations * weights + bias
void ForwardPass::apply(const Linear& linear, std::vector<float>& out, std::size_t expert)
{
    const std::size_t rows = linear.weight.rows;
    if (observer && !linear.name.empty())
        observer->observe({.weight = linear.name,
                           .rows = activations.floats(),
                           .columns = activations.columns(),
                           .expert = expert,
                           .experts = linear.experts});
    out.resize(activations.tokens() * rows);
    multiply(linear.ofExpert(expert), activations, out, executor);
    if (const auto bias = linear.biasOfExpert(expert); !bias.empty())
        forRows(activations.tokens(), rows, [&](std::size_t t) { addTo({out.data() + t * rows, rows}, bias); });
}

/// What a block gave joins the residual stream.
void ForwardPass::addProductTo(std::span<float> stream, const Norm& norm)
{
    forRows(stream.size() / h.width, h.width, [&](std::size_t t) {
        const std::span row = std::span(product).subspan(t * h.width, h.width);
        if (!norm.weight.empty())
            normalizeRow(row, norm, row);
        addTimes(stream.subspan(t * h.width, h.width), row, h.residualScale);
    });
}

void ForwardPass::storeKeysAndValues(std::size_t layer, std::size_t tokens)
{
    forRows(h.kvHeads, tokens * (h.keySize + h.valueSize), [&](std::size_t head) {
        for (std::size_t t = 0; t < tokens; ++t)
            cache.store(layer, head, position + t, {keys.data() + t * h.keyWidth() + head * h.keySize, h.keySize},
                        {values.data() + t * h.valueWidth() + head * h.valueSize, h.valueSize});
    });
}

void ForwardPass::makeKeysAndValues(const LayerWeights& weights, Progress& progress)
{
    if (h.latent)
        return makeLatentKeysAndValues(weights.latent);
    apply(weights.key, keys);
    progress.checkpoint();
    apply(weights.value, values);
    normalizeHeads(keys, weights.keyNorm);
}

/// For the rows from `first` on.
void ForwardPass::makeQueries(const LayerWeights& weights, std::size_t first, Progress& progress)
{
    if (first > 0 || h.latent)
        activations.assign(std::span(normalized).subspan(first * h.width), h.width);
    if (h.latent)
        return makeLatentQueries(weights, progress);
    apply(weights.query, queries);
    normalizeHeads(queries, weights.queryNorm);
}

void ForwardPass::attend(std::size_t layer, std::size_t tokens, std::size_t wanted, Progress& progress)
{
    const LayerWeights& weights = w.layers[layer];
    const std::size_t first = tokens - wanted;
    normalize({x.data(), tokens * h.width}, weights.attentionNorm);
    makeKeysAndValues(weights, progress);
    progress.checkpoint();
    rotateHeads(keys, h.kvHeads, layer, 0);
    storeKeysAndValues(layer, tokens);
    if (wanted == 0)
        return;

    makeQueries(weights, first, progress);
    progress.checkpoint();
    rotateHeads(queries, h.heads, layer, first);
    mixed.resize(wanted * h.attentionWidth());
    attention.run(cache, layer, position + first, queries, weights.sinks, mixed, executor);
    progress.checkpoint();
    if (h.latent && h.latent->absorbed)
        expandValues(weights.latent);
    activations.assign(mixed, h.mixedWidth());
    apply(weights.attentionOutput, product);
    addProductTo({x.data() + first * h.width, wanted * h.width}, weights.attentionPostNorm);
}

/// `input` is the stream as it is or as it was before attention.
void ForwardPass::feedForward(std::size_t layer, std::span<const float> input, std::span<float> stream, Progress& progress)
{
    const LayerWeights& weights = w.layers[layer];
    normalize(input, weights.ffnNorm);
    if (h.isMixture(layer))
        runMixture(weights.mixture, progress);
    else
        runNetwork(weights.dense, 0, progress);
    addProductTo(stream, weights.ffnPostNorm);
}

/// hidden = activation(hidden) . factor; without a factor the activation alone.
void ForwardPass::activate(std::span<float> hidden, std::span<const float> factor) const
{
    if (factor.empty())
        gelu(hidden);
    else if (h.traits.activation == Activation::Gelu)
        geluTimes(hidden, factor);
    else if (h.traits.activation == Activation::ClampedSilu)
        clampedSiluTimes(hidden, factor);
    else
        siluTimes(hidden, factor);
}

/// product = down * hidden layer of the activations
void ForwardPass::runNetwork(const FeedForward& network, std::size_t expert, Progress& progress)
{
    const std::size_t tokens = activations.tokens(), width = network.down.weight.columns;
    const bool plain = h.traits.hidden == Hidden::Plain;
    apply(plain ? network.up : network.gate, gate, expert);
    progress.checkpoint();
    if (!plain)
        apply(network.up, up, expert);
    progress.checkpoint();
    forRows(tokens, width, [&](std::size_t t) {
        activate({gate.data() + t * width, width}, plain ? std::span<const float>{} : std::span(up).subspan(t * width, width));
    });
    activations.assign(gate, width);
    apply(network.down, product, expert);
}

void ForwardPass::runLayer(std::size_t layer, std::size_t tokens, std::size_t wanted, Progress& progress)
{
    progress.checkpoint();
    const std::span stream = std::span(x).subspan((tokens - wanted) * h.width, wanted * h.width);
    if (h.parallel)
        entering.assign(stream.begin(), stream.end());
    attend(layer, tokens, wanted, progress);
    if (wanted == 0)
        return;
    progress.checkpoint();
    feedForward(layer, h.parallel ? std::span<const float>(entering) : stream, stream, progress);
}

void ForwardPass::project(std::span<const float> stream, std::span<float> out, Progress& progress)
{
    const std::size_t tokens = stream.size() / h.width, step = batchFor(h.width * h.vocabulary);
    for (std::size_t begin = 0; begin < tokens; begin += step) {
        const std::size_t count = std::min(step, tokens - begin);
        progress.checkpoint();
        normalize(stream.subspan(begin * h.width, count * h.width), w.outputNorm);
        if (observer)
            observer->observe({.weight = outputName(), .rows = activations.floats(), .columns = activations.columns()});
        const auto rows = out.subspan(begin * h.vocabulary, count * h.vocabulary);
        multiply(w.output, activations, rows, executor);
        finishLogits(rows);
    }
}

void ForwardPass::finishLogits(std::span<float> rows) const
{
    if (h.outputSoftCap == 0 && h.logitScale == 1 && w.outputBias.empty())
        return;
    forRows(rows.size() / h.vocabulary, h.vocabulary, [&](std::size_t t) {
        const auto row = rows.subspan(t * h.vocabulary, h.vocabulary);
        if (!w.outputBias.empty())
            addTo(row, w.outputBias);
        if (h.outputSoftCap > 0)
            softCap(row, h.logitScale, h.outputSoftCap);
        else
            std::ranges::for_each(row, [&](float& logit) { logit *= h.logitScale; });
    });
}

void ForwardPass::run(std::span<const token::Id> tokens, std::size_t wanted, Progress& progress)
{
    embed(tokens, position);
    computeAngles(tokens.size());
    for (std::size_t layer = 0; layer < h.layers; ++layer)
        runLayer(layer, tokens.size(), layer + 1 == h.layers ? wanted : tokens.size(), progress);
}

void ForwardPass::showOutputInput(std::size_t tokens)
{
    if (w.output.data == w.embedding.data)
        return;
    normalize({x.data(), tokens * h.width}, w.outputNorm);
    observer->observe({.weight = "output.weight", .rows = activations.floats(), .columns = activations.columns()});
}

}  // namespace halftone::infer
