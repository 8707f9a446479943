// SPDX-License-Identifier: Apache-2.0
#include "core/infer/attention.h"

#include "core/base/executor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace halftone::infer {

namespace {

/// Query rows that share one pass over the cache: enough to pay for widening it, few enough that scores stay in cache.
constexpr std::size_t kRowsPerBlock = 32;
/// Multiply-adds below which starting threads costs more than it saves.
constexpr std::size_t kParallelWork = 1 << 18;

}  // namespace

/// The query rows of one key-value head for consecutive tokens.
struct Attention::Block {
    std::size_t layer, kvHead;
    std::size_t firstToken, tokens;  ///< within the batch
    std::size_t position;  ///< of the batch's first token
    std::span<const float> sinks;  ///< of all heads, or empty
};

Attention::Attention(const Hyperparameters& h)
    : m_heads(h.heads),
      m_kvHeads(h.kvHeads),
      m_keySize(h.keySize),
      m_valueSize(h.valueSize),
      m_scale(h.attentionScale),
      m_softCap(h.attentionSoftCap)
{
    for (std::size_t layer = 0; layer < h.layers; ++layer)
        m_windows.push_back(h.hasWindow(layer) ? std::size_t(h.window) : std::numeric_limits<std::size_t>::max());
}

std::size_t Attention::firstSeen(std::size_t layer, std::size_t position) const
{
    return position < m_windows[layer] ? 0 : position + 1 - m_windows[layer];
}

/// Products of a query with keys become weights, which a sink's logit, if any, leaves a share of 1.
void Attention::weigh(std::span<float> scores, const float* sink) const
{
    if (m_softCap != 0)
        softCap(scores, m_scale, m_softCap);
    const float scale = m_softCap != 0 ? 1.0f : m_scale, most = sink ? scale * *std::ranges::max_element(scores) : 0.0f;
    softmax(scores, scale);
    if (!sink)
        return;
    // The largest weight is 1 over the sum of exp(score - most), so the sum grows by this factor.
    const float grown = 1.0f + *std::ranges::max_element(scores) * std::exp(*sink - most);
    for (float& weight : scores)
        weight /= grown;
}

std::unique_ptr<Attention::Scratch> Attention::takeScratch()
{
    const std::scoped_lock lock(m_mutex);
    if (m_free.empty())
        return std::make_unique<Scratch>();
    auto scratch = std::move(m_free.back());
    m_free.pop_back();
    return scratch;
}

void Attention::giveScratch(std::unique_ptr<Scratch> scratch)
{
    const std::scoped_lock lock(m_mutex);
    m_free.push_back(std::move(scratch));
}

void Attention::run(const KvCache& cache, std::size_t layer, std::size_t position, std::span<const float> queries,
                    std::span<const float> sinks, std::span<float> out, const Executor& executor)
{
    const std::size_t tokens = queries.size() / (m_heads * m_keySize);
    const std::size_t perBlock = std::max<std::size_t>(1, kRowsPerBlock / (m_heads / m_kvHeads));
    const std::size_t blocks = (tokens + perBlock - 1) / perBlock, tasks = blocks * m_kvHeads;
    const std::size_t work = tokens * (position + tokens) * m_heads * (m_keySize + m_valueSize);
    executor.forRanges(tasks, work < kParallelWork ? tasks : 1, [&](std::size_t begin, std::size_t end) {
        auto scratch = takeScratch();
        for (std::size_t task = begin; task < end; ++task) {
            const std::size_t first = task / m_kvHeads * perBlock;
            runBlock(cache, {layer, task % m_kvHeads, first, std::min(perBlock, tokens - first), position, sinks}, queries, out, *scratch);
        }
        giveScratch(std::move(scratch));
    });
}

void Attention::runBlock(const KvCache& cache, const Block& block, std::span<const float> queries, std::span<float> out,
                         Scratch& scratch) const
{
    constexpr std::size_t kTile = KvCache::kTile;
    const std::size_t group = m_heads / m_kvHeads, rows = block.tokens * group;
    const std::size_t seen = block.position + block.firstToken + block.tokens;  // by the block's last token
    const std::size_t firstTile = firstSeen(block.layer, block.position + block.firstToken) / kTile, from = firstTile * kTile;
    const std::size_t tiles = (seen - from + kTile - 1) / kTile, stride = tiles * kTile, valueStride = cache.valueStride();

    // A token's query heads of one group lie side by side, so that rows are contiguous within a token; gather the block.
    scratch.queries.resize(rows * m_keySize);
    for (std::size_t t = 0; t < block.tokens; ++t)
        std::copy_n(queries.data() + ((block.firstToken + t) * m_heads + block.kvHead * group) * m_keySize, group * m_keySize,
                    scratch.queries.data() + t * group * m_keySize);

    scratch.scores.assign(rows * stride, 0.0f);
    scratch.tile.resize(std::max(m_keySize, valueStride) * kTile);
    for (std::size_t tile = 0; tile < tiles; ++tile) {
        widenHalves(cache.keyTile(block.layer, block.kvHead, firstTile + tile), scratch.tile);
        addProduct({.a = scratch.queries.data(),
                    .b = scratch.tile.data(),
                    .c = scratch.scores.data() + tile * kTile,
                    .rows = rows,
                    .depth = m_keySize,
                    .columns = kTile,
                    .strideA = m_keySize,
                    .strideB = kTile,
                    .strideC = stride});
    }

    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t position = block.position + block.firstToken + row / group;
        const std::span scores = std::span(scratch.scores).subspan(row * stride, stride);
        const std::size_t begin = firstSeen(block.layer, position) - from, end = position + 1 - from;
        weigh(scores.subspan(begin, end - begin), block.sinks.empty() ? nullptr : &block.sinks[block.kvHead * group + row % group]);
        std::ranges::fill(scores.first(begin), 0.0f);
        std::ranges::fill(scores.subspan(end), 0.0f);
    }

    scratch.sums.assign(rows * valueStride, 0.0f);
    for (std::size_t tile = 0; tile < tiles; ++tile) {
        const std::size_t count = std::min(kTile, seen - from - tile * kTile);
        widenHalves(cache.values(block.layer, block.kvHead, from + tile * kTile, count), scratch.tile);
        addProduct({.a = scratch.scores.data() + tile * kTile,
                    .b = scratch.tile.data(),
                    .c = scratch.sums.data(),
                    .rows = rows,
                    .depth = count,
                    .columns = valueStride,
                    .strideA = stride,
                    .strideB = valueStride,
                    .strideC = valueStride});
    }
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t token = block.firstToken + row / group, head = block.kvHead * group + row % group;
        std::copy_n(scratch.sums.data() + row * valueStride, m_valueSize, out.data() + (token * m_heads + head) * m_valueSize);
    }
}

}  // namespace halftone::infer
