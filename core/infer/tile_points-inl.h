// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): rows of points of code books to tiles. Layouts are in
// core/quant/blocks.h.
#if defined(HALFTONE_TILE_POINTS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_TILE_POINTS_INL_H
#undef HALFTONE_TILE_POINTS_INL_H
#else
#define HALFTONE_TILE_POINTS_INL_H
#endif

#include "core/infer/point_lookup-inl.h"
#include "core/infer/tile_levels-inl.h"
#include "core/quant/eights.h"

#include <hwy/highway.h>

#include <array>

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// The levels of a code book as bytes, over and over.
template <std::size_t Levels>
constexpr std::array<std::uint8_t, 16> repeatedLevelBytes(const float (&levels)[Levels])
{
    std::array<float, 16> repeated{};
    for (std::size_t i = 0; i < repeated.size(); ++i)
        repeated[i] = levels[i % Levels];
    return levelBytes(repeated);
}
/// Eighths; in the bit above, whether the shift is negative, which makes a level two less.
constexpr std::array<std::uint8_t, 16> shiftedLevelBytes()
{
    std::array<float, 16> shifted{};
    for (std::size_t i = 0; i < shifted.size(); ++i)
        shifted[i] = 8 * quant::kLevelsIQ1[i % 4] - (i / 4 % 2 ? 2.0f : 0.0f);
    return levelBytes(shifted);
}
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ2 = repeatedLevelBytes(quant::kLevelsIQ2);
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ3_XXS = repeatedLevelBytes(quant::kLevelsIQ3_XXS);
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ3_S = repeatedLevelBytes(quant::kLevelsIQ3_S);
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ1 = shiftedLevelBytes();

/// The levels of the first four of eight weights; two bits above are those of the others.
inline constexpr std::uint32_t kLowLevels = 0x03030303u;

/// The `index`-th four weights of a block; weight i is turned round where byte i has a bit of `which`. Byte i of `which` is one bit.
HWY_INLINE void storeTurned(Chunk& chunk, std::size_t index, U levels, U signs, std::uint32_t which,
                            const std::array<std::uint8_t, 16>& bytes)
{
    const hn::Repartition<std::uint8_t, DU> d8;
    const auto codes = hn::BitCast(d8, lookUpLevels(bytes, levels));
    const auto isTurned = hn::TestBit(hn::BitCast(d8, signs), hn::BitCast(d8, hn::Set(DU(), which)));
    storeCodes(chunk, index, hn::BitCast(DU(), hn::IfThenElse(isTurned, hn::Sub(hn::Zero(d8), codes), codes)));
}
inline constexpr std::uint32_t kFirstSigns = 0x08040201u, kLastSigns = 0x80402010u;

/// Byte `K` of each lane in all four.
template <int K>
HWY_INLINE U repeatByte(U v)
{
    const hn::Repartition<std::uint8_t, DU> d8;
    alignas(16) static constexpr std::uint8_t kPlaces[16] = {K,     K,     K,     K,     K + 4,  K + 4,  K + 4,  K + 4,
                                                             K + 8, K + 8, K + 8, K + 8, K + 12, K + 12, K + 12, K + 12};
    return hn::BitCast(DU(), hn::TableLookupBytes(hn::BitCast(d8, v), hn::LoadDup128(d8, kPlaces)));
}

/// The `k`-th eight weights of an IQ2 block.
HWY_INLINE void storeEight(Chunk& chunk, std::size_t k, U point, U signs)
{
    storeTurned(chunk, 2 * k, bits(point, kLowLevels), signs, kFirstSigns, kLevelBytesIQ2);
    storeTurned(chunk, 2 * k + 1, bits(hn::ShiftRight<2>(point), kLowLevels), signs, kLastSigns, kLevelBytesIQ2);
}
/// Four eights from the `k`-th on; a byte of signs for each.
HWY_INLINE void storeEights(Chunk& chunk, std::size_t k, const FourPoints& points, U signs)
{
    storeEight(chunk, k, points.at[0], repeatByte<0>(signs));
    storeEight(chunk, k + 1, points.at[1], repeatByte<1>(signs));
    storeEight(chunk, k + 2, points.at[2], repeatByte<2>(signs));
    storeEight(chunk, k + 3, points.at[3], repeatByte<3>(signs));
}

