// SPDX-License-Identifier: Apache-2.0
// IQ4_NL and IQ4_XS: sixteen uneven levels, closer together around zero. Layouts are in blocks.h. The order of operations is that of
// ggml's reference quantizer.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/error_weights.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/level_search.h"
#include "core/quant/rounding.h"

#include <array>
#include <cmath>

namespace halftone::quant {
namespace {

constexpr std::size_t kBlock = 32, kSubBlocks = kSuperBlock / kBlock;

/// The best scale of each of `count` weights' blocks of 32.
void searchScales(const float* x, const float* importance, std::size_t count, float* scales)
{
    std::array<float, kSuperBlock> weights;
    if (importance)
        weighByImportance(x, importance, sumOfSquares(x, count) * (2.0f / float(count)), count, weights.data());
    else
        weighBySquare(x, count, weights.data());
    for (std::size_t sub = 0; sub < count / kBlock; ++sub)
        scales[sub] = searchLevelScale(x + sub * kBlock, weights.data() + sub * kBlock);
}

float inverseOf(float scale)
{
    return scale != 0 ? 1.0f / scale : 0.0f;
}

/// Codes of 32 weights, weight i in the low, weight i + 16 in the high nibble.
void packLevels(const float* x, float inverse, std::uint8_t* q)
{
    for (std::size_t i = 0; i < kBlock / 2; ++i)
        q[i] = std::uint8_t(nearestLevel(inverse * x[i]) | nearestLevel(inverse * x[i + kBlock / 2]) << 4);
}

void unpackLevels(const std::uint8_t* q, float scale, float* out)
{
    for (std::size_t i = 0; i < kBlock / 2; ++i) {
        out[i] = scale * kLevelsIQ4[q[i] & 15];
        out[i + kBlock / 2] = scale * kLevelsIQ4[q[i] >> 4];
    }
}

BlockIQ4_NL blockIQ4_NL(const float* x, const float* importance)
{
    BlockIQ4_NL block;
    float scale = 0;
    searchScales(x, importance, kBlock, &scale);
    block.d = floatToHalf(scale);
    packLevels(x, inverseOf(scale), block.q);
    return block;
}

BlockIQ4_XS blockIQ4_XS(const float* x, const float* importance)
{
    std::array<float, kSubBlocks> scales;
    searchScales(x, importance, kSuperBlock, scales.data());
    float top = 0;
    for (const float scale : scales)
        if (std::abs(scale) > std::abs(top))
            top = scale;
    const float d = -top / 32;
    BlockIQ4_XS block{};
    block.d = floatToHalf(d);
    for (std::size_t sub = 0; sub < kSubBlocks; ++sub) {
        const int scale = nearestIn(inverseOf(d) * scales[sub], -32, 31);
        packLevels(x + sub * kBlock, inverseOf(d * float(scale)), block.q + sub * kBlock / 2);
        block.scalesLow[sub / 2] = std::uint8_t(block.scalesLow[sub / 2] | ((scale + 32) & 15) << (sub % 2 * 4));
        block.scalesHigh = std::uint16_t(block.scalesHigh | ((scale + 32) >> 4) << (2 * sub));
    }
    return block;
}

}  // namespace

void dequantizeIQ4_NL(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kBlock; ++b) {
        const auto block = loadBlock<BlockIQ4_NL>(packed, b);
        unpackLevels(block.q, halfToFloat(block.d), out + b * kBlock);
    }
}

void dequantizeIQ4_XS(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t b = 0; b < count / kSuperBlock; ++b) {
        const auto block = loadBlock<BlockIQ4_XS>(packed, b);
        for (std::size_t sub = 0; sub < kSubBlocks; ++sub) {
            const int scale = ((block.scalesLow[sub / 2] >> (sub % 2 * 4)) & 15) | ((block.scalesHigh >> (2 * sub)) & 3) << 4;
            unpackLevels(block.q + sub * kBlock / 2, halfToFloat(block.d) * float(scale - 32), out + b * kSuperBlock + sub * kBlock);
        }
    }
}

void quantizeIQ4_NL(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kBlock; ++b)
        storeBlock(blockIQ4_NL(x + b * kBlock, importance ? importance + b * kBlock : nullptr), out, b);
}

void quantizeIQ4_XS(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kSuperBlock; ++b)
        storeBlock(blockIQ4_XS(x + b * kSuperBlock, importance ? importance + b * kSuperBlock : nullptr), out, b);
}

}  // namespace halftone::quant
