// SPDX-License-Identifier: Apache-2.0
// Q2_K, Q3_K, Q4_K, Q5_K, Q6_K from floats, in three steps: each sub-block's own scale (and minimum) is searched; these are
// quantized in turn for the whole super-block; the codes are chosen again for what the packed scales really stand for.
// The order of operations is that of ggml's reference quantizer. Layouts are in blocks.h.
#include "core/quant/blocks.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"
#include "core/quant/k_scales.h"
#include "core/quant/lane_search.h"
#include "core/quant/rounding.h"
#include "core/quant/scale_search.h"

#include <array>
#include <cmath>
#include <cstring>

namespace halftone::quant {
namespace {

constexpr AffineSteps kWeightedSteps{-0.9f, 0.05f, 36, false};

using Codes = std::array<std::uint8_t, kSuperBlock>;

float sumOfSquares(const float* x, int count)
{
    float sum = 0;
    for (int i = 0; i < count; ++i)
        sum += x[i] * x[i];
    return sum;
}

/// importance * sqrt(spread + x^2), and their sum: how much an error of each weight, and of the whole sub-block, counts.
float weighByImportance(const float* x, const float* importance, float spread, int count, float* weights)
{
    float sum = 0;
    for (int i = 0; i < count; ++i) {
        weights[i] = importance[i] * std::sqrt(spread + x[i] * x[i]);
        sum += weights[i];
    }
    return sum;
}

/// Chooses the codes of sub-blocks again: nearest to (x + minimum) / scale. A sub-block without scale keeps its codes.
void recode(const float* x, float scale, float minimum, int low, int high, int offset, int count, std::uint8_t* codes)
{
    if (scale == 0)
        return;
    for (int i = 0; i < count; ++i)
        codes[i] = std::uint8_t(nearestIn((x[i] + minimum) / scale, low, high) + offset);
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

/// A weighted search for the scales: with importance.
template <int subBlocks>
PackedScales<subBlocks> searchScales(const SubBlocks<subBlocks>& s, int most)
{
    PackedScales<subBlocks> packed;
    packed.d = floatToHalf(searchPositive(s.scale, s.weight.data(), most, packed.scale.data()));
    packed.dmin = floatToHalf(searchPositive(s.minimum, s.weight.data(), most, packed.minimum.data()));
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
    for (std::size_t sub = 0; sub < 16; ++sub) {
        if (importance)
            s.weight[sub] = weighByImportance(x + sub * 16, importance + sub * 16, spread, 16, weights.data() + sub * 16);
        else
            for (std::size_t i = sub * 16; i < sub * 16 + 16; ++i)
                weights[i] = std::abs(x[i]);
    }
    searchAffineLanes(x, weights.data(), 16, 16, 3, importance ? kWeightedSteps : AffineSteps{-0.5f, 0.1f, 15, true}, s.scale.data(), s.minimum.data(),
                      s.codes.data());
    const auto packed = importance ? searchScales(s, 15) : roundScales(s, 15);

    BlockQ2_K block{};
    block.d = packed.d;
    block.dmin = packed.dmin;
    for (std::size_t sub = 0; sub < 16; ++sub) {
        block.scales[sub] = std::uint8_t(packed.scale[sub] | packed.minimum[sub] << 4);
        recode(x + sub * 16, halfToFloat(block.d) * float(block.scales[sub] & 15), halfToFloat(block.dmin) * float(block.scales[sub] >> 4), 0, 3, 0, 16,
               s.codes.data() + sub * 16);
    }
    packTwoBits(s.codes, block.q);
    return block;
}

/// Scales of Q3_K as 6-bit numbers around 32: rounded against the one of the largest magnitude.
std::uint16_t roundSignedScales(const std::array<float, 16>& scales, std::int8_t* out)
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
    for (std::size_t i = 0; i < 16; ++i)
        out[i] = std::int8_t(std::clamp(int(std::int8_t(nearest(inverse * scales[i]))), -32, 31) + 32);
    return floatToHalf(1 / inverse);
}

BlockQ3_K blockQ3_K(const float* x, const float* importance)
{
    std::array<float, 16> scales;
    std::array<float, 16> sums;
    Codes codes;
    const float spread = importance ? 2 * sumOfSquares(x, kSuperBlock) / float(kSuperBlock) : 0;
    std::array<std::int8_t, kSuperBlock> found;
    if (importance) {
        std::array<float, kSuperBlock> weights;
        for (std::size_t sub = 0; sub < 16; ++sub)
            sums[sub] = weighByImportance(x + sub * 16, importance + sub * 16, spread, 16, weights.data() + sub * 16);
        searchSymmetricLanes(x, weights.data(), 16, 16, 4, scales.data(), found.data());
    } else {
        for (std::size_t sub = 0; sub < 16; ++sub)
            scales[sub] = refineSymmetric({x + sub * 16, 16}, 4, found.data() + sub * 16);
    }
    std::copy(found.begin(), found.end(), codes.begin());
    BlockQ3_K block{};
    std::array<std::int8_t, 16> packed;
    block.d = importance ? floatToHalf(searchSymmetric(scales, 32, Weighing::Given, sums.data(), packed.data())) : roundSignedScales(scales, packed.data());
    const bool empty = !importance && halfToFloat(block.d) == 0 && std::ranges::all_of(packed, [](std::int8_t s) { return s == 0; });
    for (int sub = 0; sub < 16; ++sub) {
        if (!empty)
            packScaleQ3_K(block.scales, sub, packed[std::size_t(sub)]);
        recode(x + sub * 16, halfToFloat(block.d) * float(scaleQ3_K(block.scales, sub) - 32), 0, -4, 3, 4, 16, codes.data() + sub * 16);
    }
    for (int i = 0; i < kSuperBlock; ++i)
        block.high[i % 32] = std::uint8_t(block.high[i % 32] | (codes[std::size_t(i)] > 3 ? 1 : 0) << (i / 32));
    packTwoBits(codes, block.q);
    return block;
}

/// Q4_K and Q5_K differ in the number of codes and in the steps of the search without importance.
template <class Block>
Block affineSuperBlock(const float* x, const float* importance, int most, const AffineSteps& plainSteps, Codes& codes)
{
    SubBlocks<8> s{};
    std::array<float, kSuperBlock> weights;
    const float spread = importance ? 2 * sumOfSquares(x, kSuperBlock) / float(kSuperBlock) : 0;
    for (std::size_t sub = 0; sub < 8; ++sub) {
        const float* w = x + sub * 32;
        if (importance) {
            s.weight[sub] = weighByImportance(w, importance + sub * 32, spread, 32, weights.data() + sub * 32);
        } else {
            const float typical = std::sqrt(sumOfSquares(w, 32) / 32);
            for (std::size_t i = 0; i < 32; ++i)
                weights[sub * 32 + i] = typical + std::abs(w[i]);
        }
    }
    searchAffineLanes(x, weights.data(), 8, 32, most, importance ? kWeightedSteps : plainSteps, s.scale.data(), s.minimum.data(), s.codes.data());
    const auto packed = importance ? searchScales(s, 63) : roundScales(s, 63);

    Block block{};
    block.d = packed.d;
    block.dmin = packed.dmin;
    for (int sub = 0; sub < 8; ++sub)
        packScaleAndMinimum(block.scales, sub, packed.scale[std::size_t(sub)], packed.minimum[std::size_t(sub)]);
    for (int sub = 0; sub < 8; ++sub) {
        const auto [scale, minimum] = scaleAndMinimum(block.scales, sub);
        recode(x + sub * 32, halfToFloat(block.d) * float(scale), halfToFloat(block.dmin) * float(minimum), 0, most, 0, 32, s.codes.data() + sub * 32);
    }
    packFourBits(s.codes, block.q);
    codes = s.codes;
    return block;
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
    for (std::size_t sub = 0; sub < 16; ++sub) {
        block.scales[sub] = std::int8_t(std::min(127, nearest(inverse * scales[sub])));
        recode(x + sub * 16, halfToFloat(block.d) * float(block.scales[sub]), 0, -32, 31, 32, 16, codes.data() + sub * 16);
    }
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
    quantizeBlocks<BlockQ3_K>(x, columns, importance, out, blockQ3_K);
}

void quantizeQ4_K(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<BlockQ4_K>(x, columns, importance, out, [](const float* w, const float* i) {
        Codes codes;
        return affineSuperBlock<BlockQ4_K>(w, i, 15, {-1.0f, 0.1f, 20, false}, codes);
    });
}

void quantizeQ5_K(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<BlockQ5_K>(x, columns, importance, out, [](const float* w, const float* i) {
        Codes codes;
        auto block = affineSuperBlock<BlockQ5_K>(w, i, 31, {-0.5f, 0.1f, 15, false}, codes);
        for (int k = 0; k < kSuperBlock; ++k)
            block.high[k % 32] = std::uint8_t(block.high[k % 32] | (codes[std::size_t(k)] >> 4) << (k / 32));
        return block;
    });
}

void quantizeQ6_K(const float* x, std::size_t columns, const float* importance, std::byte* out)
{
    quantizeBlocks<BlockQ6_K>(x, columns, importance, out, blockQ6_K);
}

}  // namespace halftone::quant
