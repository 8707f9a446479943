// SPDX-License-Identifier: Apache-2.0
#include "core/infer/kv_cache.h"

#include "core/infer/scaled_bytes.h"
#include "core/quant/blocks.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace halftone::infer {
namespace {

constexpr std::size_t kTile = KvCache::kTile;

/// What one tile of keys and one row of values take, elements and scales.
struct Layout {
    std::size_t tileBytes, rowBytes;
};

std::size_t tilesOf(std::size_t capacity)
{
    return (capacity + kTile - 1) / kTile;
}

std::size_t blocksOf(std::size_t elements)
{
    return (elements + kScaledBlock - 1) / kScaledBlock;
}

std::size_t valueStrideOf(const Hyperparameters& h)
{
    return (h.valueSize + kProductLanes - 1) / kProductLanes * kProductLanes;
}

Layout layoutOf(const Hyperparameters& h, KvType type)
{
    const std::size_t row = valueStrideOf(h), tile = h.keySize * kTile;
    if (type == KvType::Q8_0)
        return {tile + blocksOf(h.keySize) * kTile * sizeof(std::uint16_t), row + blocksOf(row) * sizeof(std::uint16_t)};
    const std::size_t element = type == KvType::F32 ? sizeof(float) : sizeof(std::uint16_t);
    return {tile * element, row * element};
}

template <class T>
std::span<const T> elementsAt(const std::byte* bytes, std::size_t count)
{
    return {reinterpret_cast<const T*>(bytes), count};
}

/// Elements of one position into a column of a tile.
template <class T>
void spread(std::span<const T> elements, std::byte* tile, std::size_t column)
{
    T* to = reinterpret_cast<T*>(tile) + column;
    for (std::size_t i = 0; i < elements.size(); ++i)
        to[i * kTile] = elements[i];
}

quant::BlockQ8_0 rounded(std::span<const float> elements)
{
    std::array<float, kScaledBlock> padded{};
    std::ranges::copy(elements, padded.begin());
    quant::BlockQ8_0 block;
    quant::quantize(quant::Type::Q8_0, padded, padded.size(), {}, std::as_writable_bytes(std::span(&block, 1)));
    return block;
}

/// Calls body(first element, elements) for pieces of at most `size` elements.
template <class Body>
void forPieces(std::span<const float> row, std::size_t size, const Body& body)
{
    for (std::size_t first = 0; first < row.size(); first += size)
        body(first, row.subspan(first, std::min(size, row.size() - first)));
}

}  // namespace

std::string_view kvTypeName(KvType type)
{
    switch (type) {
    case KvType::F32: return "f32";
    case KvType::Q8_0: return "q8_0";
    case KvType::F16: break;
    }
    return "f16";
}

std::optional<KvType> findKvType(std::string_view name)
{
    const auto found = std::ranges::find(kKvTypes, name, kvTypeName);
    return found == kKvTypes.end() ? std::nullopt : std::optional(*found);
}

KvCache::KvCache(const Hyperparameters& h, std::size_t capacity, KvType type)
    : m_type(type),
      m_capacity(capacity),
      m_tiles(tilesOf(capacity)),
      m_heads(h.kvHeads),
      m_keySize(h.keySize),
      m_valueSize(h.valueSize),
      m_valueStride(valueStrideOf(h)),
      m_tileBytes(layoutOf(h, type).tileBytes),
      m_rowBytes(layoutOf(h, type).rowBytes),
      m_keys(std::make_unique_for_overwrite<std::byte[]>(h.layers * m_heads * m_tiles * m_tileBytes)),
      m_values(std::make_unique_for_overwrite<std::byte[]>(h.layers * m_heads * m_capacity * m_rowBytes))
{
}

double KvCache::bytes(const Hyperparameters& h, std::size_t capacity, KvType type)
{
    const Layout layout = layoutOf(h, type);
    return double(h.layers) * h.kvHeads
        * (double(tilesOf(capacity)) * double(layout.tileBytes) + double(capacity) * double(layout.rowBytes));
}

