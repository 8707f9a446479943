// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set (see matmul_kernels.cpp): points of code books and signs of a tile's rows.
#if defined(HALFTONE_POINT_LOOKUP_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_POINT_LOOKUP_INL_H
#undef HALFTONE_POINT_LOOKUP_INL_H
#else
#define HALFTONE_POINT_LOOKUP_INL_H
#endif

#include "core/infer/point_levels.h"
#include "core/infer/tile-inl.h"
#include "core/infer/tile_levels-inl.h"

#include <hwy/highway.h>

#include <array>

HWY_BEFORE_NAMESPACE();
namespace halftone::infer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

struct TwoPoints {
    U first, second;
};

#if HWY_TARGET == HWY_AVX3_DL

/// 32 entries of a table that lies in vectors, up to 1024 entries faster than gathering them.
template <std::size_t Points>
HWY_INLINE __m512i entriesAt(const std::uint16_t* table, __m512i index)
{
    if constexpr (Points == 64) {
        return _mm512_permutex2var_epi16(_mm512_load_si512(table), index, _mm512_load_si512(table + 32));
    } else {
        const __m512i low = entriesAt<Points / 2>(table, index), high = entriesAt<Points / 2>(table + Points / 2, index);
        return _mm512_mask_blend_epi16(_mm512_test_epi16_mask(index, _mm512_set1_epi16(Points / 2)), low, high);
    }
}

/// The four nibbles of a lane's low half to its bytes.
HWY_INLINE U spreadNibbles(U v)
{
    const U halves = hn::Or(bits(v, 0xff), hn::ShiftLeft<8>(bits(v, 0xff00)));
    return bits(hn::Or(halves, hn::ShiftLeft<4>(halves)), 0x0f0f0f0fu);
}

#endif

/// The points of two 16-bit indices in each lane, spread to bytes as in point_levels.h.
template <std::size_t Points>
HWY_INLINE TwoPoints pointsAt(const PointLevels<Points>& levels, U indices)
{
#if HWY_TARGET == HWY_AVX3_DL
    const U both{entriesAt<Points>(levels.nibbles.data(), indices.raw)};
    return {spreadNibbles(both), spreadNibbles(hn::ShiftRight<16>(both))};
#else
    const auto at = [&](U index) HWY_ATTR { return hn::GatherIndex(DU(), levels.bytes.data(), hn::BitCast(DI(), index)); };
    return {at(bits(indices, 0xffff)), at(hn::ShiftRight<16>(indices))};
#endif
}

/// Indices of points K and K + 2 of four: the lower eight bits of each from a byte of `low`, `Bits` more from `high`, where those of
/// the four are `Step` bits apart.
template <int K, int Bits, int Step>
HWY_INLINE U twoIndices(U low, U high)
{
    constexpr std::uint32_t kMask = (1u << Bits) - 1;
    const U bytes = bits(hn::ShiftRight<8 * K>(low), 0x00ff00ffu);
    if constexpr (Bits == 0)
        return bytes;
    else
        return hn::Or3(bytes, bits(hn::ShiftLeft<8 - K * Step>(high), kMask << 8),
                       bits(hn::ShiftLeft<24 - (K + 2) * Step>(high), kMask << 24));
}

/// Four points in their order.
struct FourPoints {
    U at[4];
};
template <int Bits, int Step, std::size_t Points>
HWY_INLINE FourPoints fourPoints(const PointLevels<Points>& levels, U low, U high)
{
    const TwoPoints even = pointsAt(levels, twoIndices<0, Bits, Step>(low, high)),
                    odd = pointsAt(levels, twoIndices<1, Bits, Step>(low, high));
    return {even.first, odd.first, even.second, odd.second};
}

/// Seven signs in each byte, and the eighth that makes the number of minus signs even.
HWY_INLINE U evenSigns(U sevens)
{
    constexpr std::uint8_t o = 0x80;  // where the four bits are odd in number
    alignas(16) static constexpr std::array<std::uint8_t, 16> kOdd = {0, o, o, 0, o, 0, 0, o, o, 0, 0, o, 0, o, o, 0};
    return hn::Or(sevens, lookUpLevels(kOdd, hn::Xor(sevens, bits(hn::ShiftRight<4>(sevens), 0x07070707u))));
}
/// The lower 28 bits as seven to a byte.
HWY_INLINE U spreadSevens(U v)
{
    return hn::Or(hn::Or(bits(v, 0x7f), bits(hn::ShiftLeft<1>(v), 0x7f00)),
                  hn::Or(bits(hn::ShiftLeft<2>(v), 0x7f0000), bits(hn::ShiftLeft<3>(v), 0x7f000000)));
}

/// The points of an IQ1 block, whose code book is too large for vectors.
template <int Step>
class PointsOfIQ1 {
public:
    /// The lower bits of four points, and the upper ones, `Step` bits apart.
    HWY_INLINE void set(std::size_t four, U low, U high)
    {
        hn::Store(twoIndices<0, 3, Step>(low, high), DU(), m_indices + 2 * four * kLanes);
        hn::Store(twoIndices<1, 3, Step>(low, high), DU(), m_indices + (2 * four + 1) * kLanes);
    }
    HWY_INLINE void lookUp() { lookUpPairs(kLevelsOfIQ1.bytes.data(), m_indices, 16, kLanes, m_points); }
    HWY_INLINE FourPoints at(std::size_t four) const
    {
        const auto load = [&](std::size_t i) HWY_ATTR { return hn::Load(DU(), m_points + (4 * four + i) * kLanes); };
        return {load(0), load(2), load(1), load(3)};
    }

private:
    alignas(64) std::uint32_t m_indices[16 * kLanes];
    alignas(64) std::uint32_t m_points[32 * kLanes];
};

}  // namespace halftone::infer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
