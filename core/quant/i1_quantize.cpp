// SPDX-License-Identifier: Apache-2.0
// IQ1_S and IQ1_M from floats: the best three levels of each sub-block are found by splitting its sorted weights; then the nearest points
// of the code book take their place. The order of operations is that of ggml's reference quantizer. Layouts are in blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/code_book.h"
#include "core/quant/error_weights.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/rounding.h"
#include "core/quant/split_lanes.h"

#include <algorithm>
#include <cmath>

namespace halftone::quant {
namespace {

/// A sub-block as it will be written.
struct SubBlock {
    float scale = 0;
    std::array<bool, 2> down{};  ///< shift of each half
    std::array<std::uint16_t, 4> points{};  ///< of each eight weights; lattice points, all in the book
};

float levelOf(const std::array<float, 3>& levels, std::uint16_t point, std::size_t i)
{
    return levels[std::size_t((point >> (2 * i)) & 3)];
}

/// Sums of a least-squares fit x ~ scale * level.
struct Fit {
    float product = 0, square = 0;
    void add(const std::array<float, 3>& levels, std::uint16_t point, float factor, const float* x, const float* weights)
    {
        for (std::size_t i = 0; i < 8; ++i) {
            const float level = levelOf(levels, point, i) * factor;
            product += weights[i] * level * x[i];
            square += weights[i] * level * level;
        }
    }
};

/// From levels to points of the book, with a new scale if any of them is not there.
SubBlock choosePoints(const SplitFit& fit, const float* x, const float* weights, std::size_t length)
{
    const CodeBook& book = CodeBook::iq1();
    SubBlock found{fit.scale, fit.down, {}};
    const std::size_t groups = length / 8;
    bool moved = false;
    Fit sums;
    for (std::size_t k = 0; k < groups; ++k) {
        std::uint16_t point = 0;
        for (std::size_t i = 0; i < 8; ++i)
            point = std::uint16_t(point | fit.levels[k * 8 + i] << (2 * i));
        const auto levels = levelsIQ1(fit.down[k * 2 / groups]);
        if (book.indexOf(point) < 0) {
            point = bestNeighbourIQ1(book.paddedNeighbours(point), levels, x + k * 8, weights + k * 8, fit.scale);
            moved = true;
        }
        found.points[k] = point;
        sums.add(levels, point, 1, x + k * 8, weights + k * 8);
    }
    if (moved && sums.product > 0 && sums.square > 0)
        found.scale = sums.product / sums.square;
    return found;
}

bool anyAbove(const float* x, std::size_t length, float tiniest)
{
    return std::any_of(x, x + length, [tiniest](float value) { return std::abs(value) >= tiniest; });
}

/// The sub-blocks of a super-block, `length` weights each. A scale that is no number, from importance beyond all bounds, counts as zero.
template <std::size_t length, auto search>
std::array<SubBlock, kSuperBlock / length> findSubBlocks(const float* x, const float* weights, float tiniest)
{
    std::array<SubBlock, kSuperBlock / length> found{};
    for (std::size_t sub = 0; sub < found.size(); ++sub) {
        const float *xs = x + sub * length, *ws = weights + sub * length;
        if (!anyAbove(xs, length, tiniest))
            continue;
        if (const auto fit = search(xs, ws))
            found[sub] = choosePoints(*fit, xs, ws, length);
        if (std::isnan(found[sub].scale))
            found[sub] = {};
    }
    return found;
}

template <std::size_t count>
float largestScale(const std::array<SubBlock, count>& found)
{
    return std::ranges::max_element(found, {}, &SubBlock::scale)->scale;
}

int scaleCode(float inverse, float scale)
{
    return nearestIn(0.5f * (inverse * scale - 1), 0, 7);
}

/// `square` is the sum of the super-block's squares; only importance needs it.
void weigh(const float* x, const float* importance, float square, float* weights)
{
    if (importance)
        weighByImportance(x, importance, 2 * square / float(kSuperBlock), kSuperBlock, weights);
    else
        weighBySquare(x, kSuperBlock, weights);
}

BlockIQ1_S blockIQ1_S(const float* x, const float* importance, float square)
{
    std::array<float, kSuperBlock> weights;
    weigh(x, importance, square, weights.data());
    const auto found = findSubBlocks<32, searchSplitsTogetherLanes>(x, weights.data(), 1e-12f);
    BlockIQ1_S block{};
    for (std::size_t k = 0; k < 32; ++k) {
        const int index = CodeBook::iq1().indexOf(found[k / 4].points[k % 4]);
        block.q[k] = std::uint8_t(index & 255);
        block.high[k / 4] = std::uint16_t(block.high[k / 4] | (index >> 8) << (k % 4 * 3));
    }
    const float top = largestScale(found), d = top / 15;
    if (top == 0)
        return block;
    block.d = floatToHalf(d * 1.125f);  // as the reference: found by trial
    for (std::size_t sub = 0; sub < 8; ++sub)
        block.high[sub] = std::uint16_t(block.high[sub] | (scaleCode(1 / d, found[sub].scale) | (found[sub].down[0] ? 8 : 0)) << 12);
    return block;
}

/// The scale of the super-block that fits best once all else is chosen.
float fitScale(const std::array<SubBlock, 16>& found, const float* x, const float* weights, float d)
{
    Fit sums;
    for (std::size_t k = 0; k < 32; ++k) {
        const SubBlock& sub = found[k / 2];
        sums.add(levelsIQ1(sub.down[k % 2]), sub.points[k % 2], float(2 * scaleCode(1 / d, sub.scale) + 1), x + k * 8, weights + k * 8);
    }
    return sums.square > 0 ? sums.product / sums.square : d;
}

BlockIQ1_M blockIQ1_M(const float* x, const float* importance, float square)
{
    std::array<float, kSuperBlock> weights;
    weigh(x, importance, square, weights.data());
    const auto found = findSubBlocks<16, searchSplitsApartLanes>(x, weights.data(), 1e-7f);
    BlockIQ1_M block{};
    for (std::size_t k = 0; k < 32; ++k) {
        const int index = CodeBook::iq1().indexOf(found[k / 2].points[k % 2]);
        block.q[k] = std::uint8_t(index & 255);
        block.high[k / 2] = std::uint8_t(block.high[k / 2] | (index >> 8) << (k % 2 * 4));
    }
    const float top = largestScale(found), d = top / 15;
    if (top == 0)
        return block;
    const std::uint16_t half = floatToHalf(fitScale(found, x, weights.data(), d) * 1.1125f);  // as the reference: found by trial
    for (std::size_t sub = 0; sub < 16; ++sub) {
        block.high[sub] = std::uint8_t(block.high[sub] | (found[sub].down[0] ? 8 : 0) | (found[sub].down[1] ? 128 : 0));
        block.scales[sub / 4] = std::uint16_t(block.scales[sub / 4] | scaleCode(1 / d, found[sub].scale) << (sub % 4 * 3));
    }
    for (unsigned i = 0; i < 4; ++i)
        block.scales[i] = std::uint16_t(block.scales[i] | ((half >> (4 * i)) & 15) << 12);
    return block;
}

/// The squares of eight super-blocks are added up side by side.
template <auto makeBlock>
void quantizeBlocks(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    constexpr std::size_t kAtOnce = 8;
    for (std::size_t begin = 0; begin < columns / kSuperBlock; begin += kAtOnce) {
        const std::size_t count = std::min(kAtOnce, columns / kSuperBlock - begin);
        std::array<float, kAtOnce> squares{};
        if (importance)
            sumsOfSquares(x + begin * kSuperBlock, count, kSuperBlock, squares.data());
        for (std::size_t b = begin; b < begin + count; ++b)
            storeBlock(makeBlock(x + b * kSuperBlock, importance ? importance + b * kSuperBlock : nullptr, squares[b - begin]), out, b);
    }
}

}  // namespace

void quantizeIQ1_S(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<blockIQ1_S>(x, columns, importance, out);
}

void quantizeIQ1_M(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<blockIQ1_M>(x, columns, importance, out);
}

}  // namespace halftone::quant
