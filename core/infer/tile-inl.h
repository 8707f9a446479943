// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): what a tile is, and how lanes are filled.
#if defined(HALFTONE_TILE_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_TILE_INL_H
#undef HALFTONE_TILE_INL_H
#else
#define HALFTONE_TILE_INL_H
#endif

#include "core/infer/packing.h"

#include <hwy/highway.h>

#include <cstring>

// Loops whose rounds hold a register each must be unrolled.
#ifndef HALFTONE_UNROLL
#if defined(__GNUC__) || defined(__clang__)
#define HALFTONE_UNROLL _Pragma("GCC unroll 64")
#else
#define HALFTONE_UNROLL
#endif
#endif

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// A lane is a row: a tile has as many rows as a vector has 32-bit lanes. Four consecutive codes of a row share a lane.
using DU = hn::CappedTag<std::uint32_t, 16>;
using DI = hn::RebindToSigned<DU>;
using DF = hn::RebindToFloat<DU>;
using U = hn::Vec<DU>;
using F = hn::Vec<DF>;
inline constexpr std::size_t kLanes = hn::MaxLanes(DU());

/// Whether dot products take codes with a zero point of 128 or signed ones.
inline constexpr bool kOffsetBytes = HWY_TARGET == HWY_AVX3_DL;

/// Up to 256 columns of a tile taken apart.
struct Chunk {
    static constexpr std::size_t kColumns = 256;
    alignas(64) std::uint32_t codes[64 * kLanes];  ///< [column / 4][row]
    alignas(64) float scales[16 * kLanes];  ///< [group][row]
    alignas(64) float minimums[16 * kLanes];
};

/// Where a block of every row of a tile lies.
struct Rows {
    const std::uint8_t* first;
    std::size_t stride;
    Rows at(std::size_t offset) const { return {first + offset, stride}; }
};

/// 16 bytes of rows 0, 4, 8, 12 after each other, as far as there are lanes.
template <std::size_t Lanes = kLanes>
HWY_INLINE U loadEveryFourth(const std::uint8_t* from, std::size_t stride)
{
    const hn::CappedTag<std::uint32_t, Lanes> d;
    const hn::CappedTag<std::uint32_t, 4> d4;
    const auto piece = [&](std::size_t k) HWY_ATTR { return hn::LoadU(d4, reinterpret_cast<const std::uint32_t*>(from + 4 * k * stride)); };
    if constexpr (Lanes == 16) {
        const hn::Half<decltype(d)> half;
        return hn::Combine(d, hn::Combine(half, piece(3), piece(2)), hn::Combine(half, piece(1), piece(0)));
    } else if constexpr (Lanes == 8) {
        return hn::Combine(d, piece(1), piece(0));
    } else {
        return piece(0);
    }
}

/// out[i] has bytes 4i..4i+3 of every row's next 16.
HWY_INLINE void transpose(Rows rows, U (&out)[4])
{
    const DU d;
    const hn::Repartition<std::uint64_t, DU> d64;
    const U r0 = loadEveryFourth(rows.first, rows.stride), r1 = loadEveryFourth(rows.first + rows.stride, rows.stride);
    const U r2 = loadEveryFourth(rows.first + 2 * rows.stride, rows.stride),
            r3 = loadEveryFourth(rows.first + 3 * rows.stride, rows.stride);
    const auto low01 = hn::BitCast(d64, hn::InterleaveLower(d, r0, r1)), low23 = hn::BitCast(d64, hn::InterleaveLower(d, r2, r3));
    const auto high01 = hn::BitCast(d64, hn::InterleaveUpper(d, r0, r1)), high23 = hn::BitCast(d64, hn::InterleaveUpper(d, r2, r3));
    out[0] = hn::BitCast(d, hn::InterleaveLower(d64, low01, low23));
    out[1] = hn::BitCast(d, hn::InterleaveUpper(d64, low01, low23));
    out[2] = hn::BitCast(d, hn::InterleaveLower(d64, high01, high23));
    out[3] = hn::BitCast(d, hn::InterleaveUpper(d64, high01, high23));
}

HWY_INLINE U bits(U v, std::uint32_t mask)
{
    return hn::And(v, hn::Set(DU(), mask));
}

