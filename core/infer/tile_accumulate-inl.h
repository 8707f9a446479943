// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): tiles times tokens.
#if defined(HALFTONE_TILE_ACCUMULATE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_TILE_ACCUMULATE_INL_H
#undef HALFTONE_TILE_ACCUMULATE_INL_H
#else
#define HALFTONE_TILE_ACCUMULATE_INL_H
#endif

#include "core/infer/matmul.h"
#include "core/infer/packing.h"
#include "core/infer/tile_unpack-inl.h"

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <bit>
#include <cstring>
#include <type_traits>

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using I = hn::Vec<DI>;

/// Tokens multiplied at once, bounded by the number of registers.
inline constexpr std::size_t kTokens = HWY_TARGET == HWY_AVX3_DL ? 8 : 4;

#if HWY_TARGET == HWY_AVX3_DL

template <const Packing& P>
HWY_INLINE I addProducts(I sum, U w, U x)
{
    return I{_mm512_dpbusd_epi32(sum.raw, w.raw, x.raw)};
}

#elif HWY_TARGET == HWY_AVX2

template <const Packing& P>
HWY_INLINE I addProducts(I sum, U w, U x)
{
    const bool isSigned = P.zeroPoint == 128;
    const __m256i magnitude = isSigned ? _mm256_sign_epi8(w.raw, w.raw) : w.raw;
    const __m256i other = isSigned ? _mm256_sign_epi8(x.raw, w.raw) : x.raw;
    const __m256i pairs = _mm256_maddubs_epi16(magnitude, other);  // at most 2 * 128 * 127: no saturation
    return hn::Add(sum, I{_mm256_madd_epi16(pairs, _mm256_set1_epi16(1))});
}

#else

/// Signed bytes by bytes: even and odd ones as 16-bit products, of which two add without overflow.
template <const Packing& P>
HWY_INLINE I addProducts(I sum, U w, U x)
{
    const hn::Repartition<std::int16_t, DU> d16;
    const auto w16 = hn::BitCast(d16, w), x16 = hn::BitCast(d16, x);
    const auto even = hn::Mul(hn::ShiftRight<8>(hn::ShiftLeft<8>(w16)), hn::ShiftRight<8>(hn::ShiftLeft<8>(x16)));
    const auto odd = hn::Mul(hn::ShiftRight<8>(w16), hn::ShiftRight<8>(x16));
    const I pairs = hn::BitCast(DI(), hn::Add(even, odd));
    return hn::Add(sum, hn::Add(hn::ShiftRight<16>(pairs), hn::ShiftRight<16>(hn::ShiftLeft<16>(pairs))));
}

#endif

HWY_INLINE U fourCodes(const std::int8_t* codes)
{
    std::uint32_t four;
    std::memcpy(&four, codes, 4);
    return hn::Set(DU(), four);
}

template <std::size_t Group>
HWY_INLINE F groupSum(const Block32& x, std::size_t g)
{
    return hn::Set(DF(), Group == 16 ? x.sums[g] : x.sum);
}
template <std::size_t Group>
HWY_INLINE F groupSum(const Block256& x, std::size_t g)
{
    return hn::Set(DF(), Group == 16 ? x.sums[g] : x.sums[2 * g] + x.sums[2 * g + 1]);
}

template <const Packing& P>
using BlockOf = std::conditional_t<P.activations == 32, Block32, Block256>;

/// What one group of a tile adds to the sums of T tokens.
template <const Packing& P, std::size_t T>
HWY_INLINE void addGroup(const Chunk& chunk, std::size_t group, const BlockOf<P>* x, std::size_t stride, std::size_t groupOfBlock,
                         F (&sums)[T])
{
    const DF df;
    I dots[T];
    HALFTONE_UNROLL
    for (std::size_t t = 0; t < T; ++t)
        dots[t] = hn::Zero(DI());
    HALFTONE_UNROLL
    for (std::size_t i = 0; i < P.group / 4; ++i) {
        const U w = hn::Load(DU(), chunk.codes + (group * (P.group / 4) + i) * kLanes);
        HALFTONE_UNROLL
        for (std::size_t t = 0; t < T; ++t)
            dots[t] = addProducts<P>(dots[t], w, fourCodes(x[t * stride].codes + groupOfBlock * P.group + 4 * i));
    }
    const F scale = hn::Load(df, chunk.scales + group * kLanes);
    constexpr int zeroPoint = P.zeroPoint == 128 && !kOffsetBytes ? 0 : P.zeroPoint;
    HALFTONE_UNROLL
    for (std::size_t t = 0; t < T; ++t) {
        F product = hn::ConvertTo(df, dots[t]);
        if constexpr (P.hasMinimum)
            sums[t] = hn::MulAdd(hn::Load(df, chunk.minimums + group * kLanes), groupSum<P.group>(x[t * stride], groupOfBlock), sums[t]);
        else if constexpr (zeroPoint != 0)
            product = hn::MulAdd(hn::Set(df, -float(zeroPoint)), groupSum<P.group>(x[t * stride], groupOfBlock), product);
        sums[t] = hn::MulAdd(scale, product, sums[t]);
    }
}

