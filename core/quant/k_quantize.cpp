// SPDX-License-Identifier: Apache-2.0
// Q2_K, Q3_K, Q4_K, Q5_K, Q6_K from floats, in three steps: each sub-block's own scale (and minimum) is searched; these are
// quantized in turn for the whole super-block; the codes are chosen again for what the packed scales really stand for.
// The order of operations is that of ggml's reference quantizer. Layouts are in blocks.h.
#include "core/quant/blocks.h"
#include "core/quant/error_weights.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/k_scales.h"
#include "core/quant/lane_search.h"
#include "core/quant/rounding.h"
#include "core/quant/scale_search.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <span>

namespace halftone::quant {
namespace {

constexpr AffineSteps kWeightedSteps{-0.9f, 0.05f, 36, false};

using Codes = std::array<std::uint8_t, kSuperBlock>;

float sumOf(const float* values, std::size_t count)
{
    float sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += values[i];
    return sum;
}

/// Four 2-bit codes to a byte: byte i of 32 holds weights i, i + 32, i + 64, i + 96 of 128.
void packTwoBits(const Codes& codes, std::uint8_t* q)
{
    for (int part = 0; part < 2; ++part)
        for (int i = 0; i < 32; ++i) {
            const std::uint8_t* c = codes.data() + part * 128 + i;
            q[part * 32 + i] = std::uint8_t((c[0] & 3) | (c[32] & 3) << 2 | (c[64] & 3) << 4 | (c[96] & 3) << 6);
        }
}

/// Nibbles: byte i of 32 holds weights i and i + 32 of 64.
void packFourBits(const Codes& codes, std::uint8_t* q)
{
    for (int part = 0; part < 4; ++part)
        for (int i = 0; i < 32; ++i)
            q[part * 32 + i] = std::uint8_t((codes[std::size_t(part * 64 + i)] & 15) | (codes[std::size_t(part * 64 + i + 32)] & 15) << 4);
}

/// Scale and minimum of every sub-block of a super-block, before they are quantized themselves.
template <int subBlocks>
struct SubBlocks {
    std::array<float, subBlocks> scale, minimum, weight;
    Codes codes;
};

/// The scales (and minimums) of a super-block as small integers on two halves.
template <int subBlocks>
struct PackedScales {
    std::array<std::uint8_t, subBlocks> scale{}, minimum{};
    std::uint16_t d = 0, dmin = 0;
};

/// Linear rounding against the largest scale: what the reference does without importance.
template <int subBlocks>
PackedScales<subBlocks> roundScales(const SubBlocks<subBlocks>& s, int most)
{
    PackedScales<subBlocks> packed;
    const auto roundAll = [&](const std::array<float, subBlocks>& values, std::array<std::uint8_t, subBlocks>& out) -> std::uint16_t {
        float top = 0;
        for (const float value : values)
            top = value > top ? value : top;
        const float inverse = top > 0 ? float(most) / top : 0.0f;
        for (std::size_t i = 0; i < values.size(); ++i)
            out[i] = std::uint8_t(std::min(most, int(std::uint8_t(nearest(inverse * values[i])))));
        return floatToHalf(top / float(most));
    };
    packed.d = roundAll(s.scale, packed.scale);
    packed.dmin = roundAll(s.minimum, packed.minimum);
    return packed;
}

/// A weighted search for the scales: with importance. Scales and minimums side by side.
template <int subBlocks>
PackedScales<subBlocks> searchScales(const SubBlocks<subBlocks>& s, int most)
{
    std::array<float, 2 * subBlocks> values, weights;
    std::array<std::uint8_t, 2 * subBlocks> codes;
    std::array<float, 2> scales;
    std::ranges::copy(s.minimum, std::ranges::copy(s.scale, values.begin()).out);
    std::ranges::copy(s.weight, std::ranges::copy(s.weight, weights.begin()).out);
    searchPositiveLanes(values.data(), weights.data(), 2, subBlocks, most, scales.data(), codes.data());
    PackedScales<subBlocks> packed;
    std::copy_n(codes.begin(), subBlocks, packed.scale.begin());
    std::copy_n(codes.begin() + subBlocks, subBlocks, packed.minimum.begin());
    packed.d = floatToHalf(scales[0]);
    packed.dmin = floatToHalf(scales[1]);
    return packed;
}

template <class Block, class Make>
void quantizeBlocks(const float* x, std::size_t columns, const float* importance, std::byte* out, const Make& make)
{
    for (std::size_t b = 0; b < columns / kSuperBlock; ++b) {
        const Block block = make(x + b * kSuperBlock, importance ? importance + b * kSuperBlock : nullptr);
        std::memcpy(out + b * sizeof(Block), &block, sizeof(Block));
    }
}

BlockQ2_K blockQ2_K(const float* x, const float* importance)
{
    SubBlocks<16> s{};
    std::array<float, kSuperBlock> weights;
    const float spread = importance ? sumOfSquares(x, kSuperBlock) / float(kSuperBlock) : 0;
    if (importance)
        weighByImportance(x, importance, spread, kSuperBlock, weights.data());
    else
        std::transform(x, x + kSuperBlock, weights.begin(), [](float value) { return std::abs(value); });
    for (std::size_t sub = 0; sub < 16; ++sub)
        s.weight[sub] = sumOf(weights.data() + sub * 16, 16);
    searchAffineLanes(x, weights.data(), 16, 16, 3, importance ? kWeightedSteps : AffineSteps{-0.5f, 0.1f, 15, true}, s.scale.data(),
                      s.minimum.data(), s.codes.data());
    const auto packed = importance ? searchScales(s, 15) : roundScales(s, 15);

    BlockQ2_K block{};
    block.d = packed.d;
    block.dmin = packed.dmin;
    const float d = halfToFloat(block.d), dmin = halfToFloat(block.dmin);
    for (std::size_t sub = 0; sub < 16; ++sub) {
        block.scales[sub] = std::uint8_t(packed.scale[sub] | packed.minimum[sub] << 4);
        s.scale[sub] = d * float(block.scales[sub] & 15);
        s.minimum[sub] = dmin * float(block.scales[sub] >> 4);
    }
    chooseCodes(x, s.scale.data(), s.minimum.data(), 16, 16, 0, 3, 0, s.codes.data());
    packTwoBits(s.codes, block.q);
    return block;
}

/// Scales of Q3_K as 6-bit numbers around 32: rounded against the one of the largest magnitude.
std::uint16_t roundSignedScales(std::span<const float> scales, std::int8_t* out)
{
    float top = 0;
    float magnitude = 0;
    for (const float scale : scales) {
        if (std::abs(scale) > magnitude) {
            magnitude = std::abs(scale);
            top = scale;
        }
    }
    if (top == 0) {
        std::fill_n(out, 16, std::int8_t(0));
        return floatToHalf(0);
    }
    const float inverse = -32.0f / top;
    for (std::size_t i = 0; i < scales.size(); ++i)
        out[i] = std::int8_t(std::clamp(int(std::int8_t(nearest(inverse * scales[i]))), -32, 31) + 32);
    return floatToHalf(1 / inverse);
}

/// The sub-blocks' own scales and codes of one or two super-blocks, whose thirty-two sub-blocks fill the lanes of two vectors.
void searchQ3_K(const float* x, const float* weights, std::size_t superBlocks, float* scales, std::int8_t* codes)
{
    if (weights)
        searchSymmetricLanes(x, weights, superBlocks * 16, 16, 4, scales, codes);
    else
        refineSymmetricLanes(x, superBlocks * 16, 16, 4, scales, codes);
}

/// From the sub-blocks' own scales to the block. `sums` has each sub-block's weight, null without importance.
BlockQ3_K packQ3_K(const float* x, const float* scales, const float* sums, const std::int8_t* found)
{
    Codes codes;
    std::copy_n(found, kSuperBlock, codes.begin());
    BlockQ3_K block{};
    std::array<std::int8_t, 16> packed;
    block.d = sums ? floatToHalf(searchSymmetric({scales, 16}, 32, Weighing::Given, sums, packed.data()))
                   : roundSignedScales({scales, 16}, packed.data());
    const bool empty = !sums && halfToFloat(block.d) == 0 && std::ranges::all_of(packed, [](std::int8_t s) { return s == 0; });
    const float d = halfToFloat(block.d);
    std::array<float, 16> real;
    for (int sub = 0; sub < 16; ++sub) {
        if (!empty)
            packScaleQ3_K(block.scales, sub, packed[std::size_t(sub)]);
        real[std::size_t(sub)] = d * float(scaleQ3_K(block.scales, sub) - 32);
    }
    chooseCodes(x, real.data(), nullptr, 16, 16, -4, 3, 4, codes.data());
    for (int part = 0; part < 8; ++part)
        for (int i = 0; i < 32; ++i)
            block.high[i] = std::uint8_t(block.high[i] | (codes[std::size_t(part * 32 + i)] > 3 ? 1 : 0) << part);
    packTwoBits(codes, block.q);
    return block;
}

/// How Q4_K and Q5_K differ: the number of codes and the steps of the search without importance.
struct AffineFormat {
    int most;
    AffineSteps plainSteps;
};

/// How much errors in a super-block and in each of its sub-blocks count.
void weighSuperBlock(const float* x, const float* importance, float* weights, SubBlocks<8>& s)
{
    if (importance) {
        weighByImportance(x, importance, 2 * sumOfSquares(x, kSuperBlock) / float(kSuperBlock), kSuperBlock, weights);
        for (std::size_t sub = 0; sub < 8; ++sub)
            s.weight[sub] = sumOf(weights + sub * 32, 32);
        return;
    }
    float squares[8];
    sumsOfSquares(x, 8, 32, squares);
    for (std::size_t sub = 0; sub < 8; ++sub) {
        const float typical = std::sqrt(squares[sub] / 32);
        for (std::size_t i = sub * 32; i < sub * 32 + 32; ++i)
            weights[i] = typical + std::abs(x[i]);
    }
}

/// From the sub-blocks' own scales to the block, and their final codes.
template <class Block>
Block packAffine(const float* x, bool weighed, int most, SubBlocks<8>& s)
{
    const auto packed = weighed ? searchScales(s, 63) : roundScales(s, 63);
    Block block{};
    block.d = packed.d;
    block.dmin = packed.dmin;
    for (int sub = 0; sub < 8; ++sub)
        packScaleAndMinimum(block.scales, sub, packed.scale[std::size_t(sub)], packed.minimum[std::size_t(sub)]);
    const float d = halfToFloat(block.d), dmin = halfToFloat(block.dmin);
    for (int sub = 0; sub < 8; ++sub) {
        const auto [scale, minimum] = scaleAndMinimum(block.scales, sub);
        s.scale[std::size_t(sub)] = d * float(scale);
        s.minimum[std::size_t(sub)] = dmin * float(minimum);
    }
    chooseCodes(x, s.scale.data(), s.minimum.data(), 8, 32, 0, most, 0, s.codes.data());
    packFourBits(s.codes, block.q);
    if constexpr (requires { block.high; })
        for (int k = 0; k < kSuperBlock; ++k)
            block.high[k % 32] = std::uint8_t(block.high[k % 32] | (s.codes[std::size_t(k)] >> 4) << (k / 32));
    return block;
}

/// Two super-blocks at a time: their sixteen sub-blocks fill a vector's lanes.
template <class Block>
void quantizeAffine(const float* row, std::size_t columns, const float* importance, std::byte* out, const AffineFormat& format)
{
    constexpr std::size_t kPair = 2;
    for (std::size_t begin = 0; begin < columns / kSuperBlock; begin += kPair) {
        const std::size_t count = std::min(kPair, columns / kSuperBlock - begin);
        const float* x = row + begin * kSuperBlock;
        std::array<SubBlocks<8>, kPair> s{};
        std::array<float, kPair * kSuperBlock> weights;
        for (std::size_t b = 0; b < count; ++b)
            weighSuperBlock(x + b * kSuperBlock, importance ? importance + (begin + b) * kSuperBlock : nullptr,
                            weights.data() + b * kSuperBlock, s[b]);
        std::array<float, kPair * 8> scales, minimums;
        std::array<std::uint8_t, kPair * kSuperBlock> codes;
        searchAffineLanes(x, weights.data(), count * 8, 32, format.most, importance ? kWeightedSteps : format.plainSteps, scales.data(),
                          minimums.data(), codes.data());
        for (std::size_t b = 0; b < count; ++b) {
            std::copy_n(scales.begin() + std::ptrdiff_t(b * 8), 8, s[b].scale.begin());
            std::copy_n(minimums.begin() + std::ptrdiff_t(b * 8), 8, s[b].minimum.begin());
            std::copy_n(codes.begin() + std::ptrdiff_t(b * kSuperBlock), kSuperBlock, s[b].codes.begin());
            const Block block = packAffine<Block>(x + b * kSuperBlock, importance, format.most, s[b]);
            std::memcpy(out + (begin + b) * sizeof(Block), &block, sizeof(Block));
        }
    }
}

BlockQ6_K blockQ6_K(const float* x, const float* importance)
{
    std::array<float, 16> scales;
    Codes codes;
    float top = 0;
    std::array<std::int8_t, kSuperBlock> found;
    searchSymmetricLanes(x, importance, 16, 16, 32, scales.data(), found.data());
    std::copy(found.begin(), found.end(), codes.begin());
    for (const float scale : scales)
        if (std::abs(scale) > std::abs(top))
            top = scale;
    BlockQ6_K block{};
    if (std::abs(top) < kZeroBlock)
        return block;
    const float inverse = -128.0f / top;
    block.d = floatToHalf(1 / inverse);
    const float d = halfToFloat(block.d);
    for (std::size_t sub = 0; sub < 16; ++sub) {
        block.scales[sub] = std::int8_t(std::min(127, nearest(inverse * scales[sub])));
        scales[sub] = d * float(block.scales[sub]);
    }
    chooseCodes(x, scales.data(), nullptr, 16, 16, -32, 31, 32, codes.data());
    for (std::size_t part = 0; part < 2; ++part)
        for (std::size_t i = 0; i < 32; ++i) {
            const std::uint8_t* c = codes.data() + part * 128 + i;
            block.low[part * 64 + i] = std::uint8_t((c[0] & 15) | (c[64] & 15) << 4);
            block.low[part * 64 + 32 + i] = std::uint8_t((c[32] & 15) | (c[96] & 15) << 4);
            block.high[part * 32 + i] = std::uint8_t((c[0] >> 4) | (c[32] >> 4) << 2 | (c[64] >> 4) << 4 | (c[96] >> 4) << 6);
        }
    return block;
}

}  // namespace

void quantizeQ2_K(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<BlockQ2_K>(x, columns, importance, out, blockQ2_K);
}

void quantizeQ3_K(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    constexpr std::size_t kPair = 2;
    for (std::size_t begin = 0; begin < columns / kSuperBlock; begin += kPair, x += kPair * kSuperBlock) {
        const std::size_t count = std::min(kPair, columns / kSuperBlock - begin);
        std::array<float, kPair * kSuperBlock> weights;
        std::array<float, kPair * 16> scales, sums;
        std::array<std::int8_t, kPair * kSuperBlock> codes;
        for (std::size_t b = 0; importance && b < count; ++b) {
            const float* xs = x + b * kSuperBlock;
            weighByImportance(xs, importance + (begin + b) * kSuperBlock, 2 * sumOfSquares(xs, kSuperBlock) / float(kSuperBlock),
                              kSuperBlock, weights.data() + b * kSuperBlock);
        }
        for (std::size_t sub = 0; importance && sub < count * 16; ++sub)
            sums[sub] = sumOf(weights.data() + sub * 16, 16);
        searchQ3_K(x, importance ? weights.data() : nullptr, count, scales.data(), codes.data());
        for (std::size_t b = 0; b < count; ++b) {
            const BlockQ3_K block = packQ3_K(x + b * kSuperBlock, scales.data() + b * 16, importance ? sums.data() + b * 16 : nullptr,
                                             codes.data() + b * kSuperBlock);
            std::memcpy(out + (begin + b) * sizeof block, &block, sizeof block);
        }
    }
}

void quantizeQ4_K(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeAffine<BlockQ4_K>(x, columns, importance, out, {15, {-1.0f, 0.1f, 20, false}});
}

void quantizeQ5_K(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeAffine<BlockQ5_K>(x, columns, importance, out, {31, {-0.5f, 0.1f, 15, false}});
}

void quantizeQ6_K(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<BlockQ6_K>(x, columns, importance, out, blockQ6_K);
}

}  // namespace halftone::quant
