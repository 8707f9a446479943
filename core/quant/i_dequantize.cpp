// SPDX-License-Identifier: Apache-2.0
// The i-quants with code books to floats: each super-block becomes groups of eight weights, which eights.h unpacks. Layouts are in
// blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/code_book_points.h"
#include "core/quant/eights.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"

namespace halftone::quant {
namespace {

/// Seven signs and the eighth that makes the number of minus signs even.
std::uint32_t evenSigns(std::uint32_t seven)
{
    constexpr std::uint32_t kOdd = 0x6996;  // bit n tells whether the four bits of n are odd in number
    return seven | ((kOdd >> ((seven ^ seven >> 4) & 15)) & 1) << 7;
}

std::uint32_t word(const std::uint8_t* bytes)
{
    return std::uint32_t(bytes[0]) | std::uint32_t(bytes[1]) << 8 | std::uint32_t(bytes[2]) << 16 | std::uint32_t(bytes[3]) << 24;
}

unsigned nibble(const std::uint8_t* bytes, std::size_t i)
{
    return (bytes[i / 2] >> (i % 2 * 4)) & 15;
}

/// Two points of four weights each.
std::uint32_t pair(std::uint16_t first, std::uint16_t second)
{
    return first | std::uint32_t(second) << 12;
}

/// With the shift downwards the levels are those upwards turned round, the lowest being the highest.
void setIQ1(Eights& eights, std::size_t k, std::uint16_t point, bool down, float scale)
{
    constexpr std::uint32_t kHighest = 0xaaaa;  // level 2 of all eight
    eights.levels[k] = down ? kHighest - point : point;
    eights.signs[k] = down ? 255 : 0;
    eights.scale[k] = scale;
}

/// Runs `gather(block, eights)` for every block of `count` weights and unpacks what it gathers.
template <class Block, class Levels, class Gather>
void unpackBlocks(const std::byte* packed, float* out, std::size_t count, const Levels& levels, const Gather& gather)
{
    Eights eights;
    for (std::size_t b = 0; b < count / kSuperBlock; ++b) {
        gather(loadBlock<Block>(packed, b), eights);
        unpackEightsLanes(eights, levels, out + b * kSuperBlock);
    }
}

/// d of IQ1_M lies in the upper nibbles of its four words of scales.
float scaleOf(const BlockIQ1_M& block)
{
    std::uint16_t d = 0;
    for (unsigned i = 0; i < 4; ++i)
        d = std::uint16_t(d | (block.scales[i] >> 12) << (4 * i));
    return halfToFloat(d);
}

}  // namespace

void dequantizeIQ2_XXS(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ2_XXS>(packed, out, count, kLevelsIQ2, [](const BlockIQ2_XXS& block, Eights& eights) {
        const float d = halfToFloat(block.d);
        for (std::size_t k = 0; k < 32; ++k) {
            const std::uint8_t* q = block.q + k / 4 * 8;
            const std::uint32_t signs = word(q + 4);
            eights.levels[k] = kPointsIQ2_XXS[q[k % 4]];
            eights.signs[k] = evenSigns((signs >> (k % 4 * 7)) & 127);
            eights.scale[k] = d * (0.5f + float(signs >> 28)) * 0.25f;
        }
    });
}

void dequantizeIQ2_XS(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ2_XS>(packed, out, count, kLevelsIQ2, [](const BlockIQ2_XS& block, Eights& eights) {
        const float d = halfToFloat(block.d);
        for (std::size_t k = 0; k < 32; ++k) {
            eights.levels[k] = kPointsIQ2_XS[block.q[k] & 511];
            eights.signs[k] = evenSigns(block.q[k] >> 9);
            eights.scale[k] = d * (0.5f + float(nibble(block.scales, k / 2))) * 0.25f;
        }
    });
}

void dequantizeIQ2_S(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ2_S>(packed, out, count, kLevelsIQ2, [](const BlockIQ2_S& block, Eights& eights) {
        const float d = halfToFloat(block.d);
        for (std::size_t k = 0; k < 32; ++k) {
            const unsigned high = (block.high[k / 4] >> (k % 4 * 2)) & 3;
            eights.levels[k] = kPointsIQ2_S[block.q[k] | high << 8];
            eights.signs[k] = block.signs[k];
            eights.scale[k] = d * (0.5f + float(nibble(block.scales, k / 2))) * 0.25f;
        }
    });
}

void dequantizeIQ3_XXS(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ3_XXS>(packed, out, count, kLevelsIQ3_XXS, [](const BlockIQ3_XXS& block, Eights& eights) {
        const float d = halfToFloat(block.d);
        for (std::size_t k = 0; k < 32; ++k) {
            const std::uint32_t signs = word(block.signs + k / 4 * 4);
            eights.levels[k] = pair(kPointsIQ3_XXS[block.q[2 * k]], kPointsIQ3_XXS[block.q[2 * k + 1]]);
            eights.signs[k] = evenSigns((signs >> (k % 4 * 7)) & 127);
            eights.scale[k] = d * (0.5f + float(signs >> 28)) * 0.5f;
        }
    });
}

void dequantizeIQ3_S(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ3_S>(packed, out, count, kLevelsIQ3_S, [](const BlockIQ3_S& block, Eights& eights) {
        const float d = halfToFloat(block.d);
        for (std::size_t k = 0; k < 32; ++k) {
            const unsigned high = block.high[k / 4] >> (k % 4 * 2);
            eights.levels[k] = pair(kPointsIQ3_S[block.q[2 * k] | (high & 1) << 8], kPointsIQ3_S[block.q[2 * k + 1] | (high & 2) << 7]);
            eights.signs[k] = block.signs[k];
            eights.scale[k] = d * float(1 + 2 * nibble(block.scales, k / 4));
        }
    });
}

void dequantizeIQ1_S(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ1_S>(packed, out, count, kLevelsIQ1, [](const BlockIQ1_S& block, Eights& eights) {
        const float d = halfToFloat(block.d);
        for (std::size_t k = 0; k < 32; ++k) {
            const unsigned high = block.high[k / 4];
            const std::uint16_t point = kPointsIQ1[block.q[k] | ((high >> (k % 4 * 3)) & 7) << 8];
            setIQ1(eights, k, point, high & 0x8000, d * float(2 * ((high >> 12) & 7) + 1));
        }
    });
}

void dequantizeIQ1_M(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ1_M>(packed, out, count, kLevelsIQ1, [](const BlockIQ1_M& block, Eights& eights) {
        const float d = scaleOf(block);
        for (std::size_t k = 0; k < 32; ++k) {
            const unsigned high = nibble(block.high, k);
            const std::uint16_t point = kPointsIQ1[block.q[k] | (high & 7) << 8];
            setIQ1(eights, k, point, high & 8, d * float(2 * ((block.scales[k / 8] >> (k / 2 % 4 * 3)) & 7) + 1));
        }
    });
}

}  // namespace halftone::quant
