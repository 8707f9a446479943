// SPDX-License-Identifier: Apache-2.0
// IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS and IQ3_S from floats: signs aside, scale and points of each sub-block are searched; then the scales of
// a super-block are rounded to four bits. The order of operations is that of ggml's reference quantizer. Layouts are in blocks.h.
#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/error_weights.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/lattice_search.h"
#include "core/quant/rounding.h"
#include "core/quant/scale_search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace halftone::quant {
namespace {

using Again = LatticeSearch::Again;

/// How the formats differ before their bits are packed.
struct Format {
    LatticeSearch search;
    std::size_t length;  ///< weights of a sub-block
    bool evenSigns;  ///< each eight weights have an even number of minus signs
    float spread;  ///< times the mean square: what is added to each square when errors are weighed by importance
    float plainShare;  ///< the part of it that is added without importance
    float tiniest;  ///< a sub-block without anything larger is empty
    bool searchesStart;  ///< the scales tried lie around one that is searched, not around the largest weight
};

constexpr Format kIQ2_XXS{{8, 2, 2, 6, 0.1f, Again::Always}, 32, true, 1, 0, kZeroBlock, true};
constexpr Format kIQ2_XS{{8, 2, 2, 9, 0.1f, Again::ThoseThatAreOff}, 16, true, 1, 0, kZeroBlock, false};
constexpr Format kIQ2_S{{8, 2, 2, 9, 0.1f, Again::ThoseThatAreOff}, 16, false, 2, 0.25f, 1e-8f, false};
constexpr Format kIQ3_XXS{{4, 3, 7, 15, 0.2f, Again::ThoseThatAreOff}, 32, true, 2, 0, 1e-8f, false};
constexpr Format kIQ3_S{{4, 3, 7, 9, 0.2f, Again::AllIfAnyIsOff}, 32, false, 2, 0, std::numeric_limits<float>::denorm_min(), false};

/// A sub-block as it will be written: a scale that is no longer negative, points, and signs of each eight weights.
struct SubBlock {
    bool empty = true;
    float scale = 0;
    std::array<std::uint16_t, LatticeBlock::kMostGroups> points{};
    std::array<std::uint8_t, 4> signs{};
};

/// Takes the signs of eight weights; x holds magnitudes afterwards.
std::uint8_t takeSigns(float* x)
{
    unsigned signs = 0;
    for (unsigned i = 0; i < 8; ++i)
        if (!(x[i] >= 0)) {
            x[i] = -x[i];
            signs |= 1u << i;
        }
    return std::uint8_t(signs);
}

/// Turns the sign that costs least, so that their number is even.
std::uint8_t turnCheapest(float* x, const float* weights, unsigned signs)
{
    const auto cost = [&](unsigned i) { return weights[i] * x[i] * x[i]; };
    unsigned cheapest = 0;
    for (unsigned i = 1; i < 8; ++i)
        if (cost(i) < cost(cheapest))
            cheapest = i;
    x[cheapest] = -x[cheapest];
    return std::uint8_t(signs ^ 1u << cheapest);
}

/// How much errors in a super-block count.
void weigh(const Format& format, const float* x, const float* importance, float* weights)
{
    const float spread = format.spread * sumOfSquares(x, kSuperBlock) / float(kSuperBlock);
    if (importance)
        return weighByImportance(x, importance, spread, kSuperBlock, weights);
    for (std::size_t i = 0; i < kSuperBlock; ++i)
        weights[i] = format.plainShare > 0 ? format.plainShare * spread + x[i] * x[i] : x[i] * x[i];
}

SubBlock findSubBlock(const Format& format, const CodeBook& book, const float* x, const float* weights)
{
    LatticeBlock block{};
    SubBlock found;
    block.length = format.length;
    std::array<std::uint8_t, 4> signs{};
    std::copy_n(x, format.length, block.x.begin());
    std::copy_n(weights, format.length, block.weights.begin());
    for (std::size_t i = 0; i < format.length; ++i)
        block.roots[i] = std::sqrt(weights[i]);
    for (std::size_t k = 0; k < format.length / 8; ++k) {
        signs[k] = takeSigns(&block.x[k * 8]);
        if (format.evenSigns && std::popcount(signs[k]) % 2)
            signs[k] = turnCheapest(&block.x[k * 8], &block.weights[k * 8], signs[k]);
    }
    float largest = *std::max_element(block.x.begin(), block.x.begin() + std::ptrdiff_t(format.length));
    if (largest < format.tiniest)
        return found;
    float start = largest / float(2 * format.search.top + 1);
    if (format.searchesStart) {
        std::array<std::uint8_t, LatticeBlock::kMostWeights> unused;
        start = searchPositive({block.x.data(), format.length}, block.weights.data(), format.search.top + 2, unused.data());
        largest = start * float(format.search.top + 1);
        if (largest <= 0)
            return found;
    }
    const LatticeFit fit = searchLattice(block, format.search, book, largest, start);
    if (std::isnan(fit.scale))  // importance beyond all bounds; the reference ends the process
        return found;
    for (std::uint8_t& sign : signs)
        sign = std::uint8_t((fit.scale < 0 ? ~sign : sign) & (format.evenSigns ? 127 : 255));
    return {false, std::abs(fit.scale), fit.points, signs};
}

/// A super-block before its bits are packed.
struct Found {
    std::array<SubBlock, 16> subBlocks;
    float top = 0;  ///< the largest scale

