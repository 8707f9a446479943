// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): rows of nibbles that name levels, of bits and of trits, to tiles.
#if defined(HALFTONE_TILE_LEVELS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_TILE_LEVELS_INL_H
#undef HALFTONE_TILE_LEVELS_INL_H
#else
#define HALFTONE_TILE_LEVELS_INL_H
#endif

#include "core/infer/tile_unpack-inl.h"
#include "core/quant/level_search.h"
#include "core/quant/small_floats.h"

#include <hwy/highway.h>

#include <array>

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Levels as the bytes that dot products take.
constexpr std::array<std::uint8_t, 16> levelBytes(const std::array<float, 16>& levels)
{
    std::array<std::uint8_t, 16> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = std::uint8_t(int(levels[i]) + (kOffsetBytes ? 128 : 0));
    return bytes;
}
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesIQ4 = levelBytes(quant::kLevelsIQ4);
alignas(16) inline constexpr std::array<std::uint8_t, 16> kLevelBytesE2M1 = levelBytes(quant::kLevelsE2M1);

/// What the low nibble of each byte names.
HWY_INLINE U lookUpLevels(const std::array<std::uint8_t, 16>& levels, U nibbles)
{
    const hn::Repartition<std::uint8_t, DU> d8;
    const auto table = hn::LoadDup128(d8, levels.data());
    return hn::BitCast(DU(), hn::TableLookupBytes(table, hn::BitCast(d8, bits(nibbles, 0x0f0f0f0fu))));
}

/// 32 weights: low nibbles 0..15, high nibbles 16..31.
template <class Target>
HWY_INLINE void unpackLevels(Rows rows, const std::array<std::uint8_t, 16>& levels, std::size_t group, Target& target)
{
    U v[4];
    transpose(rows, v);
    for (std::size_t i = 0; i < 4; ++i)
        storeCodes(target, group * 8 + i, lookUpLevels(levels, v[i]));
    for (std::size_t i = 0; i < 4; ++i)
        storeCodes(target, group * 8 + 4 + i, lookUpLevels(levels, hn::ShiftRight<4>(v[i])));
}

template <>
struct Unpack<kIQ4_NL> {
    template <class Target>
    static HWY_INLINE void block(Rows rows, std::size_t group, Target& target)
    {
        U head[4];
        transpose(rows, head);
        storeScale(target, group, lowHalf(head[0]));
        unpackLevels(rows.at(2), kLevelBytesIQ4, group, target);
    }
};

template <>
struct Unpack<kIQ4_XS> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U head[4];
        transpose(rows, head);
        const F d = lowHalf(head[0]);
        U low = head[1], high = hn::ShiftRight<12>(head[0]);  // the upper bits of scale 0 at bits 4 and 5
        for (std::size_t g = 0; g < 8; ++g) {
            const U scale = hn::Or(bits(low, 15), bits(high, 48));
            const F value = hn::Sub(hn::ConvertTo(DF(), hn::BitCast(DI(), scale)), hn::Set(DF(), 32.0f));
            storeScale(chunk, g, hn::Mul(d, value));
            low = hn::ShiftRight<4>(low);
            high = hn::ShiftRight<2>(high);
            unpackLevels(rows.at(8 + 16 * g), kLevelBytesIQ4, g, chunk);
        }
    }
};

template <>
struct Unpack<kMXFP4> {
    template <class Target>
    static HWY_INLINE void block(Rows rows, std::size_t group, Target& target)
    {
        U head[4];
        transpose(rows, head);
        storeScale(target, group, halfOfExponent(bits(head[0], 255)));
        unpackLevels(rows.at(1), kLevelBytesE2M1, group, target);
    }

private:
    /// As quant::halfOfE8M0: 2^(e - 128), of which the smallest two are subnormal.
    static HWY_INLINE F halfOfExponent(U e)
    {
        const DU d;
        const U normal = hn::ShiftLeft<23>(hn::Sub(e, hn::Set(d, 1)));
        const U subnormal = hn::ShiftLeft<21>(hn::Add(e, hn::Set(d, 1)));
        const auto isNormal = hn::RebindMask(d, hn::Gt(hn::BitCast(DI(), e), hn::Set(DI(), 1)));
        return hn::BitCast(DF(), hn::IfThenElse(isNormal, normal, subnormal));
    }
};

template <>
struct Unpack<kNVFP4> {
    static HWY_INLINE void block(Rows rows, std::size_t index, Chunk& chunk)
    {
        U head[4], v[4];
        transpose(rows, head);
        for (std::size_t g = 0; g < 4; ++g) {
            storeScale(chunk, index * 4 + g, halfOfE4M3(bits(head[0], 255)));
            head[0] = hn::ShiftRight<8>(head[0]);
        }
        for (std::size_t pair = 0; pair < 2; ++pair) {
            transpose(rows.at(4 + 16 * pair), v);
            for (std::size_t g = 0; g < 2; ++g)
                unpackGroup(v[2 * g], v[2 * g + 1], index * 4 + pair * 2 + g, chunk);
        }
    }

private:
    /// 16 weights: low nibbles 0..7, high nibbles 8..15.
    static HWY_INLINE void unpackGroup(U first, U second, std::size_t group, Chunk& chunk)
    {
        storeCodes(chunk, group * 4, lookUpLevels(kLevelBytesE2M1, first));
        storeCodes(chunk, group * 4 + 1, lookUpLevels(kLevelBytesE2M1, second));
        storeCodes(chunk, group * 4 + 2, lookUpLevels(kLevelBytesE2M1, hn::ShiftRight<4>(first)));
        storeCodes(chunk, group * 4 + 3, lookUpLevels(kLevelBytesE2M1, hn::ShiftRight<4>(second)));
    }

