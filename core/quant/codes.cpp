// SPDX-License-Identifier: Apache-2.0
// The layouts are described in blocks.h.
#include "core/quant/codes.h"

#include "core/quant/blocks.h"

#include <algorithm>
#include <cstring>

namespace halftone::quant {

namespace {

/// Calls body(block, its codes) for each block.
template <class Block, class Body>
void forEachBlock(std::span<const std::byte> packed, std::span<std::uint8_t> codes, const Body& body)
{
    const std::size_t blocks = packed.size() / sizeof(Block), weights = codes.size() / blocks;
    for (std::size_t b = 0; b < blocks; ++b) {
        Block block;
        std::memcpy(&block, packed.data() + b * sizeof(Block), sizeof(Block));
        body(block, codes.data() + b * weights);
    }
}

std::uint8_t bits(int value)
{
    return std::uint8_t(value);
}

struct FourBits {
    template <class Block>
    void operator()(const Block& block, std::uint8_t* codes) const
    {
        for (int i = 0; i < 16; ++i) {
            codes[i] = bits(block.q[i] & 15);
            codes[i + 16] = bits(block.q[i] >> 4);
        }
    }
};

struct FiveBits {
    template <class Block>
    void operator()(const Block& block, std::uint8_t* codes) const
    {
        FourBits()(block, codes);
        for (int i = 0; i < 32; ++i)
            codes[i] = bits(codes[i] | ((block.high[i / 8] >> (i % 8)) & 1) << 4);
    }
};

void eightBits(const BlockQ8_0& block, std::uint8_t* codes)
{
    std::memcpy(codes, block.q, sizeof block.q);
}

/// Two bits of each weight: 32 bytes hold 128 weights.
void twoBits(const std::uint8_t* q, std::uint8_t* codes)
{
    for (int i = 0; i < kSuperBlock; ++i)
        codes[i] = bits((q[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2)) & 3);
}

void codesQ2_K(const BlockQ2_K& block, std::uint8_t* codes)
{
    twoBits(block.q, codes);
}

void codesQ3_K(const BlockQ3_K& block, std::uint8_t* codes)
{
    twoBits(block.q, codes);
    for (int i = 0; i < kSuperBlock; ++i)
        codes[i] = bits(codes[i] | ((block.high[i % 32] >> (i / 32)) & 1) << 2);
}

/// Four bits of each weight: 32 bytes hold 64 weights.
void nibbles(const std::uint8_t* q, std::uint8_t* codes)
{
    for (int i = 0; i < kSuperBlock; ++i)
        codes[i] = bits((q[i / 64 * 32 + i % 32] >> (i % 64 / 32 * 4)) & 15);
}

void codesQ4_K(const BlockQ4_K& block, std::uint8_t* codes)
{
    nibbles(block.q, codes);
}

void codesQ5_K(const BlockQ5_K& block, std::uint8_t* codes)
{
    nibbles(block.q, codes);
    for (int i = 0; i < kSuperBlock; ++i)
        codes[i] = bits(codes[i] | ((block.high[i % 32] >> (i / 32)) & 1) << 4);
}

void codesQ6_K(const BlockQ6_K& block, std::uint8_t* codes)
{
    for (int i = 0; i < kSuperBlock; ++i) {
        const int half = i / 128, part = i % 128 / 32;  // 64 bytes of low and 32 of high bits for each half
        const int low = block.low[half * 64 + part % 2 * 32 + i % 32] >> (part / 2 * 4);
        const int high = block.high[half * 32 + i % 32] >> (part * 2);
        codes[i] = bits((low & 15) | (high & 3) << 4);
    }
}

}  // namespace

bool hasCodes(Type type)
{
    using enum Type;
    constexpr Type kTypes[] = {Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K};
    return std::ranges::find(kTypes, type) != std::end(kTypes);
}

void unpackCodes(Type type, std::span<const std::byte> packed, std::span<std::uint8_t> codes)
{
    if (codes.empty())
        return;
    switch (type) {
    case Type::Q4_0: return forEachBlock<BlockQ4_0>(packed, codes, FourBits());
    case Type::Q4_1: return forEachBlock<BlockQ4_1>(packed, codes, FourBits());
    case Type::Q5_0: return forEachBlock<BlockQ5_0>(packed, codes, FiveBits());
    case Type::Q5_1: return forEachBlock<BlockQ5_1>(packed, codes, FiveBits());
    case Type::Q8_0: return forEachBlock<BlockQ8_0>(packed, codes, eightBits);
    case Type::Q2_K: return forEachBlock<BlockQ2_K>(packed, codes, codesQ2_K);
    case Type::Q3_K: return forEachBlock<BlockQ3_K>(packed, codes, codesQ3_K);
    case Type::Q4_K: return forEachBlock<BlockQ4_K>(packed, codes, codesQ4_K);
    case Type::Q5_K: return forEachBlock<BlockQ5_K>(packed, codes, codesQ5_K);
    case Type::Q6_K: return forEachBlock<BlockQ6_K>(packed, codes, codesQ6_K);
    default: return;
    }
}

}  // namespace halftone::quant
