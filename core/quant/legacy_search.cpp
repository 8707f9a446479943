// SPDX-License-Identifier: Apache-2.0
#include "core/quant/legacy_search.h"

#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/error_weights.h"
#include "core/quant/half.h"
#include "core/quant/lane_search.h"
#include "core/quant/legacy_codes.h"

#include <algorithm>
#include <array>

namespace halftone::quant {
namespace {

constexpr std::size_t kBlock = 32, kAtOnce = 16;
constexpr AffineSteps kSteps{-0.9f, 0.05f, 36, false};

/// Runs `search(x, weights, blocks, out)` for up to sixteen blocks at a time.
template <class Block, class Search>
void forBlocks(const float* x, float spread, std::size_t columns, const float* importance, std::byte* out, const Search& search)
{
    std::array<float, kBlock * kAtOnce> weights;
    for (std::size_t begin = 0; begin < columns; begin += weights.size()) {
        const std::size_t count = std::min(weights.size(), columns - begin);
        weighByImportance(x + begin, importance + begin, spread, count, weights.data());
        search(x + begin, weights.data(), count / kBlock, out + begin / kBlock * sizeof(Block));
    }
}

/// The mean square of a row weighs its errors; those of eight rows are added up side by side.
template <class Block, class Search>
void forRows(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out, const Search& search)
{
    constexpr std::size_t kRows = 8;
    for (std::size_t first = 0; first < rows; first += kRows) {
        const std::size_t count = std::min(kRows, rows - first);
        std::array<float, kRows> sums;
        sumsOfSquares(x + first * columns, count, columns, sums.data());
        for (std::size_t row = first; row < first + count; ++row)
            forBlocks<Block>(x + row * columns, sums[row - first] / float(columns), columns, importance,
                             out + row * columns / kBlock * sizeof(Block), search);
    }
}

template <class Block, int half>
void searchSymmetricRows(const float* all, std::size_t rows, std::size_t columns, const float* importance, std::byte* out)
{
    forRows<Block>(all, rows, columns, importance, out, [](const float* x, const float* weights, std::size_t blocks, std::byte* to) {
        std::array<float, kAtOnce> scales;
        std::array<std::int8_t, kBlock * kAtOnce> codes;
        searchSymmetricLanes(x, weights, blocks, kBlock, half, scales.data(), codes.data());
        for (std::size_t b = 0; b < blocks; ++b) {
            Block block;
            block.d = floatToHalf(scales[b]);
            packLegacyCodes(codes.data() + b * kBlock, block);
            storeBlock(block, to, b);
        }
    });
}

template <class Block, int most>
void searchAffineRows(const float* all, std::size_t rows, std::size_t columns, const float* importance, std::byte* out)
{
    forRows<Block>(all, rows, columns, importance, out, [](const float* x, const float* weights, std::size_t blocks, std::byte* to) {
        std::array<float, kAtOnce> scales, minimums;
        std::array<std::uint8_t, kBlock * kAtOnce> codes;
        searchAffineLanes(x, weights, blocks, kBlock, most, kSteps, scales.data(), minimums.data(), codes.data());
        for (std::size_t b = 0; b < blocks; ++b) {
            Block block;
            block.d = floatToHalf(scales[b]);
            block.m = floatToHalf(-minimums[b]);
            packLegacyCodes(codes.data() + b * kBlock, block);
            storeBlock(block, to, b);
        }
    });
}

}  // namespace

void searchQ4_0(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out)
{
    searchSymmetricRows<BlockQ4_0, 8>(x, rows, columns, importance, out);
}

void searchQ4_1(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out)
{
    searchAffineRows<BlockQ4_1, 15>(x, rows, columns, importance, out);
}

void searchQ5_0(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out)
{
    searchSymmetricRows<BlockQ5_0, 16>(x, rows, columns, importance, out);
}

void searchQ5_1(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out)
{
    searchAffineRows<BlockQ5_1, 31>(x, rows, columns, importance, out);
}

}  // namespace halftone::quant
