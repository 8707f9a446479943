// SPDX-License-Identifier: Apache-2.0
// Included once for each instruction set: blocks side by side in SIMD lanes, weight i of all of them in one vector.
#if defined(HALFTONE_COLUMNS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef HALFTONE_COLUMNS_INL_H
#undef HALFTONE_COLUMNS_INL_H
#else
#define HALFTONE_COLUMNS_INL_H
#endif

#include "core/quant/lanes-inl.h"
#include "core/quant/scale_search.h"

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

constexpr std::size_t kLanes = 16;

/// Several blocks with weight i of all of them side by side.
struct Columns {
    HWY_ALIGN float x[kMostCodes * kLanes];
    HWY_ALIGN float weights[kMostCodes * kLanes];
    std::size_t length;
};

/// rows[lane * length + i] comes to columns[i * lanes + lane], for the first `count` lanes; four by four where there are as many.
HWY_INLINE void transpose(const float* rows, std::size_t count, std::size_t length, float* columns)
{
    const std::size_t n = hn::Lanes(Tag());
    std::size_t lane = 0;
#if HWY_TARGET != HWY_SCALAR
    const hn::FixedTag<float, 4> d;
    for (; n >= 4 && length % 4 == 0 && lane + 4 <= count; lane += 4)
        for (std::size_t i = 0; i < length; i += 4) {
            const float* from = rows + lane * length + i;
            const auto a = hn::LoadU(d, from), b = hn::LoadU(d, from + length), c = hn::LoadU(d, from + 2 * length),
                       e = hn::LoadU(d, from + 3 * length);
            const auto ac0 = hn::InterleaveLower(d, a, c), ac1 = hn::InterleaveUpper(d, a, c), be0 = hn::InterleaveLower(d, b, e),
                       be1 = hn::InterleaveUpper(d, b, e);
            float* to = columns + i * n + lane;
            hn::Store(hn::InterleaveLower(d, ac0, be0), d, to);
            hn::Store(hn::InterleaveUpper(d, ac0, be0), d, to + n);
            hn::Store(hn::InterleaveLower(d, ac1, be1), d, to + 2 * n);
            hn::Store(hn::InterleaveUpper(d, ac1, be1), d, to + 3 * n);
        }
#endif
    for (; lane < count; ++lane)
        for (std::size_t i = 0; i < length; ++i)
            columns[i * n + lane] = rows[lane * length + i];
}

/// Block `lane` to lane `lane`. Without `weights` they are the squares. Lanes beyond `count` stay zero.
HWY_INLINE void fillColumns(const float* x, const float* weights, std::size_t count, Columns& c)
{
    const Tag d;
    transpose(x, count, c.length, c.x);
    if (weights) {
        transpose(weights, count, c.length, c.weights);
        return;
    }
    for (std::size_t i = 0; i < c.length * hn::Lanes(d); i += hn::Lanes(d)) {
        const auto value = hn::Load(d, c.x + i);
        hn::Store(hn::Mul(value, value), d, c.weights + i);
    }
}

/// The sums of a least-squares fit x ~ scale * code.
struct Fit {
    Floats product, square;
};

/// Of each lane the first weight of the largest magnitude, with its sign.
HWY_INLINE Floats signedLargest(const Columns& c)
{
    const Tag d;
    const std::size_t n = hn::Lanes(d);
    auto magnitude = hn::Zero(d), value = hn::Zero(d);
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto x = hn::Load(d, c.x + i * n);
        const auto larger = hn::Gt(hn::Abs(x), magnitude);
        magnitude = hn::IfThenElse(larger, hn::Abs(x), magnitude);
        value = hn::IfThenElse(larger, x, value);
    }
    return value;
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
