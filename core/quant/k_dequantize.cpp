// SPDX-License-Identifier: Apache-2.0
// Weights from Q2_K, Q3_K, Q4_K, Q5_K, Q6_K super-blocks. Layouts are in blocks.h.
#include "core/quant/blocks.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/k_scales.h"

#include <array>
#include <cstring>

namespace halftone::quant {
namespace {

/// Calls visit(block, 256 weights) for each super-block.
template <class Block, class Visit>
void forEachBlock(const std::byte* packed, float* out, std::size_t count, const Visit& visit)
{
    for (std::size_t b = 0; b < count / kSuperBlock; ++b) {
        Block block;
        std::memcpy(&block, packed + b * sizeof(Block), sizeof(Block));
        visit(block, out + b * kSuperBlock);
    }
}

}  // namespace

void dequantizeQ2_K(const std::byte* packed, float* out, std::size_t count)
{
    forEachBlock<BlockQ2_K>(packed, out, count, [](const BlockQ2_K& block, float* w) {
        const float d = halfToFloat(block.d);
        const float dmin = halfToFloat(block.dmin);
        for (int sub = 0; sub < 16; ++sub) {
            const float scale = d * float(block.scales[sub] & 15);
            const float minimum = dmin * float(block.scales[sub] >> 4);
            const std::uint8_t* q = block.q + sub / 8 * 32 + sub % 2 * 16;
            const int shift = sub % 8 / 2 * 2;
            for (int i = 0; i < 16; ++i)
                w[sub * 16 + i] = scale * float((q[i] >> shift) & 3) - minimum;
        }
    });
}

void dequantizeQ3_K(const std::byte* packed, float* out, std::size_t count)
{
    forEachBlock<BlockQ3_K>(packed, out, count, [](const BlockQ3_K& block, float* w) {
        const float d = halfToFloat(block.d);
        for (int sub = 0; sub < 16; ++sub) {
            const float scale = d * float(scaleQ3_K(block.scales, sub) - 32);
            const std::uint8_t* q = block.q + sub / 8 * 32 + sub % 2 * 16;
            const std::uint8_t* high = block.high + sub % 2 * 16;
            const int shift = sub % 8 / 2 * 2;
            for (int i = 0; i < 16; ++i)
                w[sub * 16 + i] = scale * float(((q[i] >> shift) & 3) - ((high[i] >> (sub / 2)) & 1 ? 0 : 4));
        }
    });
}

void dequantizeQ4_K(const std::byte* packed, float* out, std::size_t count)
{
    forEachBlock<BlockQ4_K>(packed, out, count, [](const BlockQ4_K& block, float* w) {
        const float d = halfToFloat(block.d);
        const float dmin = halfToFloat(block.dmin);
        for (int sub = 0; sub < 8; ++sub) {
            const auto [s, m] = scaleAndMinimum(block.scales, sub);
            const float scale = d * float(s);
            const float minimum = dmin * float(m);
            const std::uint8_t* q = block.q + sub / 2 * 32;
            const int shift = sub % 2 * 4;
            for (int i = 0; i < 32; ++i)
                w[sub * 32 + i] = scale * float((q[i] >> shift) & 15) - minimum;
        }
    });
}

void dequantizeQ5_K(const std::byte* packed, float* out, std::size_t count)
{
    forEachBlock<BlockQ5_K>(packed, out, count, [](const BlockQ5_K& block, float* w) {
        const float d = halfToFloat(block.d);
        const float dmin = halfToFloat(block.dmin);
        for (int sub = 0; sub < 8; ++sub) {
            const auto [s, m] = scaleAndMinimum(block.scales, sub);
            const float scale = d * float(s);
            const float minimum = dmin * float(m);
            const std::uint8_t* q = block.q + sub / 2 * 32;
            const int shift = sub % 2 * 4;
            for (int i = 0; i < 32; ++i)
                w[sub * 32 + i] = scale * float(((q[i] >> shift) & 15) | ((block.high[i] >> sub) & 1) << 4) - minimum;
        }
    });
}

void dequantizeQ6_K(const std::byte* packed, float* out, std::size_t count)
{
    forEachBlock<BlockQ6_K>(packed, out, count, [](const BlockQ6_K& block, float* w) {
        const float d = halfToFloat(block.d);
        for (int sub = 0; sub < 16; ++sub) {
            const float scale = d * float(block.scales[sub]);
            const int part = sub % 8 / 2;   // which 32 of the 128
            const std::uint8_t* low = block.low + sub / 8 * 64 + part % 2 * 32 + sub % 2 * 16;
            const std::uint8_t* high = block.high + sub / 8 * 32 + sub % 2 * 16;
            for (int i = 0; i < 16; ++i)
                w[sub * 16 + i] = scale * float((((low[i] >> (part / 2 * 4)) & 15) | ((high[i] >> (2 * part)) & 3) << 4) - 32);
        }
    });
}

}  // namespace halftone::quant
