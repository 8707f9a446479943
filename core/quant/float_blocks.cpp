// SPDX-License-Identifier: Apache-2.0
// MXFP4 and NVFP4: 4-bit floats (E2M1) under a shared scale that is a small float itself. Layouts are in blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/formats.h"
#include "core/quant/small_floats.h"

#include <algorithm>
#include <cmath>

namespace halftone::quant {
namespace {

/// `count` weights around their middle: weight i in the low, weight i + count / 2 in the high nibble.
void unpackLevels(const std::uint8_t* q, std::size_t count, float scale, float* out)
{
    for (std::size_t i = 0; i < count / 2; ++i) {
        out[i] = kLevelsE2M1[q[i] & 15] * scale;
        out[i + count / 2] = kLevelsE2M1[q[i] >> 4] * scale;
    }
}

float largestMagnitude(const float* x, std::size_t count)
{
    float top = 0;
    for (std::size_t i = 0; i < count; ++i)
        top = std::max(top, std::abs(x[i]));
    return top;
}

constexpr std::size_t kBlock = 32, kNvBlock = 64, kNvSubBlock = 16;

}  // namespace

void dequantizeMXFP4(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock; ++b) {
        const auto block = loadBlock<BlockMXFP4>(packed, b);
        unpackLevels(block.q, kBlock, halfOfE8M0(block.e), out + b * kBlock);
    }
}

void dequantizeNVFP4(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kNvBlock; ++b) {
        const auto block = loadBlock<BlockNVFP4>(packed, b);
        for (std::size_t sub = 0; sub < 4; ++sub)
            unpackLevels(block.q + sub * 8, kNvSubBlock, halfOfE4M3(block.d[sub]), out + b * kNvBlock + sub * kNvSubBlock);
    }
}

void quantizeMXFP4(const float* x, std::size_t columns, const float*, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kBlock; ++b, x += kBlock) {
        BlockMXFP4 block;
        block.e = exponentForMXFP4(largestMagnitude(x, kBlock));
        packLevelsE2M1(x, kBlock, halfOfE8M0(block.e), block.q);
        storeBlock(block, out, b);
    }
}

void quantizeNVFP4(const float* x, std::size_t columns, const float*, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kNvBlock; ++b) {
        BlockNVFP4 block;
        for (std::size_t sub = 0; sub < 4; ++sub, x += kNvSubBlock) {
            block.d[sub] = toE4M3(largestMagnitude(x, kNvSubBlock) / 6.0f);
            packLevelsE2M1(x, kNvSubBlock, halfOfE4M3(block.d[sub]), block.q + sub * 8);
        }
        storeBlock(block, out, b);
    }
}

}  // namespace halftone::quant