/// d * (scale + 1/2)
HWY_INLINE F halfSteps(F d, U scale)
{
    return hn::Mul(d, hn::Add(hn::ConvertTo(DF(), hn::BitCast(DI(), scale)), hn::Set(DF(), 0.5f)));
}

/// d of a block that begins with it, times a power of two.
HWY_INLINE F scaleAtFront(Rows rows, float factor)
{
    U head[4];
    transpose(rows, head);
    return hn::Mul(lowHalf(head[0]), hn::Set(DF(), factor));
}

template <>
struct Unpack<kIQ2_XXS> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        const F d = scaleAtFront(rows, 0.25f);
        for (std::size_t pair = 0; pair < 4; ++pair) {
            U v[4];
            transpose(rows.at(2 + 16 * pair), v);
            unpackGroup(v[0], v[1], d, 2 * pair, chunk);
            unpackGroup(v[2], v[3], d, 2 * pair + 1, chunk);
        }
    }

private:
    static HWY_INLINE void unpackGroup(U points, U signsAndScale, F d, std::size_t group, Chunk& chunk)
    {
        storeEights(chunk, 4 * group, fourPoints<0, 0>(kLevelsOfIQ2_XXS, points, points), evenSigns(spreadSevens(signsAndScale)));
        storeScale(chunk, group, halfSteps(d, hn::ShiftRight<28>(signsAndScale)));
    }
};

/// Sixteen scales of four bits, eight in each lane.
HWY_INLINE void storeHalfSteps(Chunk& chunk, F d, U first, U second)
{
    for (std::size_t g = 0; g < 8; ++g) {
        storeScale(chunk, g, halfSteps(d, bits(first, 15)));
        storeScale(chunk, g + 8, halfSteps(d, bits(second, 15)));
        first = hn::ShiftRight<4>(first);
        second = hn::ShiftRight<4>(second);
    }
}

template <>
struct Unpack<kIQ2_XS> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U v[4];
        transpose(rows.at(58), v);  // ends with the scales
        storeHalfSteps(chunk, scaleAtFront(rows, 0.25f), v[2], v[3]);
        for (std::size_t piece = 0; piece < 4; ++piece) {
            transpose(rows.at(2 + 16 * piece), v);
            for (std::size_t i = 0; i < 4; ++i) {
                const TwoPoints two = pointsAt(kLevelsOfIQ2_XS, bits(v[i], 0x01ff01ffu));
                const U signs = evenSigns(bits(hn::ShiftRight<9>(v[i]), 0x007f007fu));
                storeEight(chunk, 8 * piece + 2 * i, two.first, repeatByte<0>(signs));
                storeEight(chunk, 8 * piece + 2 * i + 1, two.second, repeatByte<2>(signs));
            }
        }
    }
};

template <>
struct Unpack<kIQ2_S> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U tail[4];
        transpose(rows.at(66), tail);  // upper bits of the points, scales
        storeHalfSteps(chunk, scaleAtFront(rows, 0.25f), tail[2], tail[3]);
        for (std::size_t piece = 0; piece < 2; ++piece) {
            U low[4], signs[4], high = tail[piece];
            transpose(rows.at(2 + 16 * piece), low);
            transpose(rows.at(34 + 16 * piece), signs);
            for (std::size_t i = 0; i < 4; ++i) {
                storeEights(chunk, 16 * piece + 4 * i, fourPoints<2, 2>(kLevelsOfIQ2_S, low[i], high), signs[i]);
                high = hn::ShiftRight<8>(high);
            }
        }
    }
};

