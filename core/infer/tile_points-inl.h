// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): rows of points of code books to tiles. Layouts are in
// core/quant/blocks.h.
#if defined(HALFTONE_TILE_POINTS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_TILE_POINTS_INL_H
#undef HALFTONE_TILE_POINTS_INL_H
#else
#define HALFTONE_TILE_POINTS_INL_H
#endif

#include "core/infer/point_nibbles.h"
#include "core/infer/tile_levels-inl.h"
#include "core/quant/eights.h"

#include <hwy/highway.h>

#include <array>

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// What the nibbles of eight weights name: a level in the low bits and in the bit above, whether it is turned round.
template <std::size_t Levels>
constexpr std::array<std::uint8_t, 16> turnedLevelBytes(const float (&levels)[Levels])
{
    std::array<float, 16> turned{};
    for (std::size_t i = 0; i < turned.size(); ++i)
        turned[i] = i / Levels % 2 ? -levels[i % Levels] : levels[i % Levels];
    return levelBytes(turned);
}
/// Eighths: where the shift is negative a level is two less.
constexpr std::array<std::uint8_t, 16> shiftedLevelBytes()
{
    std::array<float, 16> shifted{};
    for (std::size_t i = 0; i < shifted.size(); ++i)
        shifted[i] = 8 * quant::kLevelsIQ1[i % 4] - (i / 4 % 2 ? 2.0f : 0.0f);
    return levelBytes(shifted);
}
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ2 = turnedLevelBytes(quant::kLevelsIQ2);
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ3_XXS = turnedLevelBytes(quant::kLevelsIQ3_XXS);
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ3_S = turnedLevelBytes(quant::kLevelsIQ3_S);
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ1 = shiftedLevelBytes();

/// The bits of each lane, lowest first.
struct Bits {
    U rest;
    template <int Count>
    HWY_INLINE U take()
    {
        const U taken = bits(rest, (1u << Count) - 1);
        rest = hn::ShiftRight<Count>(rest);
        return taken;
    }
};

template <std::size_t Points>
HWY_INLINE U pointsAt(const std::array<std::uint32_t, Points>& nibbles, U index)
{
    return hn::GatherIndex(DU(), nibbles.data(), hn::BitCast(DI(), index));
}

/// Seven signs and the eighth that makes the number of minus signs even.
HWY_INLINE U evenSigns(U seven)
{
    const DU d;
    const U folded = bits(hn::Xor(seven, hn::ShiftRight<4>(seven)), 15);
    const U odd = hn::Shr(hn::Set(d, 0x6996u), folded);  // bit n tells whether the four bits of n are odd in number
    return hn::Or(seven, hn::ShiftLeft<7>(bits(odd, 1)));
}

/// Bits 0..7 of each lane to bit `Bit` of the nibbles of eight weights.
template <int Bit>
HWY_INLINE U spreadSigns(U signs)
{
    return hn::ShiftLeft<Bit>(hn::Or(spreadBits(signs), hn::ShiftLeft<4>(spreadBits(hn::ShiftRight<4>(signs)))));
}

/// The `k`-th eight weights of a block, from nibbles as in point_nibbles.h.
HWY_INLINE void storeEight(Chunk& chunk, std::size_t k, U nibbles, const std::array<std::uint8_t, 16>& levels)
{
    storeCodes(chunk, 2 * k, lookUpLevels(levels, nibbles));
    storeCodes(chunk, 2 * k + 1, lookUpLevels(levels, hn::ShiftRight<4>(nibbles)));
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
            for (std::size_t half = 0; half < 2; ++half) {
                const std::size_t group = 2 * pair + half;
                Bits points{v[2 * half]}, signs{v[2 * half + 1]};
                for (std::size_t k = 0; k < 4; ++k) {
                    const U turned = spreadSigns<2>(evenSigns(signs.take<7>()));
                    storeEight(chunk, 4 * group + k, hn::Or(pointsAt(kNibblesIQ2_XXS, points.take<8>()), turned), kLevelBytesIQ2);
                }
                storeScale(chunk, group, halfSteps(d, signs.rest));
            }
        }
    }
};

