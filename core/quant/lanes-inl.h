// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set: what the searches in SIMD lanes share.
#if defined(HALFTONE_LANES_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_LANES_INL_H
#undef HALFTONE_LANES_INL_H
#else
#define HALFTONE_LANES_INL_H
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Sixteen lanes where the processor has them.
using Tag = hn::CappedTag<float, 16>;
using IntTag = hn::RebindToSigned<Tag>;
using Floats = hn::Vec<Tag>;
using Ints = hn::Vec<IntTag>;

/// nearest of rounding.h; wraps beyond +-2^22 as that does.
HWY_INLINE Ints nearestInt(Floats value)
{
    const Tag d;
    const IntTag di;
    const auto bits = hn::And(hn::BitCast(di, hn::Add(value, hn::Set(d, 12582912.0f))), hn::Set(di, 0x007fffff));
    return hn::Sub(bits, hn::Set(di, 0x00400000));
}

HWY_INLINE Ints nearestIn(Floats value, int low, int high)
{
    return hn::Min(hn::Max(nearestInt(value), hn::Set(IntTag(), low)), hn::Set(IntTag(), high));
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
