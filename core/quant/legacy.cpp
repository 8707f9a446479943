// SPDX-License-Identifier: Apache-2.0
// Q4_0, Q4_1, Q5_0, Q5_1, Q8_0: blocks of 32 weights with one scale, some with a minimum. Layouts are in blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/legacy_codes.h"
#include "core/quant/rounding.h"
#include "core/quant/scale_search.h"

#include <array>
#include <cmath>
#include <span>

namespace halftone::quant {
namespace {

constexpr std::size_t kBlock = 32;
constexpr std::size_t kHalf = kBlock / 2;
constexpr AffineSteps kWeightedSteps{-0.9f, 0.05f, 36, false};

std::uint32_t highBits(const std::uint8_t (&high)[4])
{
    return std::uint32_t(high[0]) | std::uint32_t(high[1]) << 8 | std::uint32_t(high[2]) << 16 | std::uint32_t(high[3]) << 24;
}

/// The first weight of the largest magnitude, with its sign.
float signedLargest(std::span<const float> x)
{
    float magnitude = 0;
    float value = 0;
    for (const float w : x) {
        if (magnitude < std::abs(w)) {
            magnitude = std::abs(w);
            value = w;
        }
    }
    return value;
}

float inverseOf(float scale)
{
    return scale != 0 ? 1.0f / scale : 0.0f;
}

/// x * inverse + offset cut to a code of 0..most. The cast to a byte comes first, as in the reference.
int roundedCode(float x, float inverse, float offset, int most)
{
    return std::min(most, int(std::int8_t(truncate(x * inverse + offset))));
}

/// The mean square of a row is what the reference adds to each weight's square when it weighs errors.
float meanSquare(const float* x, std::size_t columns)
{
    float sum = 0;
    for (std::size_t i = 0; i < columns; ++i)
        sum += x[i] * x[i];
    return sum / float(columns);
}

std::array<float, kBlock> errorWeights(const float* x, const float* importance, float rowMeanSquare)
{
    std::array<float, kBlock> weights;
    for (std::size_t i = 0; i < kBlock; ++i)
        weights[i] = importance[i] * std::sqrt(rowMeanSquare + x[i] * x[i]);
    return weights;
}

/// Symmetric types: codes 0..2 half - 1 around half.
template <class Block, int half>
Block symmetricBlock(const float* x, const float* importance, float rowMeanSquare, std::int8_t* codes)
{
    Block block{};
    if (importance) {
        const auto weights = errorWeights(x, importance, rowMeanSquare);
        block.d = floatToHalf(searchSymmetric({x, kBlock}, half, Weighing::Given, weights.data(), codes));
        return block;
    }
    const float scale = signedLargest({x, kBlock}) / float(-half);
    const float inverse = inverseOf(scale);
    for (std::size_t i = 0; i < kBlock; ++i)
        codes[i] = std::int8_t(roundedCode(x[i], inverse, float(half) + 0.5f, 2 * half - 1));
    block.d = floatToHalf(scale);
    return block;
}

/// Affine types: codes 0..most above a minimum.
template <class Block, int most>
Block affineBlock(const float* x, const float* importance, float rowMeanSquare, std::uint8_t* codes)
{
    Block block{};
    if (importance) {
        const auto weights = errorWeights(x, importance, rowMeanSquare);
        float minimum = 0;
        block.d = floatToHalf(searchAffine({x, kBlock}, weights.data(), most, kWeightedSteps, codes, minimum));
        block.m = floatToHalf(-minimum);
        return block;
    }
    float low = x[0];
    float high = x[0];
    for (std::size_t i = 1; i < kBlock; ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    const float scale = (high - low) / float(most);
    const float inverse = inverseOf(scale);
    for (std::size_t i = 0; i < kBlock; ++i)
        codes[i] = std::uint8_t(roundedCode(x[i] - low, inverse, 0.5f, most));
    block.d = floatToHalf(scale);
    block.m = floatToHalf(low);
    return block;
}

/// Runs `makeBlock(x, importance, rowMeanSquare)` for each block of a row.
template <class MakeBlock>
void quantizeBlocks(const float* x, std::size_t columns, const float* importance, std::byte* out, const MakeBlock& makeBlock)
{
    const float rowMeanSquare = importance ? meanSquare(x, columns) : 0;
    for (std::size_t i = 0; i < columns / kBlock; ++i)
        storeBlock(makeBlock(x + i * kBlock, importance ? importance + i * kBlock : nullptr, rowMeanSquare), out, i);
}

}  // namespace

void dequantizeQ4_0(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock; ++b, out += kBlock) {
        const auto block = loadBlock<BlockQ4_0>(packed, b);
        const float d = halfToFloat(block.d);
        for (std::size_t i = 0; i < kHalf; ++i) {
            out[i] = float((block.q[i] & 15) - 8) * d;
            out[i + kHalf] = float((block.q[i] >> 4) - 8) * d;
        }
    }
}

void dequantizeQ4_1(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock; ++b, out += kBlock) {
        const auto block = loadBlock<BlockQ4_1>(packed, b);
        const float d = halfToFloat(block.d);
        const float m = halfToFloat(block.m);
        for (std::size_t i = 0; i < kHalf; ++i) {
            out[i] = float(block.q[i] & 15) * d + m;
            out[i + kHalf] = float(block.q[i] >> 4) * d + m;
        }
    }
}