/// Sixteen scales of four bits.
HWY_INLINE void storeHalfSteps(Chunk& chunk, F d, U first, U second)
{
    Bits low{first}, high{second};
    for (std::size_t g = 0; g < 8; ++g) {
        storeScale(chunk, g, halfSteps(d, low.take<4>()));
        storeScale(chunk, g + 8, halfSteps(d, high.take<4>()));
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
                Bits words{v[i]};
                for (std::size_t k = 0; k < 2; ++k) {
                    const U point = pointsAt(kNibblesIQ2_XS, words.take<9>());
                    storeEight(chunk, 8 * piece + 2 * i + k, hn::Or(point, spreadSigns<2>(evenSigns(words.take<7>()))), kLevelBytesIQ2);
                }
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
            U v[4], turned[4];
            transpose(rows.at(2 + 16 * piece), v);
            transpose(rows.at(34 + 16 * piece), turned);
            Bits high{tail[piece]};
            for (std::size_t i = 0; i < 4; ++i) {
                Bits low{v[i]}, signs{turned[i]};
                for (std::size_t k = 0; k < 4; ++k) {
                    const U index = hn::Or(low.take<8>(), hn::ShiftLeft<8>(high.take<2>()));
                    const U point = pointsAt(kNibblesIQ2_S, index);
                    storeEight(chunk, 16 * piece + 4 * i + k, hn::Or(point, spreadSigns<2>(signs.take<8>())), kLevelBytesIQ2);
                }
            }
        }
    }
};

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
                for (std::size_t g = 0; g < 2; ++g)
                    unpackGroup(v + 2 * g, signs[2 * pair + g], d, 4 * half + 2 * pair + g, chunk);
            }
        }
    }

private:
    /// Two words of points.
    static HWY_INLINE void unpackGroup(const U* words, U signsAndScale, F d, std::size_t group, Chunk& chunk)
    {
        Bits signs{signsAndScale};
        for (std::size_t i = 0; i < 2; ++i) {
            Bits word{words[i]};
            for (std::size_t k = 0; k < 2; ++k) {
                const U left = pointsAt(kNibblesIQ3_XXS, word.take<8>()), right = pointsAt(kNibblesIQ3_XXS, word.take<8>());
                const U turned = spreadSigns<3>(evenSigns(signs.take<7>()));
                storeEight(chunk, 4 * group + 2 * i + k, hn::Or3(left, hn::ShiftLeft<4>(right), turned), kLevelBytesIQ3_XXS);
            }
        }
        storeScale(chunk, group, halfSteps(d, signs.rest));
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
        Bits scales{tail[3]};
        for (std::size_t half = 0; half < 2; ++half) {
            U signs[4];
            transpose(rows.at(74 + 16 * half), signs);
            Bits ninth{high[half]};
            for (std::size_t pair = 0; pair < 2; ++pair) {
                U v[4];
                transpose(rows.at(2 + 32 * half + 16 * pair), v);
                for (std::size_t g = 0; g < 2; ++g) {
                    const std::size_t group = 4 * half + 2 * pair + g;
                    unpackGroup(v + 2 * g, signs[2 * pair + g], ninth, group, chunk);
                    storeScale(chunk, group, halfSteps(d, scales.take<4>()));
                }
            }
        }
    }

private:
    /// Two words of points.
    static HWY_INLINE void unpackGroup(const U* words, U turned, Bits& ninth, std::size_t group, Chunk& chunk)
    {
        Bits signs{turned};
        const auto next = [&](Bits& low)
                              HWY_ATTR { return pointsAt(kNibblesIQ3_S, hn::Or(low.take<8>(), hn::ShiftLeft<8>(ninth.take<1>()))); };
        for (std::size_t i = 0; i < 2; ++i) {
            Bits word{words[i]};
            for (std::size_t k = 0; k < 2; ++k) {
                const U left = next(word), right = next(word);
                const U nibbles = hn::Or3(left, hn::ShiftLeft<4>(right), spreadSigns<3>(signs.take<8>()));
                storeEight(chunk, 4 * group + 2 * i + k, nibbles, kLevelBytesIQ3_S);
            }
        }
    }
};

