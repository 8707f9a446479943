// SPDX-License-Identifier: Apache-2.0
#include "core/infer/matmul.h"

#include "core/base/executor.h"
#include "core/infer/matmul_kernels.h"
#include "core/infer/packing.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/infer/activations.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using DF = hn::CappedTag<float, 16>;
using DI = hn::RebindToSigned<DF>;

struct Scale {
    float scale;  ///< NaN when an activation is not finite
    float inverse;  ///< 0 for a block of zeros
};

/// As reference::quantize: the same operations, so the same bits.
HWY_INLINE Scale scaleOf(const float* x, std::size_t count)
{
    const DF d;
    auto largest = hn::Zero(d), poison = hn::Zero(d);
    for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto v = hn::LoadU(d, x + i);
        largest = hn::Max(largest, hn::Abs(v));
        poison = hn::Add(poison, hn::Mul(v, hn::Zero(d)));
    }
    const float nan = hn::GetLane(hn::SumOfLanes(d, poison));
    if (nan != 0)
        return {nan, 0};
    const float most = hn::GetLane(hn::MaxOfLanes(d, largest));
    const float scale = most > kTiniest ? most / 127.0f : 0.0f;
    return {scale, scale > 0 ? 1.0f / scale : 0.0f};
}

/// Codes of 16 finite activations; returns their sum.
HWY_INLINE float quantizeSixteen(const float* x, float inverse, std::int8_t* codes)
{
    const DF d;
    const hn::Rebind<std::int16_t, DF> d16;
    const hn::Rebind<std::int8_t, DF> d8;
    auto sum = hn::Zero(DI());
    for (std::size_t i = 0; i < 16; i += hn::Lanes(d)) {
        const auto rounded = hn::NearestInt(hn::Mul(hn::LoadU(d, x + i), hn::Set(d, inverse)));
        sum = hn::Add(sum, rounded);
        hn::StoreU(hn::DemoteTo(d8, hn::DemoteTo(d16, rounded)), d8, codes + i);
    }
    return float(hn::GetLane(hn::SumOfLanes(DI(), sum)));
}

template <class Block>
HWY_INLINE Scale quantizeScale(const float* x, Block& block)
{
    const Scale scale = scaleOf(x, sizeof block.codes);
    block.scale = scale.scale;
    return scale;
}

void quantize32(const float* x, Block32* blocks, std::size_t count)
{
    for (std::size_t b = 0; b < count; ++b, x += 32) {
        const Scale scale = quantizeScale(x, blocks[b]);
        if (scale.inverse == 0) {
            blocks[b] = {scale.scale, 0, {}, {}};
            continue;
        }
        for (std::size_t g = 0; g < 2; ++g)
            blocks[b].sums[g] = quantizeSixteen(x + 16 * g, scale.inverse, blocks[b].codes + 16 * g);
        blocks[b].sum = blocks[b].sums[0] + blocks[b].sums[1];
    }
}

void quantize256(const float* x, Block256* blocks, std::size_t count)
{
    for (std::size_t b = 0; b < count; ++b, x += 256) {
        const Scale scale = quantizeScale(x, blocks[b]);
        if (scale.inverse == 0) {
            blocks[b] = {scale.scale, {}, {}};
            continue;
        }
        for (std::size_t g = 0; g < 16; ++g)
            blocks[b].sums[g] = quantizeSixteen(x + 16 * g, scale.inverse, blocks[b].codes + 16 * g);
    }
}

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::infer {

HWY_EXPORT(quantize32);
HWY_EXPORT(quantize256);

void kernels::quantize(const float* x, Block32* blocks, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(quantize32)(x, blocks, count);
}

void kernels::quantize(const float* x, Block256* blocks, std::size_t count)
{
    HWY_DYNAMIC_DISPATCH(quantize256)(x, blocks, count);
}

namespace {

constexpr std::size_t kColumnsPerTask = 65536;

template <std::size_t Columns, class Block>
void quantizeBlocks(std::span<const float> x, std::vector<Block>& blocks, const Executor& executor)
{
    blocks.resize(x.size() / Columns);
    executor.forRanges(blocks.size(), kColumnsPerTask / Columns, [&](std::size_t begin, std::size_t end) {
        kernels::quantize(x.data() + begin * Columns, blocks.data() + begin, end - begin);
    });
}

}  // namespace

void Activations::assign(std::span<const float> x, std::size_t columns)
{
    m_x = x;
    m_columns = columns;
    m_has32 = m_has256 = false;
}

std::span<const Block32> Activations::blocks32(const Executor& executor)
{
    if (!m_has32)
        quantizeBlocks<32>(m_x, m_blocks32, executor);
    m_has32 = true;
    return m_blocks32;
}

std::span<const Block256> Activations::blocks256(const Executor& executor)
{
    if (!m_has256)
        quantizeBlocks<256>(m_x, m_blocks256, executor);
    m_has256 = true;
    return m_blocks256;
}

}  // namespace halftone::infer
#endif