/// The binary16 in the low half of each lane, as a float.
HWY_INLINE F lowHalf(U v)
{
#if HWY_TARGET == HWY_AVX3_DL
    return F{_mm512_cvtph_ps(_mm512_cvtepi32_epi16(v.raw))};
#else
    const DU d;
    const DF df;
    const U magnitude = hn::ShiftLeft<13>(bits(v, 0x7fff));
    const U finite = hn::BitCast(d, hn::Mul(hn::BitCast(df, magnitude), hn::Set(df, 0x1p112f)));
    const U special = hn::Or(magnitude, hn::Set(d, 0x7f800000u));
    const auto isSpecial = hn::Gt(hn::BitCast(DI(), magnitude), hn::Set(DI(), 0x0f7fffff));
    const U value = hn::IfThenElse(hn::RebindMask(d, isSpecial), special, finite);
    return hn::BitCast(df, hn::Or(value, hn::ShiftLeft<16>(bits(v, 0x8000))));
#endif
}
HWY_INLINE F highHalf(U v)
{
    return lowHalf(hn::ShiftRight<16>(v));
}

HWY_INLINE void storeCodes(Chunk& chunk, std::size_t index, U codes)
{
    hn::Store(codes, DU(), chunk.codes + index * kLanes);
}
HWY_INLINE void storeScale(Chunk& chunk, std::size_t group, F scale)
{
    hn::Store(scale, DF(), chunk.scales + group * kLanes);
}
HWY_INLINE void storeMinimum(Chunk& chunk, std::size_t group, F minimum)
{
    hn::Store(minimum, DF(), chunk.minimums + group * kLanes);
}

/// Byte k of each lane as a float, unsigned.
template <int K>
HWY_INLINE F byteToFloat(U v)
{
    return hn::ConvertTo(DF(), hn::BitCast(DI(), bits(hn::ShiftRight<8 * K>(v), 255)));
}
/// The same of signed bytes.
template <int K>
HWY_INLINE F signedByteToFloat(U v)
{
    return hn::ConvertTo(DF(), hn::ShiftRight<24>(hn::BitCast(DI(), hn::ShiftLeft<24 - 8 * K>(v))));
}

/// scales of groups 4q..4q+3 from the four bytes of a lane.
HWY_INLINE void storeScales(Chunk& chunk, std::size_t q, U v, F d)
{
    storeScale(chunk, 4 * q, hn::Mul(d, byteToFloat<0>(v)));
    storeScale(chunk, 4 * q + 1, hn::Mul(d, byteToFloat<1>(v)));
    storeScale(chunk, 4 * q + 2, hn::Mul(d, byteToFloat<2>(v)));
    storeScale(chunk, 4 * q + 3, hn::Mul(d, byteToFloat<3>(v)));
}
HWY_INLINE void storeSignedScales(Chunk& chunk, std::size_t q, U v, F d)
{
    storeScale(chunk, 4 * q, hn::Mul(d, signedByteToFloat<0>(v)));
    storeScale(chunk, 4 * q + 1, hn::Mul(d, signedByteToFloat<1>(v)));
    storeScale(chunk, 4 * q + 2, hn::Mul(d, signedByteToFloat<2>(v)));
    storeScale(chunk, 4 * q + 3, hn::Mul(d, signedByteToFloat<3>(v)));
}
/// Minimums are subtracted: -(dmin * m).
HWY_INLINE void storeMinimums(Chunk& chunk, std::size_t q, U v, F dmin)
{
    const F d = hn::Neg(dmin);
    storeMinimum(chunk, 4 * q, hn::Mul(d, byteToFloat<0>(v)));
    storeMinimum(chunk, 4 * q + 1, hn::Mul(d, byteToFloat<1>(v)));
    storeMinimum(chunk, 4 * q + 2, hn::Mul(d, byteToFloat<2>(v)));
    storeMinimum(chunk, 4 * q + 3, hn::Mul(d, byteToFloat<3>(v)));
}

/// Bits 0..3 of each lane to bit 0 of its bytes.
HWY_INLINE U spreadBits(U v)
{
    return bits(hn::Mul(bits(v, 15), hn::Set(DU(), 0x00204081u)), 0x01010101u);
}

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