/// Says in the nibbles of eight weights that the shift is negative.
inline constexpr std::uint32_t kShiftsDown = 0x44444444u;

template <>
struct Unpack<kIQ1_S> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U high[4];
        transpose(rows.at(34), high);
        const F d = scaleAtFront(rows, 0.25f);
        for (std::size_t piece = 0; piece < 2; ++piece) {
            U low[4];
            transpose(rows.at(2 + 16 * piece), low);
            for (std::size_t i = 0; i < 2; ++i) {
                Bits word{high[2 * piece + i]};
                unpackGroup(low[2 * i], word, d, 4 * piece + 2 * i, chunk);
                unpackGroup(low[2 * i + 1], word, d, 4 * piece + 2 * i + 1, chunk);
            }
        }
    }

private:
    /// Takes the next 16 bits of `high`.
    static HWY_INLINE void unpackGroup(U points, Bits& high, F d, std::size_t group, Chunk& chunk)
    {
        Bits low{points};
        const U down = hn::Mul(bits(hn::ShiftRight<15>(high.rest), 1), hn::Set(DU(), kShiftsDown));
        for (std::size_t k = 0; k < 4; ++k) {
            const U index = hn::Or(low.take<8>(), hn::ShiftLeft<8>(high.take<3>()));
            storeEight(chunk, 4 * group + k, hn::Or(pointsAt(kNibblesIQ1, index), down), kLevelBytesIQ1);
        }
        storeScale(chunk, group, halfSteps(d, high.take<3>()));
        high.take<1>();
    }
};

template <>
struct Unpack<kIQ1_M> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U tail[4], high[4];
        transpose(rows.at(40), tail);  // ends with the scales
        transpose(rows.at(32), high);
        unpackScales(tail[2], tail[3], chunk);
        for (std::size_t piece = 0; piece < 2; ++piece) {
            U low[4];
            transpose(rows.at(16 * piece), low);
            for (std::size_t i = 0; i < 2; ++i) {
                Bits word{high[2 * piece + i]};
                unpackFour(low[2 * i], word, 4 * piece + 2 * i, chunk);
                unpackFour(low[2 * i + 1], word, 4 * piece + 2 * i + 1, chunk);
            }
        }
    }

private:
    /// Takes the next four nibbles of `high`.
    static HWY_INLINE void unpackFour(U points, Bits& high, std::size_t four, Chunk& chunk)
    {
        Bits low{points};
        for (std::size_t k = 0; k < 4; ++k) {
            const U index = hn::Or(low.take<8>(), hn::ShiftLeft<8>(high.take<3>()));
            const U down = hn::Mul(high.take<1>(), hn::Set(DU(), kShiftsDown));
            storeEight(chunk, 4 * four + k, hn::Or(pointsAt(kNibblesIQ1, index), down), kLevelBytesIQ1);
        }
    }

    /// Four words of 16 bits: four scales of three bits, and above them a nibble of d.
    static HWY_INLINE void unpackScales(U first, U second, Chunk& chunk)
    {
        const U lower = hn::Or(bits(hn::ShiftRight<12>(first), 15), bits(hn::ShiftRight<24>(first), 0xf0));
        const U upper = hn::Or(bits(hn::ShiftRight<4>(second), 0xf00), bits(hn::ShiftRight<16>(second), 0xf000));
        const F d = hn::Mul(lowHalf(hn::Or(lower, upper)), hn::Set(DF(), 0.25f));
        const U words[4] = {first, hn::ShiftRight<16>(first), second, hn::ShiftRight<16>(second)};
        for (std::size_t i = 0; i < 4; ++i) {
            Bits scales{words[i]};
            for (std::size_t g = 0; g < 4; ++g)
                storeScale(chunk, 4 * i + g, halfSteps(d, scales.take<3>()));
        }
    }
};

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
