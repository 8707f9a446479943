// SPDX-License-Identifier: Apache-2.0
// Blocks of packed weights taken apart one value after the other. Layouts are in core/quant/blocks.h.
#include "core/infer/matmul_reference.h"
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/code_book_points.h"
#include "core/quant/eights.h"
#include "core/quant/half.h"
#include "core/quant/level_search.h"
#include "core/quant/small_floats.h"

#include <algorithm>
#include <bit>

namespace halftone::infer::reference {
namespace {

template <class T>
T load(const std::byte* from)
{
    return quant::loadBlock<T>(from, 0);
}

float half(const std::byte* from)
{
    return quant::halfToFloat(load<std::uint16_t>(from));
}

unsigned byteAt(const std::byte* from, std::size_t i)
{
    return std::to_integer<unsigned>(from[i]);
}

void unpackQ8_0(const std::byte* block, Unpacked& out)
{
    out.scales[0] = half(block);
    for (std::size_t i = 0; i < 32; ++i)
        out.codes[i] = std::uint8_t(byteAt(block, 2 + i) ^ 0x80);
}

/// Q4_0, Q4_1, Q5_0, Q5_1: [scale][minimum][fifth bits][low nibbles 0..15 and high nibbles 16..31].
void unpackNibbles(const std::byte* block, bool hasMinimum, bool hasFifth, Unpacked& out)
{
    out.scales[0] = half(block);
    block += 2;
    if (hasMinimum) {
        out.minimums[0] = half(block);
        block += 2;
    }
    std::uint32_t fifth = 0;
    if (hasFifth) {
        fifth = load<std::uint32_t>(block);
        block += 4;
    }
    for (std::size_t i = 0; i < 32; ++i) {
        const unsigned nibble = i < 16 ? byteAt(block, i) & 15 : byteAt(block, i - 16) >> 4;
        out.codes[i] = std::uint8_t(nibble | ((fifth >> i & 1) << 4));
    }
}

/// Q2_K: [16 x (scale | minimum << 4)][64 bytes of four 2-bit codes][d][dmin].
void unpackQ2_K(const std::byte* block, Unpacked& out)
{
    const float d = half(block + 80), dmin = half(block + 82);
    for (std::size_t g = 0; g < 16; ++g) {
        out.scales[g] = d * float(byteAt(block, g) & 15);
        out.minimums[g] = -(dmin * float(byteAt(block, g) >> 4));
    }
    for (std::size_t c = 0; c < 256; ++c)
        out.codes[c] = std::uint8_t(byteAt(block + 16, c / 128 * 32 + c % 32) >> (c / 32 % 4 * 2) & 3);
}

/// Q3_K: [32 bytes of third bits][64 bytes of four 2-bit codes][16 6-bit scales in 12 bytes][d].
void unpackQ3_K(const std::byte* block, Unpacked& out)
{
    const std::byte* packed = block + 96;
    const float d = half(block + 108);
    for (std::size_t g = 0; g < 16; ++g) {
        const unsigned low = byteAt(packed, g % 8) >> (g / 8 * 4) & 15, high = byteAt(packed, 8 + g % 4) >> (g / 4 * 2) & 3;
        out.scales[g] = d * float(int(low | high << 4) - 32);
    }
    for (std::size_t c = 0; c < 256; ++c) {
        const unsigned low = byteAt(block + 32, c / 128 * 32 + c % 32) >> (c / 32 % 4 * 2) & 3;
        const unsigned high = byteAt(block, c % 32) >> (c / 32) & 1;
        out.codes[c] = std::uint8_t(low | high << 2);
    }
}

/// The scales of Q4_K and Q5_K: [d][dmin][8 6-bit scales and 8 6-bit minimums in 12 bytes].
void unpackScales(const std::byte* block, Unpacked& out)
{
    const float d = half(block), dmin = half(block + 2);
    const std::byte* packed = block + 4;
    for (std::size_t g = 0; g < 8; ++g) {
        unsigned scale = byteAt(packed, g) & 63, minimum = byteAt(packed, g + 4) & 63;
        if (g >= 4) {
            scale = (byteAt(packed, g + 4) & 15) | byteAt(packed, g - 4) >> 6 << 4;
            minimum = byteAt(packed, g + 4) >> 4 | byteAt(packed, g) >> 6 << 4;
        }
        out.scales[g] = d * float(scale);
        out.minimums[g] = -(dmin * float(minimum));
    }
}

/// Q4_K: [d, dmin, scales][128 bytes of nibbles]; Q5_K has 32 bytes of fifth bits before the nibbles.
void unpackK45(const std::byte* block, bool hasFifth, Unpacked& out)
{
    unpackScales(block, out);
    const std::byte *fifth = block + 16, *nibbles = fifth + (hasFifth ? 32 : 0);
    for (std::size_t c = 0; c < 256; ++c) {
        const unsigned low = byteAt(nibbles, c / 64 * 32 + c % 32) >> (c / 32 % 2 * 4) & 15;
        const unsigned high = hasFifth ? byteAt(fifth, c % 32) >> (c / 32) & 1 : 0;
        out.codes[c] = std::uint8_t(low | high << 4);
    }
}

/// Q6_K: [128 bytes of nibbles][64 bytes of two upper bits][16 8-bit scales][d].
void unpackQ6_K(const std::byte* block, Unpacked& out)
{
    const float d = half(block + 208);
    for (std::size_t g = 0; g < 16; ++g)
        out.scales[g] = d * float(load<std::int8_t>(block + 192 + g));
    for (std::size_t c = 0; c < 256; ++c) {
        const std::size_t part = c / 128, within = c % 128;
        const unsigned low = byteAt(block, part * 64 + within % 64) >> (within / 64 * 4) & 15;
        const unsigned high = byteAt(block + 128, part * 32 + within % 32) >> (within / 32 * 2) & 3;
        out.codes[c] = std::uint8_t(low | high << 4);
    }
}

/// IQ4_NL and MXFP4 hold 32 nibbles after their scale, IQ4_XS eight times 32.
void unpackLevels(const std::byte* nibbles, std::size_t count, std::span<const float, 16> levels, Unpacked& out)
{
    for (std::size_t c = 0; c < count; ++c) {
        const unsigned nibble = byteAt(nibbles, c / 32 * 16 + c % 16) >> (c / 16 % 2 * 4) & 15;
        out.codes[c] = std::uint8_t(int(levels[nibble]) + 128);
    }
}

/// IQ4_XS: [d][upper two bits of eight scales][their low nibbles][128 bytes of nibbles].
void unpackIQ4_XS(const std::byte* block, Unpacked& out)
{
    const float d = half(block);
    const unsigned upper = load<std::uint16_t>(block + 2);
    for (std::size_t g = 0; g < 8; ++g) {
        const unsigned low = byteAt(block + 4, g / 2) >> (g % 2 * 4) & 15;
        out.scales[g] = d * float(int(low | (upper >> 2 * g & 3) << 4) - 32);
    }
    unpackLevels(block + 8, 256, quant::kLevelsIQ4, out);
}

/// TQ2_0: [64 bytes of four 2-bit codes][d].
void unpackTQ2_0(const std::byte* block, Unpacked& out)
{
    std::fill_n(out.scales, 8, half(block + 64));
    for (std::size_t c = 0; c < 256; ++c)
        out.codes[c] = std::uint8_t(byteAt(block, c / 128 * 32 + c % 32) >> (c / 32 % 4 * 2) & 3);
}

/// TQ1_0: [32 + 16 bytes of five trits][4 bytes of four][d]. Three times a byte has its first trit above the eight bits.
void unpackTQ1_0(const std::byte* block, Unpacked& out)
{
    std::fill_n(out.scales, 8, half(block + 52));
    std::size_t column = 0;
    const auto unpackRun = [&](std::size_t from, std::size_t bytes, std::size_t trits) {
        for (unsigned k = 0, power = 1; k < trits; ++k, power *= 3)
            for (std::size_t i = 0; i < bytes; ++i)
                out.codes[column++] = std::uint8_t((byteAt(block, from + i) * power & 255) * 3 >> 8);
    };
    unpackRun(0, 32, 5);
    unpackRun(32, 16, 5);
    unpackRun(48, 4, 4);
}

/// Q1_0: [d][128 signs], a set bit being plus; a code is 0 or 2.
void unpackQ1_0(const std::byte* block, Unpacked& out)
{
    std::fill_n(out.scales, 4, half(block));
    for (std::size_t c = 0; c < 128; ++c)
        out.codes[c] = std::uint8_t((byteAt(block + 2, c / 8) >> (c % 8) & 1) * 2);
}

/// Q2_0: [d][64 2-bit codes].
void unpackQ2_0(const std::byte* block, Unpacked& out)
{
    std::fill_n(out.scales, 2, half(block));
    for (std::size_t c = 0; c < 64; ++c)
        out.codes[c] = std::uint8_t(byteAt(block + 2, c / 4) >> (c % 4 * 2) & 3);
}

/// NVFP4: [four scales][four times 8 bytes: low nibbles 0..7 and high nibbles 8..15].
void unpackNVFP4(const std::byte* block, Unpacked& out)
{
    for (std::size_t g = 0; g < 4; ++g)
        out.scales[g] = quant::halfOfE4M3(load<std::uint8_t>(block + g));
    for (std::size_t c = 0; c < 64; ++c) {
        const unsigned nibble = byteAt(block + 4, c / 16 * 8 + c % 8) >> (c / 8 % 2 * 4) & 15;
        out.codes[c] = std::uint8_t(int(quant::kLevelsE2M1[nibble]) + 128);
    }
}

/// The weights of a point from the `first` on: a level each of two bits where there are four levels, else of three.
template <std::size_t Levels>
void unpackPoint(unsigned point, unsigned signs, const float (&levels)[Levels], std::size_t first, Unpacked& out)
{
    constexpr unsigned kBits = Levels == 4 ? 2 : 3, kWeights = Levels == 4 ? 8 : 4;
    for (unsigned i = 0; i < kWeights; ++i) {
        const int level = int(levels[point >> (kBits * i) & (Levels - 1)]);
        out.codes[first + i] = std::uint8_t(128 + (signs >> i & 1 ? -level : level));
    }
}

unsigned evenSigns(unsigned seven)
{
    return seven | unsigned(std::popcount(seven) % 2) << 7;
}

/// d * (s + 1/2) for the 4-bit scales of groups 0, 1, ...
void unpackHalfSteps(float d, const std::uint8_t* scales, std::size_t count, Unpacked& out)
{
    for (std::size_t g = 0; g < count; ++g)
        out.scales[g] = d * (float(scales[g / 2] >> (g % 2 * 4) & 15) + 0.5f);
}

void unpackIQ2_XXS(const std::byte* from, Unpacked& out)
{
    const auto block = quant::loadBlock<quant::BlockIQ2_XXS>(from, 0);
    for (std::size_t g = 0; g < 8; ++g) {
        const auto signs = load<std::uint32_t>(from + 2 + 8 * g + 4);
        out.scales[g] = quant::halfToFloat(block.d) * 0.25f * (float(signs >> 28) + 0.5f);
        for (std::size_t k = 0; k < 4; ++k)
            unpackPoint(quant::kPointsIQ2_XXS[block.q[8 * g + k]], evenSigns(signs >> 7 * k & 127), quant::kLevelsIQ2, 32 * g + 8 * k, out);
    }
}

void unpackIQ2_XS(const std::byte* from, Unpacked& out)
{
    const auto block = quant::loadBlock<quant::BlockIQ2_XS>(from, 0);
    unpackHalfSteps(quant::halfToFloat(block.d) * 0.25f, block.scales, 16, out);
    for (std::size_t k = 0; k < 32; ++k)
        unpackPoint(quant::kPointsIQ2_XS[block.q[k] & 511], evenSigns(block.q[k] >> 9), quant::kLevelsIQ2, 8 * k, out);
}

void unpackIQ2_S(const std::byte* from, Unpacked& out)
{
    const auto block = quant::loadBlock<quant::BlockIQ2_S>(from, 0);
    unpackHalfSteps(quant::halfToFloat(block.d) * 0.25f, block.scales, 16, out);
    for (std::size_t k = 0; k < 32; ++k) {
        const unsigned high = block.high[k / 4] >> (k % 4 * 2) & 3;
        unpackPoint(quant::kPointsIQ2_S[block.q[k] | high << 8], block.signs[k], quant::kLevelsIQ2, 8 * k, out);
    }
}

void unpackIQ3_XXS(const std::byte* from, Unpacked& out)
{
    const auto block = quant::loadBlock<quant::BlockIQ3_XXS>(from, 0);
    for (std::size_t g = 0; g < 8; ++g) {
        const auto word = load<std::uint32_t>(from + 66 + 4 * g);
        out.scales[g] = quant::halfToFloat(block.d) * 0.5f * (float(word >> 28) + 0.5f);
        for (std::size_t k = 0; k < 8; ++k) {
            const unsigned signs = evenSigns(word >> (k / 2 * 7) & 127) >> (k % 2 * 4);
            unpackPoint(quant::kPointsIQ3_XXS[block.q[8 * g + k]], signs, quant::kLevelsIQ3_XXS, 32 * g + 4 * k, out);
        }
    }
}

void unpackIQ3_S(const std::byte* from, Unpacked& out)
{
    const auto block = quant::loadBlock<quant::BlockIQ3_S>(from, 0);
    unpackHalfSteps(quant::halfToFloat(block.d) * 2.0f, block.scales, 8, out);
    for (std::size_t k = 0; k < 64; ++k) {
        const unsigned ninth = block.high[k / 8] >> (k % 8) & 1, signs = unsigned(block.signs[k / 2]) >> (k % 2 * 4);
        unpackPoint(quant::kPointsIQ3_S[block.q[k] | ninth << 8], signs, quant::kLevelsIQ3_S, 4 * k, out);
    }
}

/// The levels of IQ1 in eighths, shifted up or down.
constexpr float kShiftedUp[4] = {-7, 1, 9, 0}, kShiftedDown[4] = {-9, -1, 7, 0};

void unpackIQ1_S(const std::byte* from, Unpacked& out)
{
    const auto block = quant::loadBlock<quant::BlockIQ1_S>(from, 0);
    for (std::size_t k = 0; k < 32; ++k) {
        const unsigned high = block.high[k / 4];
        out.scales[k / 4] = quant::halfToFloat(block.d) * 0.25f * (float(high >> 12 & 7) + 0.5f);
        const unsigned point = quant::kPointsIQ1[block.q[k] | (high >> (k % 4 * 3) & 7) << 8];
        unpackPoint(point, 0, high & 0x8000 ? kShiftedDown : kShiftedUp, 8 * k, out);
    }
}

void unpackIQ1_M(const std::byte* from, Unpacked& out)
{
    const auto block = quant::loadBlock<quant::BlockIQ1_M>(from, 0);
    unsigned d = 0;
    for (unsigned i = 0; i < 4; ++i)
        d |= unsigned(block.scales[i] >> 12) << (4 * i);
    for (std::size_t g = 0; g < 16; ++g)
        out.scales[g] = quant::halfToFloat(std::uint16_t(d)) * 0.25f * (float(block.scales[g / 4] >> (g % 4 * 3) & 7) + 0.5f);
    for (std::size_t k = 0; k < 32; ++k) {
        const unsigned high = block.high[k / 2] >> (k % 2 * 4) & 15;
        unpackPoint(quant::kPointsIQ1[block.q[k] | (high & 7) << 8], 0, high & 8 ? kShiftedDown : kShiftedUp, 8 * k, out);
    }
}

}  // namespace

void unpack(quant::Type type, const std::byte* block, Unpacked& out)
{
    using enum quant::Type;
    switch (type) {
    case Q8_0: return unpackQ8_0(block, out);
    case Q4_0: return unpackNibbles(block, false, false, out);
    case Q4_1: return unpackNibbles(block, true, false, out);
    case Q5_0: return unpackNibbles(block, false, true, out);
    case Q5_1: return unpackNibbles(block, true, true, out);
    case Q2_K: return unpackQ2_K(block, out);
    case Q3_K: return unpackQ3_K(block, out);
    case Q4_K: return unpackK45(block, false, out);
    case Q5_K: return unpackK45(block, true, out);
    case Q6_K: return unpackQ6_K(block, out);
    case IQ4_NL: out.scales[0] = half(block); return unpackLevels(block + 2, 32, quant::kLevelsIQ4, out);
    case IQ4_XS: return unpackIQ4_XS(block, out);
    case MXFP4: out.scales[0] = quant::halfOfE8M0(load<std::uint8_t>(block)); return unpackLevels(block + 1, 32, quant::kLevelsE2M1, out);
    case TQ1_0: return unpackTQ1_0(block, out);
    case TQ2_0: return unpackTQ2_0(block, out);
    case NVFP4: return unpackNVFP4(block, out);
    case Q1_0: return unpackQ1_0(block, out);
    case Q2_0: return unpackQ2_0(block, out);
    case IQ2_XXS: return unpackIQ2_XXS(block, out);
    case IQ2_XS: return unpackIQ2_XS(block, out);
    case IQ2_S: return unpackIQ2_S(block, out);
    case IQ3_XXS: return unpackIQ3_XXS(block, out);
    case IQ3_S: return unpackIQ3_S(block, out);
    case IQ1_S: return unpackIQ1_S(block, out);
    case IQ1_M: return unpackIQ1_M(block, out);
    default: return;
    }
}

}  // namespace halftone::infer::reference