std::byte* KvCache::keyTile(std::size_t layer, std::size_t head, std::size_t tile) const
{
    return m_keys.get() + ((layer * m_heads + head) * m_tiles + tile) * m_tileBytes;
}

std::byte* KvCache::valueRow(std::size_t layer, std::size_t head, std::size_t position) const
{
    return m_values.get() + ((layer * m_heads + head) * m_capacity + position) * m_rowBytes;
}

void KvCache::store(std::size_t layer, std::size_t head, std::size_t position, std::span<const float> key, std::span<const float> value)
{
    std::byte* tile = keyTile(layer, head, position / kTile);
    std::byte* row = valueRow(layer, head, position);
    if (position % kTile == 0)
        std::fill_n(tile, m_tileBytes, std::byte{});
    storeKey(tile, position % kTile, key);
    if (m_valueStride > m_valueSize)
        std::fill_n(row, m_rowBytes, std::byte{});
    storeValue(row, value);
}

void KvCache::storeKey(std::byte* tile, std::size_t column, std::span<const float> key) const
{
    if (m_type == KvType::F32)
        return spread(key, tile, column);
    if (m_type == KvType::Q8_0) {
        auto* scales = reinterpret_cast<std::uint16_t*>(tile + m_keySize * kTile) + column;
        return forPieces(key, kScaledBlock, [&](std::size_t first, std::span<const float> piece) {
            const quant::BlockQ8_0 block = rounded(piece);
            spread(std::span(block.q).first(piece.size()), tile + first * kTile, column);
            scales[first / kScaledBlock * kTile] = block.d;
        });
    }
    std::array<std::uint16_t, 64> halves;
    forPieces(key, halves.size(), [&](std::size_t first, std::span<const float> piece) {
        narrowToHalves(piece, halves);
        spread(std::span<const std::uint16_t>(halves).first(piece.size()), tile + first * kTile * sizeof(std::uint16_t), column);
    });
}

void KvCache::storeValue(std::byte* row, std::span<const float> value) const
{
    if (m_type == KvType::F32) {
        std::memcpy(row, value.data(), value.size_bytes());
    } else if (m_type == KvType::F16) {
        narrowToHalves(value, {reinterpret_cast<std::uint16_t*>(row), value.size()});
    } else {
        auto* scales = reinterpret_cast<std::uint16_t*>(row + m_valueStride);
        forPieces(value, kScaledBlock, [&](std::size_t first, std::span<const float> piece) {
            const quant::BlockQ8_0 block = rounded(piece);
            std::memcpy(row + first, block.q, piece.size());
            scales[first / kScaledBlock] = block.d;
        });
    }
}

void KvCache::readKeys(std::size_t layer, std::size_t head, std::size_t tile, std::span<float> out) const
{
    const std::byte* from = keyTile(layer, head, tile);
    const std::size_t elements = m_keySize * kTile;
    if (m_type == KvType::F32)
        std::memcpy(out.data(), from, elements * sizeof(float));
    else if (m_type == KvType::F16)
        widenHalves(elementsAt<std::uint16_t>(from, elements), out);
    else
        widenColumns(elementsAt<std::int8_t>(from, elements), elementsAt<std::uint16_t>(from + elements, blocksOf(m_keySize) * kTile),
                     kTile, out);
}

void KvCache::readValues(std::size_t layer, std::size_t head, std::size_t position, std::size_t count, std::span<float> out) const
{
    const std::byte* from = valueRow(layer, head, position);
    const std::size_t elements = count * m_valueStride;
    if (m_type == KvType::F32)
        std::memcpy(out.data(), from, elements * sizeof(float));
    else if (m_type == KvType::F16)
        widenHalves(elementsAt<std::uint16_t>(from, elements), out);
    else
        for (std::size_t row = 0; row < count; ++row, from += m_rowBytes)
            widenBlocks(elementsAt<std::int8_t>(from, m_valueStride),
                        elementsAt<std::uint16_t>(from + m_valueStride, blocksOf(m_valueStride)),
                        out.subspan(row * m_valueStride, m_valueStride));
}

}  // namespace halftone::infer