void dequantizeQ5_0(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock; ++b, out += kBlock) {
        const auto block = loadBlock<BlockQ5_0>(packed, b);
        const float d = halfToFloat(block.d);
        const std::uint32_t high = highBits(block.high);
        for (std::size_t i = 0; i < kHalf; ++i) {
            out[i] = float(int((block.q[i] & 15) | ((high >> i) & 1) << 4) - 16) * d;
            out[i + kHalf] = float(int((block.q[i] >> 4) | ((high >> (i + kHalf)) & 1) << 4) - 16) * d;
        }
    }
}

void dequantizeQ5_1(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock; ++b, out += kBlock) {
        const auto block = loadBlock<BlockQ5_1>(packed, b);
        const float d = halfToFloat(block.d);
        const float m = halfToFloat(block.m);
        const std::uint32_t high = highBits(block.high);
        for (std::size_t i = 0; i < kHalf; ++i) {
            out[i] = float((block.q[i] & 15) | ((high >> i) & 1) << 4) * d + m;
            out[i + kHalf] = float((block.q[i] >> 4) | ((high >> (i + kHalf)) & 1) << 4) * d + m;
        }
    }
}

void dequantizeQ8_0(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock; ++b, out += kBlock) {
        const auto block = loadBlock<BlockQ8_0>(packed, b);
        const float d = halfToFloat(block.d);
        for (std::size_t i = 0; i < kBlock; ++i)
            out[i] = float(block.q[i]) * d;
    }
}

void quantizeQ4_0(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks(x, columns, importance, out, [](const float* b, const float* w, float meanSq) {
        std::array<std::int8_t, kBlock> codes;
        auto block = symmetricBlock<BlockQ4_0, 8>(b, w, meanSq, codes.data());
        packLegacyCodes(codes.data(), block);
        return block;
    });
}

void quantizeQ4_1(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks(x, columns, importance, out, [](const float* b, const float* w, float meanSq) {
        std::array<std::uint8_t, kBlock> codes;
        auto block = affineBlock<BlockQ4_1, 15>(b, w, meanSq, codes.data());
        packLegacyCodes(codes.data(), block);
        return block;
    });
}

void quantizeQ5_0(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks(x, columns, importance, out, [](const float* b, const float* w, float meanSq) {
        std::array<std::int8_t, kBlock> codes;
        auto block = symmetricBlock<BlockQ5_0, 16>(b, w, meanSq, codes.data());
        packLegacyCodes(codes.data(), block);
        return block;
    });
}

void quantizeQ5_1(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks(x, columns, importance, out, [](const float* b, const float* w, float meanSq) {
        std::array<std::uint8_t, kBlock> codes;
        auto block = affineBlock<BlockQ5_1, 31>(b, w, meanSq, codes.data());
        packLegacyCodes(codes.data(), block);
        return block;
    });
}

/// Importance changes nothing here: the reference ignores it at eight bits.
void quantizeQ8_0(const float* x, std::size_t columns, const float*, std::byte* out)
{
    quantizeBlocks(x, columns, nullptr, out, [](const float* b, const float*, float) {
        BlockQ8_0 block;
        const float scale = std::abs(signedLargest({b, kBlock})) / 127.0f;
        const float inverse = inverseOf(scale);
        for (std::size_t i = 0; i < kBlock; ++i)
            block.q[i] = std::int8_t(truncate(std::round(b[i] * inverse)));
        block.d = floatToHalf(scale);
        return block;
    });
}

}  // namespace halftone::quant
