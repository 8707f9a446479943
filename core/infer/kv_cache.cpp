// SPDX-License-Identifier: Apache-2.0
#include "core/infer/kv_cache.h"

#include <algorithm>
#include <array>

namespace halftone::infer {
namespace {

std::size_t tilesOf(std::size_t capacity) { return (capacity + KvCache::kTile - 1) / KvCache::kTile; }

std::size_t valueStrideOf(const Hyperparameters& h) { return (h.valueSize + kProductLanes - 1) / kProductLanes * kProductLanes; }

}  // namespace

KvCache::KvCache(const Hyperparameters& h, std::size_t capacity)
    : m_capacity(capacity)
    , m_tiles(tilesOf(capacity))
    , m_heads(h.kvHeads)
    , m_keySize(h.keySize)
    , m_valueSize(h.valueSize)
    , m_valueStride(valueStrideOf(h))
    , m_keys(std::make_unique_for_overwrite<std::uint16_t[]>(tileOffset(h.layers, 0, 0)))
    , m_values(std::make_unique_for_overwrite<std::uint16_t[]>(valueOffset(h.layers, 0, 0)))
{
}

double KvCache::bytes(const Hyperparameters& h, std::size_t capacity)
{
    const double keys = double(tilesOf(capacity)) * kTile * h.keySize;
    const double values = double(capacity) * double(valueStrideOf(h));
    return double(h.layers) * h.kvHeads * (keys + values) * sizeof(std::uint16_t);
}

std::size_t KvCache::tileOffset(std::size_t layer, std::size_t head, std::size_t tile) const
{
    return ((layer * m_heads + head) * m_tiles + tile) * m_keySize * kTile;
}

std::size_t KvCache::valueOffset(std::size_t layer, std::size_t head, std::size_t position) const
{
    return ((layer * m_heads + head) * m_capacity + position) * m_valueStride;
}

void KvCache::store(std::size_t layer, std::size_t head, std::size_t position, std::span<const float> key, std::span<const float> value)
{
    std::uint16_t* tile = m_keys.get() + tileOffset(layer, head, position / kTile);
    if (position % kTile == 0)
        std::fill_n(tile, m_keySize * kTile, std::uint16_t(0));
    std::array<std::uint16_t, 64> halves;
    for (std::size_t begin = 0; begin < m_keySize; begin += halves.size()) {
        const std::size_t count = std::min(halves.size(), m_keySize - begin);
        narrowToHalves(key.subspan(begin, count), halves);
        for (std::size_t i = 0; i < count; ++i)
            tile[(begin + i) * kTile + position % kTile] = halves[i];
    }
    std::uint16_t* row = m_values.get() + valueOffset(layer, head, position);
    narrowToHalves(value, {row, m_valueSize});
    std::fill(row + m_valueSize, row + m_valueStride, std::uint16_t(0));
}

std::span<const std::uint16_t> KvCache::keyTile(std::size_t layer, std::size_t head, std::size_t tile) const
{
    return {m_keys.get() + tileOffset(layer, head, tile), m_keySize * kTile};
}

std::span<const std::uint16_t> KvCache::values(std::size_t layer, std::size_t head, std::size_t position, std::size_t count) const
{
    return {m_values.get() + valueOffset(layer, head, position), count * m_valueStride};
}

}  // namespace halftone::infer
