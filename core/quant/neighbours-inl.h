// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set: the best of the points of a code book that are near a lattice point.
#if defined(HALFTONE_NEIGHBOURS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_NEIGHBOURS_INL_H
#undef HALFTONE_NEIGHBOURS_INL_H
#else
#define HALFTONE_NEIGHBOURS_INL_H
#endif

#include "core/quant/code_book.h"
#include "core/quant/lanes-inl.h"

#include <cstring>
#include <limits>

#if HWY_TARGET != HWY_SCALAR  // a table needs lanes
HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

/// Lane l holds entry l % count of a table, count being 4 or 8. With fewer lanes than entries the second half is on its own.
template <int entries>
struct Table {
    Floats low, high;

    static constexpr bool kHalves = hn::MaxLanes(Tag()) < std::size_t(entries);

    /// entry -> (weight * (entry - x)) * (entry - x), as the reference rounds it.
    HWY_INLINE Table errors(float x, float weight) const
    {
        const Tag d;
        const auto error = [&](Floats entry) {
            const auto difference = hn::Sub(entry, hn::Set(d, x));
            return hn::Mul(hn::Mul(hn::Set(d, weight), difference), difference);
        };
        return {error(low), kHalves ? error(high) : low};
    }
    HWY_INLINE Table scaled(Floats scale) const { return {hn::Mul(low, scale), kHalves ? hn::Mul(high, scale) : low}; }

    /// The entries that the lowest bits of each lane name.
    HWY_INLINE Floats at(hn::Vec<hn::RebindToUnsigned<Tag>> bits) const
    {
        const Tag d;
        const hn::RebindToUnsigned<Tag> du;
        constexpr std::uint32_t kLanes = hn::MaxLanes(d);
        const auto index = hn::IndicesFromVec(d, hn::And(bits, hn::Set(du, kLanes - 1)));
        const auto lowEntry = hn::TableLookupLanes(low, index);
        if constexpr (!kHalves)
            return lowEntry;
        const auto isHigh = hn::RebindMask(d, hn::TestBit(bits, hn::Set(du, kLanes)));
        return hn::IfThenElse(isHigh, hn::TableLookupLanes(high, index), lowEntry);
    }
};

template <int entries>
HWY_INLINE Table<entries> tableOf(const float (&values)[entries])
{
    HWY_ALIGN float lanes[16];
    for (std::size_t i = 0; i < 16; ++i)
        lanes[i] = values[i % entries];
    return {hn::Load(Tag(), lanes), hn::Load(Tag(), lanes + hn::Lanes(Tag()) % 16)};
}

/// The candidate with the least sum of weights[i] * (scaledLevels[level of i] - x[i])^2, the first of equal ones; the first of all where no
/// sum is a finite number. A candidate holds `count` levels of `bits` bits.
template <int count, int bits>
HWY_INLINE std::uint16_t bestNeighbour(std::span<const std::uint16_t> candidates, const float* x, const float* weights,
                                       const Table<1 << bits>& scaledLevels)
{
    const Tag d;
    const hn::RebindToUnsigned<Tag> du;
    const IntTag di;
    Table<1 << bits> errors[count];
    for (int i = 0; i < count; ++i)
        errors[i] = scaledLevels.errors(x[i], weights[i]);

    auto least = hn::Set(d, std::numeric_limits<float>::max());
    auto place = hn::Zero(di);
    for (std::size_t c = 0; c < candidates.size(); c += hn::Lanes(d)) {
        auto points = hn::PromoteTo(du, hn::LoadU(hn::Rebind<std::uint16_t, Tag>(), candidates.data() + c));
        auto sum = errors[0].at(points);
        for (int i = 1; i < count; ++i) {
            points = hn::ShiftRight<bits>(points);
            sum = hn::Add(sum, errors[i].at(points));
        }
        const auto better = hn::Lt(sum, least);
        least = hn::IfThenElse(better, sum, least);
        place = hn::IfThenElse(hn::RebindMask(di, better), hn::Iota(di, int(c)), place);
    }
    const auto isLeast = hn::RebindMask(di, hn::Eq(least, hn::MinOfLanes(d, least)));
    if (candidates.size() <= hn::Lanes(d)) {
        const auto lane = std::size_t(hn::FindFirstTrue(di, isLeast));
        return candidates[lane];
    }
    const auto first = hn::MinOfLanes(di, hn::IfThenElse(isLeast, place, hn::Set(di, std::numeric_limits<std::int32_t>::max())));
    return candidates[std::size_t(hn::GetLane(first))];
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif

#endif