    /// d, and the scales of the sub-blocks as (2 s + 1) d / 2; 15 is the most.
    int scaleOf(std::size_t sub) const { return nearestIn(0.5f * (1 / (top / 31) * subBlocks[sub].scale - 1), 0, 15); }
    std::uint16_t half(float factor) const { return floatToHalf(top / 31 * factor); }
};

Found find(const Format& format, const CodeBook& book, const float* x, const float* importance)
{
    std::array<float, kSuperBlock> weights;
    weigh(format, x, importance, weights.data());
    Found found;
    for (std::size_t sub = 0; sub < kSuperBlock / format.length; ++sub) {
        found.subBlocks[sub] = findSubBlock(format, book, x + sub * format.length, weights.data() + sub * format.length);
        found.top = std::max(found.top, found.subBlocks[sub].scale);
    }
    return found;
}

void storeWord(std::uint32_t word, std::uint8_t* bytes)
{
    for (unsigned i = 0; i < 4; ++i)
        bytes[i] = std::uint8_t(word >> (8 * i));
}

/// 4 x 7 signs and the scale.
std::uint32_t signsAndScale(const Found& found, std::size_t sub)
{
    const auto& signs = found.subBlocks[sub].signs;
    return std::uint32_t(signs[0]) | std::uint32_t(signs[1]) << 7 | std::uint32_t(signs[2]) << 14 | std::uint32_t(signs[3]) << 21
        | std::uint32_t(found.scaleOf(sub)) << 28;
}

BlockIQ2_XXS blockIQ2_XXS(const float* x, const float* importance)
{
    const CodeBook& book = CodeBook::iq2xxs();
    const Found found = find(kIQ2_XXS, book, x, importance);
    BlockIQ2_XXS block{};
    if (found.top == 0)
        return block;
    block.d = found.half(1);
    for (std::size_t sub = 0; sub < 8; ++sub) {
        for (std::size_t k = 0; k < 4; ++k)
            block.q[sub * 8 + k] = std::uint8_t(book.indexOf(found.subBlocks[sub].points[k]));
        storeWord(signsAndScale(found, sub), block.q + sub * 8 + 4);
    }
    return block;
}

BlockIQ2_XS blockIQ2_XS(const float* x, const float* importance)
{
    const CodeBook& book = CodeBook::iq2xs();
    const Found found = find(kIQ2_XS, book, x, importance);
    BlockIQ2_XS block{};
    if (found.top == 0)
        return block;
    block.d = found.half(1);
    for (std::size_t k = 0; k < 32; ++k)
        block.q[k] = std::uint16_t(book.indexOf(found.subBlocks[k / 2].points[k % 2]) | found.subBlocks[k / 2].signs[k % 2] << 9);
    for (std::size_t i = 0; i < 8; ++i)
        block.scales[i] = std::uint8_t(found.scaleOf(2 * i) | found.scaleOf(2 * i + 1) << 4);
    return block;
}

BlockIQ2_S blockIQ2_S(const float* x, const float* importance)
{
    const CodeBook& book = CodeBook::iq2s();
    const Found found = find(kIQ2_S, book, x, importance);
    BlockIQ2_S block{};
    for (std::size_t k = 0; k < 32; ++k) {
        const int index = book.indexOf(found.subBlocks[k / 2].points[k % 2]);
        block.q[k] = std::uint8_t(index & 255);
        block.high[k / 4] = std::uint8_t(block.high[k / 4] | (index >> 8) << (k % 4 * 2));
        block.signs[k] = found.subBlocks[k / 2].signs[k % 2];
    }
    if (found.top == 0)
        return block;
    block.d = found.half(0.9875f);
    for (std::size_t i = 0; i < 8; ++i)
        block.scales[i] = std::uint8_t(found.scaleOf(2 * i) | found.scaleOf(2 * i + 1) << 4);
    return block;
}

BlockIQ3_XXS blockIQ3_XXS(const float* x, const float* importance)
{
    const CodeBook& book = CodeBook::iq3xxs();
    const Found found = find(kIQ3_XXS, book, x, importance);
    BlockIQ3_XXS block{};
    if (found.top == 0)
        return block;
    block.d = found.half(1.0125f);
    for (std::size_t sub = 0; sub < 8; ++sub) {
        for (std::size_t k = 0; k < 8; ++k)
            block.q[sub * 8 + k] = std::uint8_t(book.indexOf(found.subBlocks[sub].points[k]));
        storeWord(signsAndScale(found, sub), block.signs + sub * 4);
    }
    return block;
}

BlockIQ3_S blockIQ3_S(const float* x, const float* importance)
{
    const CodeBook& book = CodeBook::iq3s();
    const Found found = find(kIQ3_S, book, x, importance);
    BlockIQ3_S block{};
    // The reference leaves no room for empty sub-blocks, so those that follow are read in the wrong place. The same bytes are made here.
    std::size_t place = 0;
    for (std::size_t sub = 0; sub < 8; ++sub) {
        if (found.subBlocks[sub].empty)
            continue;
        for (std::size_t k = 0; k < 8; ++k) {
            const int index = book.indexOf(found.subBlocks[sub].points[k]);
            block.q[place * 8 + k] = std::uint8_t(index & 255);
            block.high[sub] = std::uint8_t(block.high[sub] | (index >> 8) << k);
        }
        std::ranges::copy(found.subBlocks[sub].signs, block.signs + place * 4);
        ++place;
    }
    if (found.top == 0)
        return block;
    block.d = found.half(1.033f);
    for (std::size_t i = 0; i < 4; ++i)
        block.scales[i] = std::uint8_t(found.scaleOf(2 * i) | found.scaleOf(2 * i + 1) << 4);
    return block;
}

template <auto makeBlock>
void quantizeBlocks(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kSuperBlock; ++b)
        storeBlock(makeBlock(x + b * kSuperBlock, importance ? importance + b * kSuperBlock : nullptr), out, b);
}

}  // namespace

void quantizeIQ2_XXS(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<blockIQ2_XXS>(x, columns, importance, out);
}

void quantizeIQ2_XS(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<blockIQ2_XS>(x, columns, importance, out);
}

void quantizeIQ2_S(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<blockIQ2_S>(x, columns, importance, out);
}

void quantizeIQ3_XXS(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<blockIQ3_XXS>(x, columns, importance, out);
}

void quantizeIQ3_S(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<blockIQ3_S>(x, columns, importance, out);
}

}  // namespace halftone::quant