/// Adds a tile as long as `blocks` activation blocks times T tokens, `stride` such blocks apart, to totals[T][kLanes].
template <const Packing& P, std::size_t T>
HWY_NOINLINE void accumulate(const Chunk& chunk, std::size_t blocks, const BlockOf<P>* x, std::size_t stride, float* totals)
{
    const DF df;
    constexpr std::size_t groups = P.activations / P.group;
    F total[T];
    HALFTONE_UNROLL
    for (std::size_t t = 0; t < T; ++t)
        total[t] = hn::Load(df, totals + t * kLanes);
    for (std::size_t b = 0; b < blocks; ++b) {
        F sums[T];
        HALFTONE_UNROLL
        for (std::size_t t = 0; t < T; ++t)
            sums[t] = hn::Zero(df);
        for (std::size_t g = 0; g < groups; ++g)
            addGroup<P, T>(chunk, b * groups + g, x + b, stride, g, sums);
        HALFTONE_UNROLL
        for (std::size_t t = 0; t < T; ++t)
            total[t] = hn::MulAdd(sums[t], hn::Set(df, x[t * stride + b].scale), total[t]);
    }
    HALFTONE_UNROLL
    for (std::size_t t = 0; t < T; ++t)
        hn::Store(total[t], df, totals + t * kLanes);
}

/// One token and blocks of 32: each piece of a block is multiplied as soon as it is unpacked and stays in registers.
template <const Packing& P>
struct Direct {
    const Block32* x;
    I dots;
    F scale, minimum;
};
template <const Packing& P>
HWY_INLINE void storeCodes(Direct<P>& direct, std::size_t index, U codes)
{
    direct.dots = addProducts<P>(direct.dots, codes, fourCodes(direct.x->codes + 4 * index));
}
template <const Packing& P>
HWY_INLINE void storeScale(Direct<P>& direct, std::size_t, F scale)
{
    direct.scale = scale;
}
template <const Packing& P>
HWY_INLINE void storeMinimum(Direct<P>& direct, std::size_t, F minimum)
{
    direct.minimum = minimum;
}

/// The operations of accumulate<P, 1>, so the same bits. `next`, if not null, is asked for meanwhile: a tile's bytes.
template <const Packing& P>
HWY_NOINLINE void multiplyBlocks(Rows rows, std::size_t blocks, const Block32* x, const std::uint8_t* next, float* totals)
{
    constexpr std::size_t kCacheLine = 64, kTileBytes = P.bytes * kLanes;  // of one block
    const DF df;
    constexpr int zeroPoint = P.zeroPoint == 128 && !kOffsetBytes ? 0 : P.zeroPoint;
    F total = hn::Zero(df);
    for (std::size_t b = 0; b < blocks; ++b) {
        if (next)
            for (std::size_t at = 0; at < kTileBytes; at += kCacheLine)
                hwy::Prefetch(next + b * kTileBytes + at);
        Direct<P> direct{x + b, hn::Zero(DI()), hn::Zero(df), hn::Zero(df)};
        Unpack<P>::block(rows.at(b * P.bytes), 0, direct);
        F product = hn::ConvertTo(df, direct.dots);
        F sum = hn::Zero(df);
        if constexpr (P.hasMinimum)
            sum = hn::MulAdd(direct.minimum, hn::Set(df, x[b].sum), sum);
        else if constexpr (zeroPoint != 0)
            product = hn::MulAdd(hn::Set(df, -float(zeroPoint)), hn::Set(df, x[b].sum), product);
        sum = hn::MulAdd(direct.scale, product, sum);
        total = hn::MulAdd(sum, hn::Set(df, x[b].scale), total);
    }
    hn::Store(total, df, totals);
}

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
