// SPDX-License-Identifier: Apache-2.0
#include "core/infer/matmul_reference.h"

#include "core/infer/packing.h"
#include "core/quant/block_io.h"
#include "core/quant/half.h"

#include <algorithm>
#include <cmath>

namespace halftone::infer::reference {
namespace {

/// Quantizes `count` activations under one scale; returns the scale.
float quantizeCodes(const float* x, std::size_t count, std::int8_t* codes)
{
    float largest = 0, poison = 0;
    for (std::size_t i = 0; i < count; ++i) {
        largest = std::max(largest, std::abs(x[i]));
        poison += x[i] * 0.0f;
    }
    const float scale = largest > kTiniest ? largest / 127.0f : 0.0f;
    const float inverse = scale > 0 ? 1.0f / scale : 0.0f;
    for (std::size_t i = 0; i < count; ++i)
        codes[i] = poison == 0 ? std::int8_t(std::nearbyint(x[i] * inverse)) : std::int8_t(0);
    return scale + poison;
}

float sumOf(const std::int8_t* codes, std::size_t count)
{
    int sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += codes[i];
    return float(sum);
}

int dotCodes(const std::uint8_t* w, const std::int8_t* x, std::size_t count)
{
    int sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += w[i] * x[i];
    return sum;
}

/// Sum of the codes of group `g`.
float groupSum(const Block32& x, std::size_t g, std::size_t group)
{
    return group == 16 ? x.sums[g] : x.sum;
}
float groupSum(const Block256& x, std::size_t g, std::size_t group)
{
    return group == 16 ? x.sums[g] : x.sums[2 * g] + x.sums[2 * g + 1];
}

template <class Block>
float dotBlocks(quant::Type type, const std::byte* row, std::span<const Block> x)
{
    const Packing& packing = *findPacking(type);
    const std::size_t perBlock = packing.columns / packing.activations, groups = packing.activations / packing.group;
    Unpacked w;
    float total = 0;
    for (std::size_t b = 0; b < x.size(); ++b) {
        if (b % perBlock == 0)
            unpack(type, row + b / perBlock * packing.bytes, w);
        float sum = 0;
        for (std::size_t g = 0; g < groups; ++g) {
            const std::size_t at = b % perBlock * groups + g;  // of the weights' groups
            const float codeSum = groupSum(x[b], g, packing.group);
            float product = float(dotCodes(w.codes + at * packing.group, x[b].codes + g * packing.group, packing.group));
            if (packing.hasMinimum)
                sum = std::fma(w.minimums[at], codeSum, sum);
            else
                product = std::fma(-float(packing.zeroPoint), codeSum, product);
            sum = std::fma(w.scales[at], product, sum);
        }
        total = std::fma(sum, x[b].scale, total);
    }
    return total;
}

float floatWeight(quant::Type type, const std::byte* row, std::size_t c)
{
    switch (type) {
    case quant::Type::F16: return quant::halfToFloat(quant::loadBlock<std::uint16_t>(row, c));
    case quant::Type::BF16: return quant::bfloatToFloat(quant::loadBlock<std::uint16_t>(row, c));
    default: return quant::loadBlock<float>(row, c);
    }
}

}  // namespace

void quantize(std::span<const float, 32> x, Block32& block)
{
    block.scale = quantizeCodes(x.data(), x.size(), block.codes);
    for (std::size_t g = 0; g < 2; ++g)
        block.sums[g] = sumOf(block.codes + 16 * g, 16);
    block.sum = block.sums[0] + block.sums[1];
}

void quantize(std::span<const float, 256> x, Block256& block)
{
    block.scale = quantizeCodes(x.data(), x.size(), block.codes);
    for (std::size_t g = 0; g < 16; ++g)
        block.sums[g] = sumOf(block.codes + 16 * g, 16);
}

float dot(quant::Type type, const std::byte* row, std::span<const Block32> x)
{
    return dotBlocks(type, row, x);
}

float dot(quant::Type type, const std::byte* row, std::span<const Block256> x)
{
    return dotBlocks(type, row, x);
}

float dot(quant::Type type, const std::byte* row, std::span<const float> x)
{
    float sums[kFloatSums] = {};
    for (std::size_t c = 0; c < x.size(); ++c)
        sums[c % kFloatSums] = std::fma(floatWeight(type, row, c), x[c], sums[c % kFloatSums]);
    for (std::size_t half = kFloatSums / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i)
            sums[i] += sums[i + half];
    return sums[0];
}

}  // namespace halftone::infer::reference