    /// As quant::halfOfE4M3. Subnormal numbers are multiples of 2^-10.
    static HWY_INLINE F halfOfE4M3(U e)
    {
        const U magnitude = bits(e, 0x7f);
        const F normal = hn::BitCast(DF(), hn::Add(hn::ShiftLeft<20>(magnitude), hn::Set(DU(), 119u << 23)));
        const F subnormal = hn::Mul(hn::ConvertTo(DF(), hn::BitCast(DI(), magnitude)), hn::Set(DF(), 0x1p-10f));
        const auto isSubnormal = hn::RebindMask(DF(), hn::Lt(hn::BitCast(DI(), magnitude), hn::Set(DI(), 8)));
        const auto isNone = hn::RebindMask(DF(), hn::Eq(e, hn::Set(DU(), 0x7f)));
        return hn::IfThenElse(isNone, hn::Zero(DF()), hn::IfThenElse(isSubnormal, subnormal, normal));
    }
};

template <>
struct Unpack<kQ1_0> {
    static HWY_INLINE void block(Rows rows, std::size_t index, Chunk& chunk)
    {
        U head[4], signs[4];
        transpose(rows, head);
        transpose(rows.at(2), signs);
        for (std::size_t g = 0; g < 4; ++g) {
            storeScale(chunk, index * 4 + g, lowHalf(head[0]));
            for (std::size_t i = 0; i < 8; ++i) {
                storeCodes(chunk, (index * 4 + g) * 8 + i, hn::ShiftLeft<1>(spreadBits(signs[g])));
                signs[g] = hn::ShiftRight<4>(signs[g]);
            }
        }
    }
};

template <>
struct Unpack<kQ2_0> {
    static HWY_INLINE void block(Rows rows, std::size_t index, Chunk& chunk)
    {
        U head[4], v[4];
        transpose(rows, head);
        transpose(rows.at(2), v);
        storeScale(chunk, index * 2, lowHalf(head[0]));
        storeScale(chunk, index * 2 + 1, lowHalf(head[0]));
        for (std::size_t i = 0; i < 16; ++i) {
            storeCodes(chunk, index * 16 + i, spreadPairs(v[i / 4]));
            v[i / 4] = hn::ShiftRight<8>(v[i / 4]);
        }
    }

private:
    /// Bits 0..7 of each lane to the lowest two of its bytes.
    static HWY_INLINE U spreadPairs(U v)
    {
        const U low = bits(v, 255);
        const U nibbles = bits(hn::Or(low, hn::ShiftLeft<12>(low)), 0x000f000fu);
        return bits(hn::Or(nibbles, hn::ShiftLeft<6>(nibbles)), 0x03030303u);
    }
};

/// One scale for all 256 weights.
HWY_INLINE void repeatScale(Chunk& chunk, F scale)
{
    for (std::size_t g = 0; g < 8; ++g)
        storeScale(chunk, g, scale);
}

template <>
struct Unpack<kTQ1_0> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U v[4];
        for (std::size_t piece = 0; piece < 2; ++piece) {
            transpose(rows.at(16 * piece), v);
            for (std::size_t i = 0; i < 4; ++i)
                unpackTrits(v[i], 5, piece * 4 + i, 8, chunk);
        }
        transpose(rows.at(32), v);
        for (std::size_t i = 0; i < 4; ++i)
            unpackTrits(v[i], 5, 40 + i, 4, chunk);
        transpose(rows.at(38), v);  // ends with four bytes of trits and the scale
        repeatScale(chunk, highHalf(v[3]));
        unpackTrits(hn::Or(hn::ShiftRight<16>(v[2]), hn::ShiftLeft<16>(v[3])), 4, 60, 1, chunk);
    }

private:
    /// Three times a byte has its first trit above the eight bits, which hold the rest.
    static HWY_INLINE void unpackTrits(U bytes, std::size_t trits, std::size_t index, std::size_t step, Chunk& chunk)
    {
        constexpr std::uint32_t kEven = 0x00ff00ffu;
        U even = bits(bytes, kEven), odd = bits(hn::ShiftRight<8>(bytes), kEven);
        for (std::size_t k = 0; k < trits; ++k) {
            even = hn::Add(even, hn::Add(even, even));
            odd = hn::Add(odd, hn::Add(odd, odd));
            storeCodes(chunk, index + k * step, hn::Or(bits(hn::ShiftRight<8>(even), kEven), bits(odd, 0xff00ff00u)));
            even = bits(even, kEven);
            odd = bits(odd, kEven);
        }
    }
};

template <>
struct Unpack<kTQ2_0> {
    static HWY_INLINE void block(Rows rows, std::size_t, Chunk& chunk)
    {
        U v[4];
        transpose(rows.at(50), v);  // ends with the scale
        repeatScale(chunk, highHalf(v[3]));
        for (std::size_t piece = 0; piece < 4; ++piece) {
            transpose(rows.at(16 * piece), v);
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

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
