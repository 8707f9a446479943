// SPDX-License-Identifier: Apache-2.0
// The i-quants with code books to floats. Layouts are in blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/code_book_points.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"

#include <bit>

namespace halftone::quant {
namespace {

/// Seven signs and the eighth that makes the number of minus signs even.
unsigned evenSigns(unsigned seven)
{
    return seven | (unsigned(std::popcount(seven)) & 1) << 7;
}

float signOf(unsigned signs, unsigned i)
{
    return (signs >> i) & 1 ? -1.0f : 1.0f;
}

/// Eight weights of IQ2: magnitudes of the point, signs from bit 0.
void unpackIQ2(std::uint16_t point, unsigned signs, float scale, float* out)
{
    constexpr float kLevels[4] = {8, 25, 43, 0};
    for (unsigned i = 0; i < 8; ++i)
        out[i] = scale * kLevels[(point >> (2 * i)) & 3] * signOf(signs, i);
}

/// Four weights of IQ3.
void unpackIQ3(std::uint16_t point, const float (&levels)[8], unsigned signs, float scale, float* out)
{
    for (unsigned i = 0; i < 4; ++i)
        out[i] = scale * levels[(point >> (3 * i)) & 7] * signOf(signs, i);
}

/// Eight weights of IQ1.
void unpackIQ1(std::uint16_t point, float shift, float scale, float* out)
{
    constexpr float kLevels[4] = {-1, 0, 1, 0};
    for (unsigned i = 0; i < 8; ++i)
        out[i] = scale * (kLevels[(point >> (2 * i)) & 3] + shift);
}

constexpr float kShift = 0.125f;

std::uint32_t word(const std::uint8_t* bytes)
{
    return std::uint32_t(bytes[0]) | std::uint32_t(bytes[1]) << 8 | std::uint32_t(bytes[2]) << 16 | std::uint32_t(bytes[3]) << 24;
}

int nibble(const std::uint8_t* bytes, std::size_t i)
{
    return (bytes[i / 2] >> (i % 2 * 4)) & 15;
}

/// Runs `unpack(block, out)` for every block of `count` weights.
template <class Block, class Unpack>
void unpackBlocks(const std::byte* packed, float* out, std::size_t count, const Unpack& unpack)
{
    for (std::size_t b = 0; b < count / kSuperBlock; ++b)
        unpack(loadBlock<Block>(packed, b), out + b * kSuperBlock);
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
    unpackBlocks<BlockIQ2_XXS>(packed, out, count, [](const BlockIQ2_XXS& block, float* y) {
        for (std::size_t sub = 0; sub < 8; ++sub) {
            const std::uint8_t* q = block.q + sub * 8;
            const std::uint32_t signs = word(q + 4);
            const float scale = halfToFloat(block.d) * (0.5f + float(signs >> 28)) * 0.25f;
            for (std::size_t k = 0; k < 4; ++k)
                unpackIQ2(kPointsIQ2_XXS[q[k]], evenSigns((signs >> (7 * k)) & 127), scale, y + sub * 32 + k * 8);
        }
    });
}

void dequantizeIQ2_XS(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ2_XS>(packed, out, count, [](const BlockIQ2_XS& block, float* y) {
        for (std::size_t k = 0; k < 32; ++k) {
            const float scale = halfToFloat(block.d) * (0.5f + float(nibble(block.scales, k / 2))) * 0.25f;
            unpackIQ2(kPointsIQ2_XS[block.q[k] & 511], evenSigns(block.q[k] >> 9), scale, y + k * 8);
        }
    });
}

void dequantizeIQ2_S(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ2_S>(packed, out, count, [](const BlockIQ2_S& block, float* y) {
        for (std::size_t k = 0; k < 32; ++k) {
            const float scale = halfToFloat(block.d) * (0.5f + float(nibble(block.scales, k / 2))) * 0.25f;
            const int high = (block.high[k / 4] >> (k % 4 * 2)) & 3;
            unpackIQ2(kPointsIQ2_S[std::size_t(block.q[k] | high << 8)], block.signs[k], scale, y + k * 8);
        }
    });
}

void dequantizeIQ3_XXS(const std::byte* packed, float* out, std::size_t count)
{
    static constexpr float kLevels[8] = {4, 12, 20, 28, 36, 44, 52, 62};
    unpackBlocks<BlockIQ3_XXS>(packed, out, count, [](const BlockIQ3_XXS& block, float* y) {
        for (std::size_t k = 0; k < 64; ++k) {
            const std::uint32_t signs = word(block.signs + k / 8 * 4);
            const float scale = halfToFloat(block.d) * (0.5f + float(signs >> 28)) * 0.5f;
            unpackIQ3(kPointsIQ3_XXS[block.q[k]], kLevels, evenSigns((signs >> (k % 8 / 2 * 7)) & 127) >> (k % 2 * 4), scale, y + k * 4);
        }
    });
}

void dequantizeIQ3_S(const std::byte* packed, float* out, std::size_t count)
{
    static constexpr float kLevels[8] = {1, 3, 5, 7, 9, 11, 13, 15};
    unpackBlocks<BlockIQ3_S>(packed, out, count, [](const BlockIQ3_S& block, float* y) {
        for (std::size_t k = 0; k < 64; ++k) {
            const float scale = halfToFloat(block.d) * float(1 + 2 * nibble(block.scales, k / 8));
            const int high = (block.high[k / 8] >> (k % 8)) & 1;
            unpackIQ3(kPointsIQ3_S[std::size_t(block.q[k] | high << 8)], kLevels, unsigned(block.signs[k / 2] >> (k % 2 * 4)), scale,
                      y + k * 4);
        }
    });
}

void dequantizeIQ1_S(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ1_S>(packed, out, count, [](const BlockIQ1_S& block, float* y) {
        for (std::size_t k = 0; k < 32; ++k) {
            const unsigned high = block.high[k / 4];
            const float scale = halfToFloat(block.d) * float(2 * ((high >> 12) & 7) + 1);
            unpackIQ1(kPointsIQ1[block.q[k] | ((high >> (k % 4 * 3)) & 7) << 8], high & 0x8000 ? -kShift : kShift, scale, y + k * 8);
        }
    });
}

void dequantizeIQ1_M(const std::byte* packed, float* out, std::size_t count)
{
    unpackBlocks<BlockIQ1_M>(packed, out, count, [](const BlockIQ1_M& block, float* y) {
        const float d = scaleOf(block);
        for (std::size_t k = 0; k < 32; ++k) {
            const unsigned high = unsigned(nibble(block.high, k));
            const float scale = d * float(2 * ((block.scales[k / 8] >> (k / 2 % 4 * 3)) & 7) + 1);
            unpackIQ1(kPointsIQ1[block.q[k] | (high & 7) << 8], high & 8 ? -kShift : kShift, scale, y + k * 8);
        }
    });
}

}  // namespace halftone::quant
