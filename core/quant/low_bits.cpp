// SPDX-License-Identifier: Apache-2.0
// Q1_0 and Q2_0: one and two bits with one scale a block, for models trained for them. Layouts are in blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/rounding.h"

#include <algorithm>
#include <cmath>

namespace halftone::quant {
namespace {

constexpr std::size_t kBlock1 = 128, kBlock2 = 64;

}  // namespace

void dequantizeQ1_0(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock1; ++b, out += kBlock1) {
        const auto block = loadBlock<BlockQ1_0>(packed, b);
        const float d = halfToFloat(block.d);
        for (std::size_t i = 0; i < kBlock1; ++i)
            out[i] = (block.q[i / 8] >> (i % 8)) & 1 ? d : -d;
    }
}

void dequantizeQ2_0(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock2; ++b, out += kBlock2) {
        const auto block = loadBlock<BlockQ2_0>(packed, b);
        const float d = halfToFloat(block.d);
        for (std::size_t i = 0; i < kBlock2; ++i)
            out[i] = float(((block.q[i / 4] >> (2 * (i % 4))) & 3) - 1) * d;
    }
}

/// The mean magnitude, and signs.
void quantizeQ1_0(const float* x, std::size_t columns, const float*, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kBlock1; ++b, x += kBlock1) {
        BlockQ1_0 block{};
        float sum = 0;
        for (std::size_t i = 0; i < kBlock1; ++i) {
            sum += std::abs(x[i]);
            block.q[i / 8] = std::uint8_t(block.q[i / 8] | (x[i] >= 0 ? 1 : 0) << (i % 8));
        }
        block.d = floatToHalf(sum / float(kBlock1));
        storeBlock(block, out, b);
    }
}

/// The largest magnitude is the scale; so code 3, twice the scale, is never made.
void quantizeQ2_0(const float* x, std::size_t columns, const float*, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kBlock2; ++b, x += kBlock2) {
        BlockQ2_0 block{};
        float top = 0;
        for (std::size_t i = 0; i < kBlock2; ++i)
            top = std::max(top, std::abs(x[i]));
        const float inverse = top > 0 ? 1.0f / top : 0.0f;
        for (std::size_t i = 0; i < kBlock2; ++i) {
            const int code = std::clamp(int(std::uint32_t(truncate(std::round(x[i] * inverse))) + 1u), 0, 3);
            block.q[i / 4] = std::uint8_t(block.q[i / 4] | code << (2 * (i % 4)));
        }
        block.d = floatToHalf(top);
        storeBlock(block, out, b);
    }
}

}  // namespace halftone::quant
