// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/network_pass.h"

#include "core/base/progress.h"
#include "core/infer/forward_pass.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

namespace halftone::gpu {
namespace {

/// Fewer tokens at once waste the tiles of a product.
constexpr std::uint32_t kFewestTokens = 8;

using ComparedRow = std::array<float, 12>;  ///< as compare.comp writes it

infer::ComparedPrediction comparedPrediction(const ComparedRow& row)
{
    const auto own = [&](std::size_t at) {
        return infer::PredictedToken{.nll = row[at], .entropy = row[at + 1], .confidence = row[at + 2], .right = row[at + 3] != 0};
    };
    return {.x = own(0), .y = own(4), .divergence = row[8], .sameFirst = row[9] != 0, .sameFive = int(row[10])};
}

}  // namespace

NetworkPass::NetworkPass(NetworkKernels& kernels, std::shared_ptr<const infer::Variant> variant, const PassShape& shape,
                         const Placement& placement, std::uint64_t chunkBytes, Progress& progress)
    : m_kernels(kernels),
      m_variant(std::move(variant)),
      m_h(m_variant->hyperparameters()),
      m_shape(shape),
      m_network(kernels.device(), m_variant->weights(), placement, chunkBytes, progress),
      m_travelling(kernels.device(), m_variant->weights(), placement, chunkBytes),
      m_mixture(kernels.device(), m_h, shape),
      m_latent(kernels.device(), m_h, shape),
      m_commands(kernels.device(), kernels.device().compute()),
      m_steps(kernels, m_commands)
{
    const auto rows = [&](std::uint64_t width) { return Buffer(kernels.device(), shape.tokens * width * 4, Buffer::Place::Device); };
    m_stream = rows(m_h.width);
    m_normalized = rows(m_h.width);
    m_product = rows(m_h.width);
    m_queries = rows(m_h.queryWidth());
    m_keys = rows(m_h.keyWidth());
    m_values = rows(m_h.valueWidth());
    m_mixed = rows(m_h.attentionWidth());
    m_parts = Buffer(kernels.device(), AttentionStep::partsBytes(m_h.valueSize), Buffer::Place::Device);
    m_hidden = {rows(m_h.ffnWidth), rows(m_h.ffnWidth)};
    if (m_h.parallel)
        m_entering = rows(m_h.width);
    if (placement.output) {
        m_logits = Buffer(kernels.device(), shape.logitRows * m_h.vocabulary * 4, Buffer::Place::Device);
        m_targets = Buffer(kernels.device(), shape.logitRows * sizeof(std::int32_t), Buffer::Place::Upload);
        m_compared = Buffer(kernels.device(), shape.logitRows * sizeof(ComparedRow), Buffer::Place::Readback);
    }
    m_upload = Buffer(kernels.device(), shape.tokens * m_h.width * 4, Buffer::Place::Upload);
    m_readback = Buffer(kernels.device(), std::max(m_upload.bytes(), m_logits.bytes()), Buffer::Place::Readback);
    const auto cache = [&](std::uint32_t headSize) {
        return Buffer(kernels.device(), shape.capacity * m_h.kvHeads * cacheWords(headSize, shape.kvType) * 4, Buffer::Place::Device);
    };
    for (std::size_t layer = 0; layer < placement.layers; ++layer) {
        m_caches.push_back({cache(m_h.keySize), cache(m_h.valueSize)});
        m_mostProducts = std::max(m_mostProducts, productsOf(layer));
    }
    if (const infer::Rope* rope = infer::ropeFor(m_variant->weights(), shape.capacity)) {
        m_pairs = std::uint32_t(rope->pairs());
        m_angles = uploadAngles(*rope);
    }
    if (const auto& rope = m_variant->weights().windowRope)
        m_windowAngles = uploadAngles(*rope);
}

Buffer NetworkPass::uploadAngles(const infer::Rope& rope)
{
    const std::size_t pairs = rope.pairs(), sines = m_shape.capacity * pairs;
    std::vector<float> angles(2 * sines);
    for (std::size_t position = 0; position < m_shape.capacity; ++position)
        rope.angles(position, {angles.data() + position * pairs, pairs}, {angles.data() + sines + position * pairs, pairs});
    const auto bytes = std::as_bytes(std::span(angles));
    Buffer buffer(m_kernels.device(), bytes.size(), Buffer::Place::Device);
    Staging staging(m_kernels.device(), 1u << 20);
    m_kernels.device().wait(staging.upload(bytes, buffer));
    return buffer;
}

/// Tokens of the next batch, of `left`, the first `unwanted` of which need no logits.
std::uint32_t NetworkPass::tokensOf(std::size_t left, std::size_t unwanted) const
{
    const auto brief = std::max<std::size_t>(kFewestTokens, std::size_t(m_pacer.mostWork(true) / m_mostProducts));
    return std::uint32_t(std::min({left, brief, std::size_t(m_shape.tokens), unwanted + m_shape.logitRows}));
}

void NetworkPass::run(std::span<float> stream, std::size_t position, const infer::WantedLogits& wanted, Progress& progress)
{
    const std::size_t tokens = stream.size() / m_h.width, firstWanted = tokens - wanted.rows;
    const bool kept = wanted.out.empty();
    for (std::size_t begin = 0; begin < tokens;) {
        const std::size_t count = tokensOf(tokens - begin, std::max(firstWanted, begin) - begin), end = begin + count;
        const std::size_t from = std::max(begin, firstWanted), rows = end > from ? end - from : 0, first = rows ? from - firstWanted : 0;
        runBatch({.stream = stream.subspan(begin * m_h.width, count * m_h.width),
                  .logits = kept ? wanted.out : wanted.out.subspan(first * m_h.vocabulary, rows * m_h.vocabulary),
                  .position = std::uint32_t(position + begin),
                  .tokens = std::uint32_t(count),
                  .rows = std::uint32_t(rows),
                  .firstLogits = std::uint32_t(kept ? first : 0)},
                 progress);
        begin = end;
    }
}

void NetworkPass::runBatch(const Batch& batch, Progress& progress)
{
    m_commands.begin();
    m_work = 0;
    std::memcpy(m_upload.mapped().data(), batch.stream.data(), batch.stream.size_bytes());
    m_steps.copy({m_upload, 0, batch.stream.size_bytes()}, m_stream);
    m_steps.barrier();
    for (std::size_t layer = 0; layer < m_travelling.begin(); ++layer) {
        const double attention = 2.0 * double(m_h.queryWidth()) * (batch.position + batch.tokens);
        makeRoom((productsOf(layer) + attention) * batch.tokens, batch, progress);
        recordLayer(layer, batch);
    }
    if (m_travelling.begin() < m_travelling.end())
        runTravelling(batch, progress);
    if (projects() && batch.rows > 0) {
        makeRoom(double(m_h.width) * double(m_h.vocabulary) * batch.rows, batch, progress);
        recordOutput(batch);
    } else if (!projects()) {
        m_steps.copy({m_stream, 0, batch.stream.size_bytes()}, m_readback);
    }
    submit(batch, progress);
    const std::span<float> out = projects() ? batch.logits : batch.stream;
    std::ranges::copy(m_readback.mapped().first(out.size_bytes()),
                      std::as_writable_bytes(out).begin());  // nothing, where no logits are wanted
}

/// While a layer computes the next one travels.
void NetworkPass::runTravelling(const Batch& batch, Progress& progress)
{
    submit(batch, progress);
    m_travelling.upload(m_travelling.begin(), progress);
    for (std::size_t layer = m_travelling.begin(); layer < m_travelling.end(); ++layer) {
        m_commands.begin();  // waits for the layer before, whose place the next one takes
        recordLayer(layer, batch);
        const Ticket arrival = m_travelling.arrival(layer);
        m_commands.submit({&arrival, 1});
        if (layer + 1 < m_travelling.end())
            m_travelling.upload(layer + 1, progress);
    }
    m_commands.begin();
}

const DeviceLayer& NetworkPass::weightsOf(std::size_t layer) const
{
    return layer < m_travelling.begin() ? m_network.layers()[layer] : m_travelling.layer(layer);
}

double NetworkPass::productsOf(std::size_t layer) const
{
    return gpu::productsOf(m_variant->weights().layers[layer], m_h);
}

void NetworkPass::makeRoom(double work, const Batch& batch, Progress& progress)
{
    if (m_work > 0 && m_work + work > m_pacer.mostWork(batch.tokens > 1)) {
        submit(batch, progress);
        m_commands.begin();
    }
    m_work += work;
}

void NetworkPass::submit(const Batch& batch, Progress& progress)
{
    progress.checkpoint();
    const auto start = std::chrono::steady_clock::now();
    m_kernels.device().wait(m_commands.submit());
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    if (m_work > 0)
        m_pacer.took(std::exchange(m_work, 0), batch.tokens > 1, time.count());
}

Slice NetworkPass::normalized(const DeviceNorm& norm, const Slice& stream, std::uint32_t tokens)
{
    if (norm.weight.bytes == 0)
        return stream;
    m_steps.normalize(norm, m_h.traits.norm, m_h.normEpsilon, stream, {m_normalized, tokens, std::uint32_t(m_h.width)});
    m_steps.barrier();
    return m_normalized;
}

void NetworkPass::normalizeHeads(const DeviceLayer& layer, std::uint32_t tokens)
{
    if (layer.keyNorm.bytes == 0)
        return;
    const auto normalize = [&](const Slice& rows, const Slice& weight, std::uint32_t size, std::uint64_t width) {
        m_steps.normalize({.weight = weight}, infer::NormKind::Rms, m_h.normEpsilon, rows,
                          {rows, std::uint32_t(tokens * width / size), size});
    };
    normalize(m_keys, layer.keyNorm, layer.keyNormSize, m_h.keyWidth());
    normalize(m_queries, layer.queryNorm, layer.queryNormSize, m_h.queryWidth());
    m_steps.barrier();
}

void NetworkPass::rotateHeads(std::size_t layer, const Batch& batch)
{
    if (m_pairs == 0)
        return;
    const bool window = m_windowAngles.bytes() > 0 && m_h.hasWindow(layer);
    RotateStep step{.rows = m_keys,
                    .angles = window ? m_windowAngles : m_angles,
                    .tokens = batch.tokens,
                    .heads = m_h.kvHeads,
                    .headSize = m_h.keySize,
                    .pairs = m_pairs,
                    .position = batch.position,
                    .capacity = std::uint32_t(m_shape.capacity),
                    .pairing = m_h.rope.pairing,
                    .begin = m_h.latent ? m_h.keySize - 2 * m_pairs : 0};  // a latent key turns at its end
    m_steps.rotate(step);
    step.rows = m_queries;
    step.heads = m_h.heads;
    m_steps.rotate(step);
    m_steps.barrier();
}

void NetworkPass::addRows(const DeviceNorm& norm, std::uint32_t tokens)
{
    m_steps.barrier();
    if (norm.weight.bytes > 0) {
        m_steps.normalize(norm, m_h.traits.norm, m_h.normEpsilon, m_product, {m_product, tokens, std::uint32_t(m_h.width)});
        m_steps.barrier();
    }
    m_steps.add(m_stream, m_product, m_h.residualScale, tokens * std::uint32_t(m_h.width));
    m_steps.barrier();
}

/// What a block gives joins the residual stream: at once, unless it is normalized before.
void NetworkPass::addProduct(const DeviceMatrix& matrix, const Slice& input, const DeviceNorm& norm, std::uint32_t tokens)
{
    if (norm.weight.bytes > 0) {
        m_steps.multiply(matrix, input, m_product, tokens);
        return addRows(norm, tokens);
    }
    m_steps.addProduct(matrix, input, m_stream, tokens, m_h.residualScale);
    m_steps.barrier();
}

void NetworkPass::recordLayer(std::size_t layer, const Batch& batch)
{
    const DeviceLayer& weights = weightsOf(layer);
    if (m_h.parallel)
        m_steps.copy({m_stream, 0, batch.stream.size_bytes()}, m_entering);
    recordKeysAndValues(layer, normalized(weights.attentionNorm, m_stream, batch.tokens), batch);
    if (projects() && layer + 1 == layers() && batch.rows == 0)
        return;  // only keys and values are left of these tokens
    recordAttention(layer, batch);
    recordFeedForward(layer, m_h.parallel ? m_entering : m_stream, batch.tokens);
}

/// Queries too, which read the same.
void NetworkPass::recordKeysAndValues(std::size_t layer, const Slice& input, const Batch& batch)
{
    const DeviceLayer& weights = weightsOf(layer);
    if (m_h.latent) {
        m_latent.record(m_steps, weights, input, {m_queries, m_keys, m_values}, batch.tokens);
    } else {
        m_steps.multiply(weights.key, input, m_keys, batch.tokens);
        m_steps.multiply(weights.value, input, m_values, batch.tokens);
        m_steps.multiply(weights.query, input, m_queries, batch.tokens);
        m_steps.barrier();
        normalizeHeads(weights, batch.tokens);
    }
    const Cache& cache = m_caches[layer];
    m_steps.store({m_shape.kvType, m_values, cache.values, batch.tokens, m_h.kvHeads, m_h.valueSize, batch.position});
    rotateHeads(layer, batch);
    m_steps.store({m_shape.kvType, m_keys, cache.keys, batch.tokens, m_h.kvHeads, m_h.keySize, batch.position});
    m_steps.barrier();
}

void NetworkPass::recordAttention(std::size_t layer, const Batch& batch)
{
    const DeviceLayer& weights = weightsOf(layer);
    m_steps.attend({.kvType = m_shape.kvType,
                    .queries = m_queries,
                    .keys = m_caches[layer].keys,
                    .values = m_caches[layer].values,
                    .out = m_mixed,
                    .sinks = weights.sinks,
                    .tokens = batch.tokens,
                    .heads = m_h.heads,
                    .kvHeads = m_h.kvHeads,
                    .keySize = m_h.keySize,
                    .valueSize = m_h.valueSize,
                    .position = batch.position,
                    .window = m_h.hasWindow(layer) ? std::uint32_t(std::min<std::uint64_t>(m_h.window, UINT32_MAX)) : UINT32_MAX,
                    .scale = m_h.attentionScale,
                    .softCap = m_h.attentionSoftCap,
                    .parts = m_parts});
    m_steps.barrier();
    addProduct(weights.attentionOutput, m_latent.expand(m_steps, weights, m_mixed, batch.tokens), weights.attentionPostNorm, batch.tokens);
}

void NetworkPass::recordFeedForward(std::size_t layer, const Slice& stream, std::uint32_t tokens)
{
    const DeviceLayer& weights = weightsOf(layer);
    const Slice input = normalized(weights.ffnNorm, stream, tokens);
    if (m_h.isMixture(layer)) {
        m_mixture.record(m_steps, weights.mixture, input, m_product, tokens);
        return addRows(weights.ffnPostNorm, tokens);
    }
    recordHidden(m_steps, m_h, weights.dense, input, m_hidden, tokens);
    addProduct(weights.dense.down, m_hidden.gate, weights.ffnPostNorm, tokens);
}

void NetworkPass::recordOutput(const Batch& batch)
{
    const std::uint32_t count = batch.rows * std::uint32_t(m_h.vocabulary);
    m_steps.normalize(m_network.outputNorm(), m_h.traits.norm, m_h.normEpsilon, m_stream,
                      {m_normalized, batch.rows, std::uint32_t(m_h.width)}, batch.tokens - batch.rows);
    m_steps.barrier();
    m_steps.multiply(m_network.output(), m_normalized, m_logits, batch.rows, batch.firstLogits);
    m_steps.barrier();
    if (m_h.outputSoftCap != 0 || m_h.logitScale != 1) {
        m_steps.cap(m_logits, m_h.logitScale, m_h.outputSoftCap, batch.firstLogits * std::uint32_t(m_h.vocabulary), count);
        m_steps.barrier();
    }
    if (!batch.logits.empty())
        m_steps.copy({m_logits, 0, batch.logits.size_bytes()}, m_readback);
}

/// Rows are few, so that the tokens that came and what comes of them are read and written where the host has them.
bool NetworkPass::compare(const infer::DevicePass& other, std::span<const std::int32_t> targets, std::span<infer::ComparedPrediction> out)
{
    const auto* second = dynamic_cast<const NetworkPass*>(&other);
    if (!second || &second->m_kernels != &m_kernels)
        return false;
    const auto rows = std::uint32_t(targets.size());
    std::memcpy(m_targets.mapped().data(), targets.data(), targets.size_bytes());
    m_commands.begin();
    m_steps.compare({m_logits, second->m_logits, m_targets, m_compared, rows, std::uint32_t(m_h.vocabulary)});
    m_kernels.device().wait(m_commands.submit());
    std::vector<ComparedRow> results(rows);
    std::memcpy(results.data(), m_compared.mapped().data(), rows * sizeof results[0]);
    std::ranges::transform(results, out.begin(), comparedPrediction);
    return true;
}

}  // namespace halftone::gpu
