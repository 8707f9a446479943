// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): packed rows to tiles.
#if defined(HALFTONE_TILE_UNPACK_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_TILE_UNPACK_INL_H
#undef HALFTONE_TILE_UNPACK_INL_H
#else
#define HALFTONE_TILE_UNPACK_INL_H
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

/// Each unpack<Packing>() takes a block of every row of a tile apart, from group `group` of the chunk on. Those of the
/// blocks of 32 hand the pieces to any target that has storeCodes, storeScale and storeMinimum.
template <const Packing& P>
struct Unpack;

template <>
struct Unpack<kQ8_0> {
    template <class Target>
    static HWY_INLINE void block(Rows rows, std::size_t group, Target& target)
    {
        U head[4], codes[4];
        transpose(rows, head);
        storeScale(target, group, lowHalf(head[0]));
        for (std::size_t half = 0; half < 2; ++half) {
            transpose(rows.at(2 + 16 * half), codes);
            for (std::size_t i = 0; i < 4; ++i)
                storeCodes(target, group * 8 + half * 4 + i, kOffsetBytes ? hn::Xor(codes[i], hn::Set(DU(), 0x80808080u)) : codes[i]);
        }
    }
};

/// The nibbles of the legacy types; `fifth` has bit i of weight i in each lane, or is null.
template <class Target>
HWY_INLINE void unpackNibbles(Rows rows, const U* fifth, std::size_t group, Target& target)
{
    U v[4];
    transpose(rows, v);
    U rest = fifth ? *fifth : hn::Zero(DU());
    for (int upper = 0; upper < 2; ++upper)
        for (std::size_t i = 0; i < 4; ++i) {
            U codes = bits(upper ? hn::ShiftRight<4>(v[i]) : v[i], 0x0f0f0f0fu);
            if (fifth) {
                codes = hn::Or(codes, hn::ShiftLeft<4>(spreadBits(rest)));
                rest = hn::ShiftRight<4>(rest);
            }
            storeCodes(target, group * 8 + std::size_t(upper) * 4 + i, codes);
        }
}

template <>
struct Unpack<kQ4_0> {
    template <class Target>
    static HWY_INLINE void block(Rows rows, std::size_t group, Target& target)
    {
        U head[4];
        transpose(rows, head);
        storeScale(target, group, lowHalf(head[0]));
        unpackNibbles(rows.at(2), nullptr, group, target);
    }
};

template <>
struct Unpack<kQ4_1> {
    template <class Target>
    static HWY_INLINE void block(Rows rows, std::size_t group, Target& target)
    {
        U head[4];
        transpose(rows, head);
        storeScale(target, group, lowHalf(head[0]));
        storeMinimum(target, group, highHalf(head[0]));
        unpackNibbles(rows.at(4), nullptr, group, target);
    }
};

template <>
struct Unpack<kQ5_0> {
    template <class Target>
    static HWY_INLINE void block(Rows rows, std::size_t group, Target& target)
    {
        U head[4];
        transpose(rows, head);
        storeScale(target, group, lowHalf(head[0]));
        const U fifth = hn::Or(hn::ShiftRight<16>(head[0]), hn::ShiftLeft<16>(head[1]));
        unpackNibbles(rows.at(6), &fifth, group, target);
    }
};

template <>
struct Unpack<kQ5_1> {
    template <class Target>
    static HWY_INLINE void block(Rows rows, std::size_t group, Target& target)
    {
        U head[4];
        transpose(rows, head);
        storeScale(target, group, lowHalf(head[0]));
        storeMinimum(target, group, highHalf(head[0]));
        unpackNibbles(rows.at(8), &head[1], group, target);
    }
};