/// The weights of a word of points of four, and of the half of the signs at the two bytes from `Byte` on.
template <int Byte>
HWY_INLINE void storeFours(Chunk& chunk, std::size_t index, const FourPoints& points, U signs, const std::array<std::uint8_t, 16>& bytes)
{
    const U first = repeatByte<Byte>(signs), second = repeatByte<Byte + 1>(signs);
    storeTurned(chunk, index, points.at[0], first, kFirstSigns, bytes);
    storeTurned(chunk, index + 1, points.at[1], first, kLastSigns, bytes);
    storeTurned(chunk, index + 2, points.at[2], second, kFirstSigns, bytes);
    storeTurned(chunk, index + 3, points.at[3], second, kLastSigns, bytes);
}

template <>
struct Unpack<kIQ3_XXS> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        const F d = scaleAtFront(rows, 0.5f);
        for (std::size_t half = 0; half < 2; ++half) {
            U signs[4];
            transpose(rows.at(66 + 16 * half), signs);
            for (std::size_t pair = 0; pair < 2; ++pair) {
                U v[4];
                transpose(rows.at(2 + 32 * half + 16 * pair), v);
                unpackGroup(v[0], v[1], signs[2 * pair], d, 4 * half + 2 * pair, chunk);
                unpackGroup(v[2], v[3], signs[2 * pair + 1], d, 4 * half + 2 * pair + 1, chunk);
            }
        }
    }

private:
    static HWY_INLINE void unpackGroup(U first, U second, U signsAndScale, F d, std::size_t group, Chunk& chunk)
    {
        const U signs = evenSigns(spreadSevens(signsAndScale));
        storeFours<0>(chunk, 8 * group, fourPoints<0, 0>(kLevelsOfIQ3_XXS, first, first), signs, kLevelBytesIQ3_XXS);
        storeFours<2>(chunk, 8 * group + 4, fourPoints<0, 0>(kLevelsOfIQ3_XXS, second, second), signs, kLevelBytesIQ3_XXS);
        storeScale(chunk, group, halfSteps(d, hn::ShiftRight<28>(signsAndScale)));
    }
};

template <>
struct Unpack<kIQ3_S> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U high[4], tail[4];
        transpose(rows.at(66), high);  // eight bytes of ninth bits
        transpose(rows.at(94), tail);  // ends with the scales
        const F d = scaleAtFront(rows, 2.0f);
        for (std::size_t half = 0; half < 2; ++half) {
            U signs[4], ninth = high[half];
            transpose(rows.at(74 + 16 * half), signs);
            for (std::size_t pair = 0; pair < 2; ++pair) {
                U v[4];
                transpose(rows.at(2 + 32 * half + 16 * pair), v);
                for (std::size_t g = 0; g < 2; ++g) {
                    const std::size_t group = 4 * half + 2 * pair + g;
                    unpackGroup(v[2 * g], v[2 * g + 1], ninth, signs[2 * pair + g], group, chunk);
                    storeScale(chunk, group, halfSteps(d, bits(tail[3], 15)));
                    ninth = hn::ShiftRight<8>(ninth);
                    tail[3] = hn::ShiftRight<4>(tail[3]);
                }
            }
        }
    }

private:
    static HWY_INLINE void unpackGroup(U first, U second, U ninth, U signs, std::size_t group, Chunk& chunk)
    {
        storeFours<0>(chunk, 8 * group, fourPoints<1, 1>(kLevelsOfIQ3_S, first, ninth), signs, kLevelBytesIQ3_S);
        storeFours<2>(chunk, 8 * group + 4, fourPoints<1, 1>(kLevelsOfIQ3_S, second, hn::ShiftRight<4>(ninth)), signs, kLevelBytesIQ3_S);
    }
};

