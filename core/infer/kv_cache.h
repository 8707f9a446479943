// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/hyperparameters.h"
#include "core/infer/kv_type.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace halftone::infer {

/// Keys and values of past tokens, laid out so that attention is two products without a horizontal sum:
///
///     keys    [layer][head][tile][element][32 positions]   a tile is 32 positions, transposed
///     values  [layer][head][position][element]             rows padded to a multiple of 16
///
/// As Q8_0 a block is 32 elements of one position, the last one may be shorter; a tile's scales [block][32 positions] lie
/// behind its elements, a row's [block] behind it. Memory is reserved at once and touched only as far as the text is long.
/// Callers write a position before they read it; different heads may be written and read by different threads.
class KvCache {
public:
    static constexpr std::size_t kTile = 32;

    KvCache(const Hyperparameters& hyperparameters, std::size_t capacity, KvType type = KvType::F16);
    /// What it reserves. A double, as a product of what a file says and a wish; exact up to 2^53.
    static double bytes(const Hyperparameters& hyperparameters, std::size_t capacity, KvType type = KvType::F16);

    std::size_t capacity() const { return m_capacity; }
    KvType type() const { return m_type; }
    std::size_t valueStride() const { return m_valueStride; }
    /// Stores one head's key and value, rounded to the cache's type.
    void store(std::size_t layer, std::size_t head, std::size_t position, std::span<const float> key, std::span<const float> value);

    /// An element-major tile, keySize x kTile, into `out`. Positions not yet stored are zero.
    void readKeys(std::size_t layer, std::size_t head, std::size_t tile, std::span<float> out) const;
    /// `count` rows of valueStride() elements from `position` into `out`; the padding is zero.
    void readValues(std::size_t layer, std::size_t head, std::size_t position, std::size_t count, std::span<float> out) const;

private:
    std::byte* keyTile(std::size_t layer, std::size_t head, std::size_t tile) const;
    std::byte* valueRow(std::size_t layer, std::size_t head, std::size_t position) const;
    void storeKey(std::byte* tile, std::size_t column, std::span<const float> key) const;
    void storeValue(std::byte* row, std::span<const float> value) const;

    KvType m_type;
    std::size_t m_capacity, m_tiles, m_heads, m_keySize, m_valueSize, m_valueStride;
    std::size_t m_tileBytes, m_rowBytes;
    std::unique_ptr<std::byte[]> m_keys, m_values;
};

}  // namespace halftone::infer
