// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/hyperparameters.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace halftone::infer {

/// Keys and values of past tokens as halves, laid out so that attention is two products without a horizontal sum:
///
///     keys    [layer][head][tile][element][32 positions]   a tile is 32 positions, transposed
///     values  [layer][head][position][element]             rows padded to a multiple of 16
///
/// Memory is reserved at once and touched only as far as the text is long. Callers write a position before they read it.
class KvCache {
public:
    static constexpr std::size_t kTile = 32;

    KvCache(const Hyperparameters& hyperparameters, std::size_t capacity);
    /// What it reserves. A double, as a product of what a file says and a wish; exact up to 2^53.
    static double bytes(const Hyperparameters& hyperparameters, std::size_t capacity);

    std::size_t capacity() const { return m_capacity; }
    std::size_t valueStride() const { return m_valueStride; }
    /// Stores one head's key and value, rounded to halves.
    void store(std::size_t layer, std::size_t head, std::size_t position, std::span<const float> key, std::span<const float> value);

    /// Element-major tile: keySize x kTile. Positions not yet stored are zero.
    std::span<const std::uint16_t> keyTile(std::size_t layer, std::size_t head, std::size_t tile) const;
    /// `count` rows of valueStride() elements from `position`.
    std::span<const std::uint16_t> values(std::size_t layer, std::size_t head, std::size_t position, std::size_t count) const;

private:
    std::size_t tileOffset(std::size_t layer, std::size_t head, std::size_t tile) const;
    std::size_t valueOffset(std::size_t layer, std::size_t head, std::size_t position) const;

    std::size_t m_capacity, m_tiles, m_heads, m_keySize, m_valueSize, m_valueStride;
    std::unique_ptr<std::uint16_t[]> m_keys, m_values;
};

}  // namespace halftone::infer
