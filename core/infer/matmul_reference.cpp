// SPDX-License-Identifier: Apache-2.0
#include "core/infer/matmul_reference.h"

#include "core/infer/packing.h"
#include "core/quant/half.h"
#include "core/quant/level_search.h"
#include "core/quant/small_floats.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace halftone::infer::reference {
namespace {

template <class T>
T load(const std::byte* from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

float half(const std::byte* from)
{
    return quant::halfToFloat(load<std::uint16_t>(from));
}

unsigned byteAt(const std::byte* from, std::size_t i)
{
    return std::to_integer<unsigned>(from[i]);
}

/// Quantizes `count` activations under one scale; returns the scale.
float quantizeCodes(const float* x, std::size_t count, std::int8_t* codes)
{
    float largest = 0, poison = 0;
    for (std::size_t i = 0; i < count; ++i) {
        largest = std::max(largest, std::abs(x[i]));
        poison += x[i] * 0.0f;
    }
    const float scale = largest > kTiniest ? largest / 127.0f : 0.0f;
    const float inverse = scale > 0 ? 1.0f / scale : 0.0f;
    for (std::size_t i = 0; i < count; ++i)
        codes[i] = poison == 0 ? std::int8_t(std::nearbyint(x[i] * inverse)) : std::int8_t(0);
    return scale + poison;
}

float sumOf(const std::int8_t* codes, std::size_t count)
{
    int sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += codes[i];
    return float(sum);
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

int dotCodes(const std::uint8_t* w, const std::int8_t* x, std::size_t count)
{
    int sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += w[i] * x[i];
    return sum;
}

/// Sum of the codes of group `g`.
float groupSum(const Block32& x, std::size_t, std::size_t)
{
    return x.sum;
}
float groupSum(const Block256& x, std::size_t g, std::size_t group)
{
    return group == 16 ? x.sums[g] : x.sums[2 * g] + x.sums[2 * g + 1];
}

template <class Block>
float dotBlocks(quant::Type type, const std::byte* row, std::span<const Block> x)
{
    const Packing& packing = *findPacking(type);
    Unpacked w;
    float total = 0;
    for (std::size_t b = 0; b < x.size(); ++b) {
        unpack(type, row + b * packing.bytes, w);
        float sum = 0;
        for (std::size_t g = 0; g < packing.columns / packing.group; ++g) {
            const float codeSum = groupSum(x[b], g, packing.group);
            float product = float(dotCodes(w.codes + g * packing.group, x[b].codes + g * packing.group, packing.group));
            if (packing.hasMinimum)
                sum = std::fma(w.minimums[g], codeSum, sum);
            else
                product = std::fma(-float(packing.zeroPoint), codeSum, product);
            sum = std::fma(w.scales[g], product, sum);
        }
        total = std::fma(sum, x[b].scale, total);
    }
    return total;
}

float floatWeight(quant::Type type, const std::byte* row, std::size_t c)
{
    switch (type) {
    case quant::Type::F16: return half(row + 2 * c);
    case quant::Type::BF16: return quant::bfloatToFloat(load<std::uint16_t>(row + 2 * c));
    default: return load<float>(row + 4 * c);
    }
}

}  // namespace

void quantize(std::span<const float, 32> x, Block32& block)
{
    block.scale = quantizeCodes(x.data(), x.size(), block.codes);
    block.sum = sumOf(block.codes, 32);
}

void quantize(std::span<const float, 256> x, Block256& block)
{
    block.scale = quantizeCodes(x.data(), x.size(), block.codes);
    for (std::size_t g = 0; g < 16; ++g)
        block.sums[g] = sumOf(block.codes + 16 * g, 16);
}

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
    case IQ4_NL:
        out.scales[0] = half(block);
        return unpackLevels(block + 2, 32, quant::kLevelsIQ4, out);
    case IQ4_XS: return unpackIQ4_XS(block, out);
    case MXFP4:
        out.scales[0] = quant::halfOfE8M0(load<std::uint8_t>(block));
        return unpackLevels(block + 1, 32, quant::kLevelsE2M1, out);
    case TQ1_0: return unpackTQ1_0(block, out);
    case TQ2_0: return unpackTQ2_0(block, out);
    default: return;
    }
}

float dot(quant::Type type, const std::byte* row, std::span<const Block32> x)
{
    return dotBlocks(type, row, x);
}

float dot(quant::Type type, const std::byte* row, std::span<const Block256> x)
{
    return dotBlocks(type, row, x);
}

float dot(quant::Type type, const std::byte* row, std::span<const float> x)
{
    float total = 0;
    for (std::size_t begin = 0; begin < x.size(); begin += kFloatGroup) {
        float sum = 0;
        for (std::size_t c = begin; c < std::min(begin + kFloatGroup, x.size()); ++c)
            sum = std::fma(floatWeight(type, row, c), x[c], sum);
        total += sum;
    }
    return total;
}

}  // namespace halftone::infer::reference