template <>
struct Unpack<kQ2_K> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U v[4], tail[4];
        transpose(rows.at(68), tail);
        transpose(rows, v);
        const F d = lowHalf(tail[3]), dmin = highHalf(tail[3]);
        for (std::size_t q = 0; q < 4; ++q) {
            storeScales(chunk, q, bits(v[q], 0x0f0f0f0fu), d);
            storeMinimums(chunk, q, bits(hn::ShiftRight<4>(v[q]), 0x0f0f0f0fu), dmin);
        }
        for (std::size_t piece = 0; piece < 4; ++piece) {  // 16 bytes: 16 columns of each of four groups 32 apart
            transpose(rows.at(16 + 16 * piece), v);
            for (std::size_t i = 0; i < 4; ++i) {
                const std::size_t index = piece / 2 * 32 + piece % 2 * 4 + i;
                storeCodes(chunk, index, bits(v[i], 0x03030303u));
                storeCodes(chunk, index + 8, bits(hn::ShiftRight<2>(v[i]), 0x03030303u));
                storeCodes(chunk, index + 16, bits(hn::ShiftRight<4>(v[i]), 0x03030303u));
                storeCodes(chunk, index + 24, bits(hn::ShiftRight<6>(v[i]), 0x03030303u));
            }
        }
    }
};

template <>
struct Unpack<kQ3_K> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        unpackScales(rows, chunk);
        for (std::size_t piece = 0; piece < 2; ++piece) {
            U high[4], v[4];
            transpose(rows.at(16 * piece), high);
            for (std::size_t part = 0; part < 2; ++part) {
                transpose(rows.at(32 + 32 * part + 16 * piece), v);
                for (std::size_t i = 0; i < 4; ++i) {
                    const std::size_t index = part * 32 + piece * 4 + i;
                    const U third = part ? hn::ShiftRight<4>(high[i]) : high[i];
                    storeCodes(chunk, index, join(v[i], hn::ShiftLeft<2>(third)));
                    storeCodes(chunk, index + 8, join(hn::ShiftRight<2>(v[i]), hn::ShiftLeft<1>(third)));
                    storeCodes(chunk, index + 16, join(hn::ShiftRight<4>(v[i]), third));
                    storeCodes(chunk, index + 24, join(hn::ShiftRight<6>(v[i]), hn::ShiftRight<1>(third)));
                }
            }
        }
    }

private:
    static HWY_INLINE U join(U low, U third) { return hn::Or(bits(low, 0x03030303u), bits(third, 0x04040404u)); }

    static HWY_INLINE void unpackScales(Rows rows, Chunk& chunk)
    {
        U v[4];
        transpose(rows.at(94), v);  // two codes, 12 bytes of scales, d
        const auto straddle = [&](int i) HWY_ATTR { return hn::Or(hn::ShiftRight<16>(v[i]), hn::ShiftLeft<16>(v[i + 1])); };
        const U a = straddle(0), b = straddle(1), upper = straddle(2);
        const F d = highHalf(v[3]);
        const auto store = [&](std::size_t q, U low, U high) HWY_ATTR {
            const U scale = hn::Or(bits(low, 0x0f0f0f0fu), bits(high, 0x30303030u));
            const auto value = [&](F s) HWY_ATTR { return hn::Mul(d, hn::Sub(s, hn::Set(DF(), 32.0f))); };
            storeScale(chunk, 4 * q, value(byteToFloat<0>(scale)));
            storeScale(chunk, 4 * q + 1, value(byteToFloat<1>(scale)));
            storeScale(chunk, 4 * q + 2, value(byteToFloat<2>(scale)));
            storeScale(chunk, 4 * q + 3, value(byteToFloat<3>(scale)));
        };
        store(0, a, hn::ShiftLeft<4>(upper));
        store(1, b, hn::ShiftLeft<2>(upper));
        store(2, hn::ShiftRight<4>(a), upper);
        store(3, hn::ShiftRight<4>(b), hn::ShiftRight<2>(upper));
    }
};

