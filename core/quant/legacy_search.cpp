// SPDX-License-Identifier: Apache-2.0
#include "core/quant/legacy_search.h"

#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/error_weights.h"
#include "core/quant/half.h"
#include "core/quant/lane_search.h"

#include <algorithm>
#include <array>

namespace halftone::quant {
namespace {

constexpr std::size_t kBlock = 32, kAtOnce = 16;
constexpr AffineSteps kSteps{-0.9f, 0.05f, 36, false};

/// Nibbles and, where the block has them, fifth bits.
template <class Block, class Code>
void packCodes(const Code* codes, Block& block)
{
    for (std::size_t i = 0; i < kBlock / 2; ++i)
        block.q[i] = std::uint8_t((codes[i] & 15) | (codes[i + kBlock / 2] & 15) << 4);
    if constexpr (requires { block.high; }) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < kBlock; ++i)
            bits |= std::uint32_t((codes[i] >> 4) & 1) << i;
        for (std::size_t i = 0; i < 4; ++i)
            block.high[i] = std::uint8_t(bits >> (8 * i));
    }
}

/// Runs `search(x, weights, blocks, out)` for up to sixteen blocks at a time.
template <class Block, class Search>
void forBlocks(const float* x, std::size_t columns, const float* importance, std::byte* out, const Search& search)
{
    const float spread = sumOfSquares(x, columns) / float(columns);
    std::array<float, kBlock * kAtOnce> weights;
    for (std::size_t begin = 0; begin < columns; begin += weights.size()) {
        const std::size_t count = std::min(weights.size(), columns - begin);
        weighByImportance(x + begin, importance + begin, spread, count, weights.data());
        search(x + begin, weights.data(), count / kBlock, out + begin / kBlock * sizeof(Block));
    }
}

template <class Block, int half>
void searchSymmetricRow(const float* row, std::size_t columns, const float* importance, std::byte* out)
{
    forBlocks<Block>(row, columns, importance, out, [](const float* x, const float* weights, std::size_t blocks, std::byte* to) {
        std::array<float, kAtOnce> scales;
        std::array<std::int8_t, kBlock * kAtOnce> codes;
        searchSymmetricLanes(x, weights, blocks, kBlock, half, scales.data(), codes.data());
        for (std::size_t b = 0; b < blocks; ++b) {
            Block block;
            block.d = floatToHalf(scales[b]);
            packCodes(codes.data() + b * kBlock, block);
            storeBlock(block, to, b);
        }
    });
}

template <class Block, int most>
void searchAffineRow(const float* row, std::size_t columns, const float* importance, std::byte* out)
{
    forBlocks<Block>(row, columns, importance, out, [](const float* x, const float* weights, std::size_t blocks, std::byte* to) {
        std::array<float, kAtOnce> scales, minimums;
        std::array<std::uint8_t, kBlock * kAtOnce> codes;
        searchAffineLanes(x, weights, blocks, kBlock, most, kSteps, scales.data(), minimums.data(), codes.data());
        for (std::size_t b = 0; b < blocks; ++b) {
            Block block;
            block.d = floatToHalf(scales[b]);
            block.m = floatToHalf(-minimums[b]);
            packCodes(codes.data() + b * kBlock, block);
            storeBlock(block, to, b);
        }
    });
}

}  // namespace

void searchQ4_0(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    searchSymmetricRow<BlockQ4_0, 8>(x, columns, importance, out);
}

void searchQ4_1(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    searchAffineRow<BlockQ4_1, 15>(x, columns, importance, out);
}

void searchQ5_0(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    searchSymmetricRow<BlockQ5_0, 16>(x, columns, importance, out);
}

void searchQ5_1(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    searchAffineRow<BlockQ5_1, 31>(x, columns, importance, out);
}

}  // namespace halftone::quant
