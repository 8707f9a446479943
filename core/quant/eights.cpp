// SPDX-License-Identifier: Apache-2.0
#include "core/quant/eights.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/eights.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_SCALAR  // a table needs lanes

void unpackTwoBits(const Eights& eights, const float* table, float* out)
{
    unpackEights(eights, std::span<const float, 4>(table, 4), out);
}

void unpackThreeBits(const Eights& eights, const float* table, float* out)
{
    unpackEights(eights, std::span<const float, 8>(table, 8), out);
}

#else

using Tag = hn::CappedTag<float, 8>;
using WordTag = hn::RebindToUnsigned<Tag>;
using Floats = hn::Vec<Tag>;
using Words = hn::Vec<WordTag>;

/// A table of 2^bits floats in one vector, or where it has more entries than there are lanes in two.
template <int bits>
class Table {
public:
    HWY_INLINE explicit Table(const float* entries)
    {
        HWY_ALIGN float lanes[8];
        for (std::size_t i = 0; i < 8; ++i)
            lanes[i] = entries[i % kEntries];
        m_low = hn::Load(Tag(), lanes);
        m_high = hn::Load(Tag(), lanes + (kHalves ? kLanes : 0));
    }

    HWY_INLINE Floats at(Words index) const
    {
        const Tag d;
        const WordTag dw;
        const auto place = hn::IndicesFromVec(d, hn::And(index, hn::Set(dw, HWY_MIN(kEntries, kLanes) - 1)));
        const auto low = hn::TableLookupLanes(m_low, place);
        if constexpr (!kHalves)
            return low;
        const auto isHigh = hn::RebindMask(d, hn::TestBit(index, hn::Set(dw, kLanes)));
        return hn::IfThenElse(isHigh, hn::TableLookupLanes(m_high, place), low);
    }

private:
    static constexpr std::uint32_t kEntries = 1u << bits, kLanes = hn::MaxLanes(Tag());
    static constexpr bool kHalves = kLanes < kEntries;
    Floats m_low, m_high;
};

template <int bits>
HWY_INLINE void unpack(const Eights& eights, const float* entries, float* out)
{
    const Tag d;
    const WordTag dw;
    const Table<bits> table(entries);
    const auto all = hn::Set(dw, (1u << bits) - 1), top = hn::Set(dw, 31), sign = hn::Set(dw, 0x80000000u);
    for (std::uint32_t i = 0; i < 8; i += std::uint32_t(hn::Lanes(d))) {
        const auto weight = hn::Iota(dw, i);
        const auto twice = hn::Add(weight, weight);
        const auto first = bits == 2 ? twice : hn::Add(twice, weight);  // bit of each weight's level
        const auto toTop = hn::Sub(top, weight);
        for (std::size_t k = 0; k < 32; ++k) {
            const auto level = hn::Shr(hn::Set(dw, eights.levels[k]), first);
            const auto value = hn::Mul(hn::Set(d, eights.scale[k]), table.at(hn::And(level, all)));
            const auto turned = hn::And(hn::Shl(hn::Set(dw, eights.signs[k]), toTop), sign);
            hn::StoreU(hn::Xor(value, hn::BitCast(d, turned)), d, out + 8 * k + i);
        }
    }
}

void unpackTwoBits(const Eights& eights, const float* table, float* out)
{
    unpack<2>(eights, table, out);
}

void unpackThreeBits(const Eights& eights, const float* table, float* out)
{
    unpack<3>(eights, table, out);
}

#endif

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {
namespace {

template <std::size_t entries>
void unpackOneByOne(const Eights& eights, std::span<const float, entries> table, float* out)
{
    constexpr unsigned kBits = entries == 4 ? 2 : 3;
    for (unsigned k = 0; k < 32; ++k)
        for (unsigned i = 0; i < 8; ++i) {
            const float value = eights.scale[k] * table[(eights.levels[k] >> (kBits * i)) & (entries - 1)];
            out[8 * k + i] = (eights.signs[k] >> i) & 1 ? -value : value;
        }
}

}  // namespace

HWY_EXPORT(unpackTwoBits);
HWY_EXPORT(unpackThreeBits);

void unpackEights(const Eights& eights, std::span<const float, 4> table, float* out)
{
    unpackOneByOne(eights, table, out);
}

void unpackEights(const Eights& eights, std::span<const float, 8> table, float* out)
{
    unpackOneByOne(eights, table, out);
}

void unpackEightsLanes(const Eights& eights, std::span<const float, 4> table, float* out)
{
    HWY_DYNAMIC_DISPATCH(unpackTwoBits)(eights, table.data(), out);
}

void unpackEightsLanes(const Eights& eights, std::span<const float, 8> table, float* out)
{
    HWY_DYNAMIC_DISPATCH(unpackThreeBits)(eights, table.data(), out);
}

}  // namespace halftone::quant
#endif