/// The `k`-th eight weights of an IQ1 block; the lowest bit of `isDown` tells whether the shift is negative.
HWY_INLINE void storeShifted(Chunk& chunk, std::size_t k, U point, U isDown)
{
    const U down = hn::Mul(bits(isDown, 1), hn::Set(DU(), 0x04040404u));
    storeCodes(chunk, 2 * k, lookUpLevels(kLevelBytesIQ1, hn::Or(bits(point, kLowLevels), down)));
    storeCodes(chunk, 2 * k + 1, lookUpLevels(kLevelBytesIQ1, hn::Or(bits(hn::ShiftRight<2>(point), kLowLevels), down)));
}

template <>
struct Unpack<kIQ1_S> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U words[4], high[8];
        transpose(rows.at(34), words);
        PointsOfIQ1<3> points;
        for (std::size_t piece = 0; piece < 2; ++piece) {
            U low[4];
            transpose(rows.at(2 + 16 * piece), low);
            for (std::size_t i = 0; i < 4; ++i) {
                const std::size_t group = 4 * piece + i;
                high[group] = group % 2 ? hn::ShiftRight<16>(words[group / 2]) : bits(words[group / 2], 0xffff);
                points.set(group, low[i], high[group]);
            }
        }
        points.lookUp();
        const F d = scaleAtFront(rows, 0.25f);
        for (std::size_t group = 0; group < 8; ++group) {
            const FourPoints four = points.at(group);
            for (std::size_t k = 0; k < 4; ++k)
                storeShifted(chunk, 4 * group + k, four.at[k], hn::ShiftRight<15>(high[group]));
            storeScale(chunk, group, halfSteps(d, bits(hn::ShiftRight<12>(high[group]), 7)));
        }
    }
};

template <>
struct Unpack<kIQ1_M> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U tail[4], words[4], high[8];
        transpose(rows.at(40), tail);  // ends with the scales
        transpose(rows.at(32), words);
        unpackScales(tail[2], tail[3], chunk);
        PointsOfIQ1<4> points;
        for (std::size_t piece = 0; piece < 2; ++piece) {
            U low[4];
            transpose(rows.at(16 * piece), low);
            for (std::size_t i = 0; i < 4; ++i) {
                const std::size_t four = 4 * piece + i;
                high[four] = four % 2 ? hn::ShiftRight<16>(words[four / 2]) : words[four / 2];
                points.set(four, low[i], high[four]);
            }
        }
        points.lookUp();
        for (std::size_t four = 0; four < 8; ++four)
            storeFour(points.at(four), high[four], four, chunk);
    }

private:
    /// The lower four nibbles of `high`.
    static HWY_INLINE void storeFour(const FourPoints& points, U high, std::size_t four, Chunk& chunk)
    {
        storeShifted(chunk, 4 * four, points.at[0], hn::ShiftRight<3>(high));
        storeShifted(chunk, 4 * four + 1, points.at[1], hn::ShiftRight<7>(high));
        storeShifted(chunk, 4 * four + 2, points.at[2], hn::ShiftRight<11>(high));
        storeShifted(chunk, 4 * four + 3, points.at[3], hn::ShiftRight<15>(high));
    }

    /// Four words of 16 bits: four scales of three bits, and above them a nibble of d.
    static HWY_INLINE void unpackScales(U first, U second, Chunk& chunk)
    {
        const U lower = hn::Or(bits(hn::ShiftRight<12>(first), 15), bits(hn::ShiftRight<24>(first), 0xf0));
        const U upper = hn::Or(bits(hn::ShiftRight<4>(second), 0xf00), bits(hn::ShiftRight<16>(second), 0xf000));
        const F d = hn::Mul(lowHalf(hn::Or(lower, upper)), hn::Set(DF(), 0.25f));
        U words[4] = {first, hn::ShiftRight<16>(first), second, hn::ShiftRight<16>(second)};
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t g = 0; g < 4; ++g) {
                storeScale(chunk, 4 * i + g, halfSteps(d, bits(words[i], 7)));
                words[i] = hn::ShiftRight<3>(words[i]);
            }
    }
};

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