/// The 16 bytes before the codes of Q4_K and Q5_K: d, dmin, eight 6-bit scales and minimums.
HWY_INLINE void unpackSixBitScales(Rows rows, Chunk& chunk)
{
    U v[4];
    transpose(rows, v);
    const F d = lowHalf(v[0]), dmin = highHalf(v[0]);
    const auto upper = [](U low, U high) HWY_ATTR { return hn::Or(bits(low, 0x0f0f0f0fu), bits(hn::ShiftRight<2>(high), 0x30303030u)); };
    storeScales(chunk, 0, bits(v[1], 0x3f3f3f3fu), d);
    storeScales(chunk, 1, upper(v[3], v[1]), d);
    storeMinimums(chunk, 0, bits(v[2], 0x3f3f3f3fu), dmin);
    storeMinimums(chunk, 1, upper(hn::ShiftRight<4>(v[3]), v[2]), dmin);
}

template <>
struct Unpack<kQ4_K> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        unpackSixBitScales(rows, chunk);
        for (std::size_t piece = 0; piece < 8; ++piece) {
            U v[4];
            transpose(rows.at(16 + 16 * piece), v);
            for (std::size_t i = 0; i < 4; ++i) {
                const std::size_t index = piece / 2 * 16 + piece % 2 * 4 + i;
                storeCodes(chunk, index, bits(v[i], 0x0f0f0f0fu));
                storeCodes(chunk, index + 8, bits(hn::ShiftRight<4>(v[i]), 0x0f0f0f0fu));
            }
        }
    }
};

template <>
struct Unpack<kQ5_K> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        unpackSixBitScales(rows, chunk);
        for (std::size_t piece = 0; piece < 2; ++piece) {
            U fifth[4], v[4];
            transpose(rows.at(16 + 16 * piece), fifth);
            for (std::size_t pair = 0; pair < 4; ++pair) {
                transpose(rows.at(48 + 32 * pair + 16 * piece), v);
                for (std::size_t i = 0; i < 4; ++i) {
                    const std::size_t index = pair * 16 + piece * 4 + i;
                    storeCodes(chunk, index, hn::Or(bits(v[i], 0x0f0f0f0fu), bits(hn::ShiftLeft<4>(fifth[i]), 0x10101010u)));
                    storeCodes(chunk, index + 8,
                               hn::Or(bits(hn::ShiftRight<4>(v[i]), 0x0f0f0f0fu), bits(hn::ShiftLeft<3>(fifth[i]), 0x10101010u)));
                    fifth[i] = bits(hn::ShiftRight<2>(fifth[i]), 0x3f3f3f3fu);
                }
            }
        }
    }
};

template <>
struct Unpack<kQ6_K> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U tail[4], scales[4];
        transpose(rows.at(194), tail);
        transpose(rows.at(192), scales);
        const F d = highHalf(tail[3]);
        for (std::size_t q = 0; q < 4; ++q)
            storeSignedScales(chunk, q, scales[q], d);
        for (std::size_t piece = 0; piece < 4; ++piece)
            unpackCodes(rows, piece / 2, piece % 2, chunk);
    }

private:
    /// 16 columns of each of the four groups of 32 in half `part`.
    static HWY_INLINE void unpackCodes(Rows rows, std::size_t part, std::size_t piece, Chunk& chunk)
    {
        U a[4], b[4], high[4];
        transpose(rows.at(64 * part + 16 * piece), a);
        transpose(rows.at(64 * part + 32 + 16 * piece), b);
        transpose(rows.at(128 + 32 * part + 16 * piece), high);
        const auto join = [](U low, U upper) HWY_ATTR { return hn::Or(bits(low, 0x0f0f0f0fu), bits(upper, 0x30303030u)); };
        for (std::size_t i = 0; i < 4; ++i) {
            const std::size_t index = part * 32 + piece * 4 + i;
            storeCodes(chunk, index, join(a[i], hn::ShiftLeft<4>(high[i])));
            storeCodes(chunk, index + 8, join(b[i], hn::ShiftLeft<2>(high[i])));
            storeCodes(chunk, index + 16, join(hn::ShiftRight<4>(a[i]), high[i]));
            storeCodes(chunk, index + 24, join(hn::ShiftRight<4>(b[i]), hn::ShiftRight<2>(high[i])));
        }
    }
};

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
