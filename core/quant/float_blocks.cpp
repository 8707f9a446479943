// SPDX-License-Identifier: Apache-2.0
// MXFP4 and NVFP4: 4-bit floats (E2M1) under a shared scale that is a small float itself. Layouts are in blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/formats.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace halftone::quant {
namespace {

/// What the codes of E2M1 stand for, doubled to be whole; the scales below are halved in turn.
constexpr std::array<float, 16> kLevels{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

float halfOfE8M0(std::uint8_t e)
{
    return std::bit_cast<float>(e < 2 ? 0x00200000u << e : std::uint32_t(e - 1) << 23);
}

/// 0x7f is no number and counts as zero.
float halfOfE4M3(std::uint8_t bits)
{
    const int exponent = (bits >> 3) & 15, mantissa = bits & 7;
    if ((bits & 0x7f) == 0 || bits == 0x7f)
        return 0;
    return exponent == 0 ? std::ldexp(float(mantissa), -10) : std::ldexp(1.0f + float(mantissa) / 8.0f, exponent - 8);
}

/// To the nearest with ties up; all from 248 on becomes 448, the largest number, as in the reference.
std::uint8_t toE4M3(float value)
{
    constexpr std::uint32_t kLargest = 0x7e, kBeyond = 0x78;
    if (!(value > 0))
        return 0;
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(std::min(value, 448.0f));
    const int exponent = int(bits >> 23) - 127 + 7;
    if (exponent <= 0)  // multiples of 2^-9; a mantissa of 8 would be the smallest normal number, but is cut to 7
        return std::uint8_t(std::min(7, int(value * 512.0f + 0.5f)));
    const std::uint32_t rounded = (std::uint32_t(exponent) << 3 | ((bits >> 20) & 7)) + ((bits >> 19) & 1);
    return std::uint8_t(rounded >= kBeyond ? kLargest : rounded);
}

/// The first of the nearest levels.
std::uint8_t nearestLevel(float x, float scale)
{
    std::uint8_t best = 0;
    float least = std::abs(kLevels[0] * scale - x);
    for (std::uint8_t code = 1; code < kLevels.size(); ++code) {
        const float error = std::abs(kLevels[code] * scale - x);
        if (error < least) {
            least = error;
            best = code;
        }
    }
    return best;
}

float largestMagnitude(const float* x, std::size_t count)
{
    float top = 0;
    for (std::size_t i = 0; i < count; ++i)
        top = std::max(top, std::abs(x[i]));
    return top;
}

/// The exponent that puts the largest magnitude between 4 and 8 times the scale; the byte wraps as the reference's does.
std::uint8_t exponentFor(float top)
{
    return top > 0 ? std::uint8_t(int(std::floor(std::log2(top))) - 2 + 127) : std::uint8_t(0);
}

/// `count` weights around their middle: weight i in the low, weight i + count / 2 in the high nibble.
void packLevels(const float* x, std::size_t count, float scale, std::uint8_t* q)
{
    for (std::size_t i = 0; i < count / 2; ++i)
        q[i] = std::uint8_t(nearestLevel(x[i], scale) | nearestLevel(x[i + count / 2], scale) << 4);
}

void unpackLevels(const std::uint8_t* q, std::size_t count, float scale, float* out)
{
    for (std::size_t i = 0; i < count / 2; ++i) {
        out[i] = kLevels[q[i] & 15] * scale;
        out[i + count / 2] = kLevels[q[i] >> 4] * scale;
    }
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
        block.e = exponentFor(largestMagnitude(x, kBlock));
        packLevels(x, kBlock, halfOfE8M0(block.e), block.q);
        storeBlock(block, out, b);
    }
}

void quantizeNVFP4(const float* x, std::size_t columns, const float*, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kNvBlock; ++b) {
        BlockNVFP4 block;
        for (std::size_t sub = 0; sub < 4; ++sub, x += kNvSubBlock) {
            block.d[sub] = toE4M3(largestMagnitude(x, kNvSubBlock) / 6.0f);
            packLevels(x, kNvSubBlock, halfOfE4M3(block.d[sub]), block.q + sub * 8);
        }
        storeBlock(block, out, b);
    }
}

}  // namespace halftone::quant
