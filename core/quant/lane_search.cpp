// SPDX-License-Identifier: Apache-2.0
#include "core/quant/lane_search.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/lane_search.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Sub-blocks come in eights; wider vectors would stay half empty.
constexpr std::size_t kLanes = 8;
using Tag = hn::CappedTag<float, kLanes>;
using Floats = hn::Vec<Tag>;

/// Several blocks with weight i of all of them side by side.
struct Columns {
    HWY_ALIGN float x[kMostCodes * kLanes];
    HWY_ALIGN float weights[kMostCodes * kLanes];
    std::size_t length;
};

/// nearestIn of rounding.h, as floats; wraps beyond +-2^22 as that does.
HWY_INLINE Floats codeOf(Floats value, int least, int most)
{
    const Tag d;
    const hn::RebindToSigned<Tag> di;
    const auto bits = hn::And(hn::BitCast(di, hn::Add(value, hn::Set(d, 12582912.0f))), hn::Set(di, 0x007fffff));
    const auto code = hn::Sub(bits, hn::Set(di, 0x00400000));
    return hn::ConvertTo(d, hn::Min(hn::Max(code, hn::Set(di, least)), hn::Set(di, most)));
}

struct Extent {
    Floats low, high, sumW, sumX;
};

HWY_INLINE Extent extentOf(const Columns& c)
{
    const Tag d;
    const std::size_t n = hn::Lanes(d);
    const auto first = hn::Load(d, c.x);
    const auto firstWeight = hn::Load(d, c.weights);
    Extent e{first, first, firstWeight, hn::Mul(firstWeight, first)};
    for (std::size_t i = 1; i < c.length; ++i) {
        const auto x = hn::Load(d, c.x + i * n);
        const auto w = hn::Load(d, c.weights + i * n);
        e.low = hn::IfThenElse(hn::Lt(x, e.low), x, e.low);
        e.high = hn::IfThenElse(hn::Gt(x, e.high), x, e.high);
        e.sumW = hn::Add(e.sumW, w);
        e.sumX = hn::Add(e.sumX, hn::Mul(w, x));
    }
    e.low = hn::IfThenElse(hn::Gt(e.low, hn::Zero(d)), hn::Zero(d), e.low);
    return e;
}

template <bool absolute>
HWY_INLINE Floats errorOf(const Columns& c, const float* codes, Floats scale, Floats offset)
{
    const Tag d;
    const std::size_t n = hn::Lanes(d);
    auto error = hn::Zero(d);
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto fitted = hn::Add(hn::Mul(scale, hn::Load(d, codes + i * n)), offset);
        const auto difference = hn::Sub(fitted, hn::Load(d, c.x + i * n));
        const auto size = absolute ? hn::Abs(difference) : hn::Mul(difference, difference);
        error = hn::Add(error, hn::Mul(hn::Load(d, c.weights + i * n), size));
    }
    return error;
}

/// Weighted sums of the codes of one candidate.
struct CodeSums {
    Floats l, l2, xl;
};

HWY_INLINE CodeSums chooseCodes(const Columns& c, Floats inverse, Floats low, int most, float* codes)
{
    const Tag d;
    const std::size_t n = hn::Lanes(d);
    CodeSums sums{hn::Zero(d), hn::Zero(d), hn::Zero(d)};
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto x = hn::Load(d, c.x + i * n);
        const auto l = codeOf(hn::Mul(inverse, hn::Sub(x, low)), 0, most);
        const auto wl = hn::Mul(hn::Load(d, c.weights + i * n), l);
        hn::Store(l, d, codes + i * n);
        sums.l = hn::Add(sums.l, wl);
        sums.l2 = hn::Add(sums.l2, hn::Mul(wl, l));
        sums.xl = hn::Add(sums.xl, hn::Mul(wl, x));
    }
    return sums;
}

/// The search over all lanes. Leaves the codes, as floats, in `codes`.
template <bool absolute>
HWY_INLINE void searchColumns(const Columns& c, int most, const AffineSteps& steps, float* scales, float* minimums, float* codes)
{
    const Tag d;
    const auto zero = hn::Zero(d);
    const auto top = hn::Set(d, float(most));
    const Extent e = extentOf(c);
    const auto flat = hn::Le(e.high, e.low);

    auto low = e.low;
    auto keptInverse = hn::Div(top, hn::Sub(e.high, low));   // the codes that win follow from these two
    auto keptLow = low;
    auto scale = hn::Div(hn::Set(d, 1.0f), keptInverse);
    chooseCodes(c, keptInverse, low, most, codes);
    auto best = errorOf<absolute>(c, codes, scale, low);
    for (int step = 0; step <= steps.count; ++step) {
        const auto inverse = hn::Div(hn::Set(d, steps.first + steps.step * float(step) + float(most)), hn::Sub(e.high, low));
        const CodeSums sums = chooseCodes(c, inverse, low, most, codes);
        const auto determinant = hn::Sub(hn::Mul(e.sumW, sums.l2), hn::Mul(sums.l, sums.l));
        auto trialScale = hn::Div(hn::Sub(hn::Mul(e.sumW, sums.xl), hn::Mul(e.sumX, sums.l)), determinant);
        auto trialLow = hn::Div(hn::Sub(hn::Mul(sums.l2, e.sumX), hn::Mul(sums.l, sums.xl)), determinant);
        const auto above = hn::Gt(trialLow, zero);
        trialScale = hn::IfThenElse(above, hn::Div(sums.xl, sums.l2), trialScale);
        trialLow = hn::IfThenElse(above, zero, trialLow);
        const auto error = errorOf<absolute>(c, codes, trialScale, trialLow);
        const auto better = hn::And(hn::Gt(determinant, zero), hn::Lt(error, best));
        best = hn::IfThenElse(better, error, best);
        keptInverse = hn::IfThenElse(better, inverse, keptInverse);
        keptLow = hn::IfThenElse(better, low, keptLow);
        scale = hn::IfThenElse(better, trialScale, scale);
        low = hn::IfThenElse(better, trialLow, low);
    }
    chooseCodes(c, keptInverse, keptLow, most, codes);
    hn::StoreU(hn::IfThenElse(flat, zero, scale), d, scales);
    hn::StoreU(hn::Neg(hn::IfThenElse(flat, e.low, low)), d, minimums);
    const std::size_t n = hn::Lanes(d);
    for (std::size_t i = 0; i < c.length; ++i)
        hn::Store(hn::IfThenElse(flat, zero, hn::Load(d, codes + i * n)), d, codes + i * n);
}

