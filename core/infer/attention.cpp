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
/// Tiles whose scores are held at a time, from a multiple of this on: memory does not grow with the text.
constexpr std::size_t kTilesAtOnce = 8;
/// Multiply-adds below which starting threads costs more than it saves.
constexpr std::size_t kParallelWork = 1 << 18;

}  // namespace

/// The query rows of one key-value head for consecutive tokens.
struct Attention::Block {
    std::size_t layer, kvHead;
    std::size_t firstToken, tokens;  ///< within the batch
    std::size_t position;  ///< of the batch's first token
    std::span<const float> sinks;  ///< of all heads, or empty

    std::size_t seen() const { return position + firstToken + tokens; }  ///< positions that the block's last token sees at most
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

/// Scores of [begin, end) become exp(score - largest so far), the others 0. What was added up before shrinks as the largest grows.
void Attention::weigh(std::span<float> scores, std::size_t begin, std::size_t end, Running& running, std::span<float> sums) const
{
    std::ranges::fill(scores.first(begin), 0.0f);
    std::ranges::fill(scores.subspan(end), 0.0f);
    if (begin == end)
        return;
    const std::span seen = scores.subspan(begin, end - begin);
    if (m_softCap != 0)
        softCap(seen, m_scale, m_softCap);
    const float scale = m_softCap != 0 ? 1.0f : m_scale, most = scale * largest(seen);
    if (most > running.largest) {
        const float shrink = std::exp(running.largest - most);
        running = {most, running.total * shrink};
        for (float& sum : sums)
            sum *= shrink;
    }
    running.total += exponentials(seen, scale, running.largest);
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

/// A token's query heads of one group lie side by side, so that rows are contiguous within a token.
void Attention::gatherQueries(const Block& block, std::span<const float> queries, Scratch& scratch) const
{
    const std::size_t group = m_heads / m_kvHeads;
    scratch.queries.resize(block.tokens * group * m_keySize);
    for (std::size_t t = 0; t < block.tokens; ++t)
        std::copy_n(queries.data() + ((block.firstToken + t) * m_heads + block.kvHead * group) * m_keySize, group * m_keySize,
                    scratch.queries.data() + t * group * m_keySize);
}

/// scores = queries * keys of the tiles [first, last)
void Attention::score(const KvCache& cache, const Block& block, std::size_t first, std::size_t last, Scratch& scratch) const
{
    constexpr std::size_t kTile = KvCache::kTile;
    const std::size_t rows = scratch.queries.size() / m_keySize, stride = (last - first) * kTile;
    scratch.scores.assign(rows * stride, 0.0f);
    for (std::size_t tile = first; tile < last; ++tile) {
        cache.readKeys(block.layer, block.kvHead, tile, scratch.tile);
        addProduct({.a = scratch.queries.data(),
                    .b = scratch.tile.data(),
                    .c = scratch.scores.data() + (tile - first) * kTile,
                    .rows = rows,
                    .depth = m_keySize,
                    .columns = kTile,
                    .strideA = m_keySize,
                    .strideB = kTile,
                    .strideC = stride});
    }
}

/// sums += weights * values of the tiles [first, last)
void Attention::addValues(const KvCache& cache, const Block& block, std::size_t first, std::size_t last, Scratch& scratch) const
{
    constexpr std::size_t kTile = KvCache::kTile;
    const std::size_t stride = (last - first) * kTile, valueStride = cache.valueStride();
    for (std::size_t tile = first; tile < last; ++tile) {
        const std::size_t count = std::min(kTile, block.seen() - tile * kTile);
        cache.readValues(block.layer, block.kvHead, tile * kTile, count, scratch.tile);
        addProduct({.a = scratch.scores.data() + (tile - first) * kTile,
                    .b = scratch.tile.data(),
                    .c = scratch.sums.data(),
                    .rows = scratch.running.size(),
                    .depth = count,
                    .columns = valueStride,
                    .strideA = stride,
                    .strideB = valueStride,
                    .strideC = valueStride});
    }
}

/// One step over the tiles [first, last): their scores, weights and values.
void Attention::runTiles(const KvCache& cache, const Block& block, std::size_t first, std::size_t last, Scratch& scratch) const
{
    const std::size_t group = m_heads / m_kvHeads, from = first * KvCache::kTile, stride = (last - first) * KvCache::kTile;
    score(cache, block, first, last, scratch);
    for (std::size_t row = 0; row < scratch.running.size(); ++row) {
        const std::size_t position = block.position + block.firstToken + row / group;
        const std::size_t end = std::clamp(position + 1, from, from + stride) - from;
        const std::size_t begin = std::clamp(firstSeen(block.layer, position), from, from + end) - from;
        weigh(std::span(scratch.scores).subspan(row * stride, stride), begin, end, scratch.running[row],
              std::span(scratch.sums).subspan(row * cache.valueStride(), cache.valueStride()));
    }
    addValues(cache, block, first, last, scratch);
}

void Attention::runBlock(const KvCache& cache, const Block& block, std::span<const float> queries, std::span<float> out,
                         Scratch& scratch) const
{
    constexpr std::size_t kTile = KvCache::kTile;
    const std::size_t group = m_heads / m_kvHeads, rows = block.tokens * group, valueStride = cache.valueStride();
    gatherQueries(block, queries, scratch);
    scratch.tile.resize(std::max(m_keySize, valueStride) * kTile);
    scratch.sums.assign(rows * valueStride, 0.0f);
    scratch.running.assign(rows, {-std::numeric_limits<float>::infinity(), 0.0f});
    if (!block.sinks.empty())  // seen before the tokens, with a weight of exp(0) and without a value
        for (std::size_t row = 0; row < rows; ++row)
            scratch.running[row] = {block.sinks[block.kvHead * group + row % group], 1.0f};

    const std::size_t end = (block.seen() + kTile - 1) / kTile;
    for (std::size_t tile = firstSeen(block.layer, block.position + block.firstToken) / kTile; tile < end;) {
        const std::size_t next = std::min(end, (tile / kTilesAtOnce + 1) * kTilesAtOnce);
        runTiles(cache, block, tile, next, scratch);
        tile = next;
    }
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t token = block.firstToken + row / group, head = block.kvHead * group + row % group;
        const float inverse = 1.0f / scratch.running[row].total;
        std::transform(scratch.sums.data() + row * valueStride, scratch.sums.data() + row * valueStride + m_valueSize,
                       out.data() + (token * m_heads + head) * m_valueSize, [&](float sum) { return sum * inverse; });
    }
}

}  // namespace halftone::infer