/// Lane by lane, weight i of block `lane` comes to i * lanes + lane. Without `weights` they are the squares.
HWY_INLINE void fillColumns(const float* x, const float* weights, Columns& c)
{
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t lane = 0; lane < n; ++lane)
        for (std::size_t i = 0; i < c.length; ++i) {
            const float value = x[lane * c.length + i];
            c.x[i * n + lane] = value;
            c.weights[i * n + lane] = weights ? weights[lane * c.length + i] : value * value;
        }
}

/// The sums of a least-squares fit x ~ scale * code.
struct Fit {
    Floats product, square;
};

HWY_INLINE Fit fitAt(const Columns& c, Floats inverse, int half)
{
    const Tag d;
    const std::size_t n = hn::Lanes(d);
    Fit fit{hn::Zero(d), hn::Zero(d)};
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto x = hn::Load(d, c.x + i * n);
        const auto w = hn::Load(d, c.weights + i * n);
        const auto code = codeOf(hn::Mul(inverse, x), -half, half - 1);
        fit.product = hn::Add(fit.product, hn::Mul(hn::Mul(w, x), code));
        fit.square = hn::Add(fit.square, hn::Mul(hn::Mul(w, code), code));
    }
    return fit;
}

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

/// searchSymmetric over all lanes. Leaves the codes, as floats around zero, in `codes`; those of empty blocks are -half.
HWY_INLINE Floats searchSymmetricColumns(const Columns& c, int half, float* codes)
{
    const Tag d;
    const auto zero = hn::Zero(d);
    const auto top = signedLargest(c);
    const auto empty = hn::Lt(hn::Abs(top), hn::Set(d, kZeroBlock));
    auto kept = hn::Div(hn::Set(d, -float(half)), top);
    const Fit start = fitAt(c, kept, half);
    auto scale = hn::IfThenElse(hn::Eq(start.square, zero), zero, hn::Div(start.product, start.square));   // NaN stays NaN
    auto best = hn::Mul(scale, start.product);
    for (int step = -9; step <= 9; ++step) {
        if (step == 0)
            continue;
        const auto inverse = hn::Div(hn::Set(d, -(float(half) + 0.1f * float(step))), top);
        const Fit fit = fitAt(c, inverse, half);
        const auto better = hn::And(hn::Gt(fit.square, zero), hn::Gt(hn::Mul(fit.product, fit.product), hn::Mul(best, fit.square)));
        kept = hn::IfThenElse(better, inverse, kept);
        scale = hn::IfThenElse(better, hn::Div(fit.product, fit.square), scale);
        best = hn::IfThenElse(better, hn::Mul(scale, fit.product), best);
    }
    const std::size_t n = hn::Lanes(d);
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto code = codeOf(hn::Mul(kept, hn::Load(d, c.x + i * n)), -half, half - 1);
        hn::Store(hn::IfThenElse(empty, hn::Set(d, -float(half)), code), d, codes + i * n);
    }
    return hn::IfThenElse(empty, zero, scale);
}

void searchSymmetricBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes)
{
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t begin = 0; begin < blocks; begin += n) {
        Columns c{};
        c.length = length;
        const std::size_t at = begin * length;
        fillColumns(x + at, weights ? weights + at : nullptr, c);
        HWY_ALIGN float found[kMostCodes * kLanes];
        hn::StoreU(searchSymmetricColumns(c, half, found), Tag(), scales + begin);
        for (std::size_t lane = 0; lane < n; ++lane)
            for (std::size_t i = 0; i < length; ++i)
                codes[at + lane * length + i] = std::int8_t(half + int(found[i * n + lane]));
    }
}

void searchAffineBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, const AffineSteps& steps, float* scales,
                  float* minimums, std::uint8_t* codes)
{
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t begin = 0; begin < blocks; begin += n) {
        Columns c{};
        c.length = length;
        HWY_ALIGN float found[kMostCodes * kLanes];
        const std::size_t at = begin * length;
        fillColumns(x + at, weights + at, c);
        if (steps.absolute)
            searchColumns<true>(c, most, steps, scales + begin, minimums + begin, found);
        else
            searchColumns<false>(c, most, steps, scales + begin, minimums + begin, found);
        for (std::size_t lane = 0; lane < n; ++lane)
            for (std::size_t i = 0; i < length; ++i)
                codes[at + lane * length + i] = std::uint8_t(found[i * n + lane]);
    }
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(searchAffineBlocks);
HWY_EXPORT(searchSymmetricBlocks);

void searchAffineLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, const AffineSteps& steps, float* scales,
                       float* minimums, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(searchAffineBlocks)(x, weights, blocks, length, most, steps, scales, minimums, codes);
}

void searchSymmetricLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(searchSymmetricBlocks)(x, weights, blocks, length, half, scales, codes);
}

}  // namespace halftone::quant
#endif
