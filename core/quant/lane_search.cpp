// SPDX-License-Identifier: Apache-2.0
#include "core/quant/lane_search.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/lane_search.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/lanes-inl.h"

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

constexpr std::size_t kLanes = 16;

/// Several blocks with weight i of all of them side by side.
struct Columns {
    HWY_ALIGN float x[kMostCodes * kLanes];
    HWY_ALIGN float weights[kMostCodes * kLanes];
    std::size_t length;
};

HWY_INLINE Floats codeOf(Floats value, int least, int most)
{
    return hn::ConvertTo(Tag(), nearestIn(value, least, most));
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
    hn::Store(hn::IfThenElse(flat, zero, scale), d, scales);
    hn::Store(hn::Neg(hn::IfThenElse(flat, e.low, low)), d, minimums);
    const std::size_t n = hn::Lanes(d);
    for (std::size_t i = 0; i < c.length; ++i)
        hn::Store(hn::IfThenElse(flat, zero, hn::Load(d, codes + i * n)), d, codes + i * n);
}

/// Lane by lane, weight i of block `lane` comes to i * lanes + lane. Without `weights` they are the squares. Lanes beyond `count` stay zero.
HWY_INLINE void fillColumns(const float* x, const float* weights, std::size_t count, Columns& c)
{
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t lane = 0; lane < count; ++lane)
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
        const std::size_t count = std::min(n, blocks - begin), at = begin * length;
        Columns c{};
        c.length = length;
        fillColumns(x + at, weights ? weights + at : nullptr, count, c);
        HWY_ALIGN float found[kMostCodes * kLanes];
        HWY_ALIGN float foundScales[kLanes];
        hn::Store(searchSymmetricColumns(c, half, found), Tag(), foundScales);
        std::copy_n(foundScales, count, scales + begin);
        for (std::size_t lane = 0; lane < count; ++lane)
            for (std::size_t i = 0; i < length; ++i)
                codes[at + lane * length + i] = std::int8_t(half + int(found[i * n + lane]));
    }
}

void searchAffineBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, const AffineSteps& steps, float* scales,
                        float* minimums, std::uint8_t* codes)
{
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t begin = 0; begin < blocks; begin += n) {
        const std::size_t count = std::min(n, blocks - begin), at = begin * length;
        Columns c{};
        c.length = length;
        fillColumns(x + at, weights + at, count, c);
        HWY_ALIGN float found[kMostCodes * kLanes];
        HWY_ALIGN float foundScales[kLanes], foundMinimums[kLanes];
        if (steps.absolute)
            searchColumns<true>(c, most, steps, foundScales, foundMinimums, found);
        else
            searchColumns<false>(c, most, steps, foundScales, foundMinimums, found);
        std::copy_n(foundScales, count, scales + begin);
        std::copy_n(foundMinimums, count, minimums + begin);
        for (std::size_t lane = 0; lane < count; ++lane)
            for (std::size_t i = 0; i < length; ++i)
                codes[at + lane * length + i] = std::uint8_t(found[i * n + lane]);
    }
}

/// What is left of a scaled weight after rounding to a code of at most `most`, or to the byte that the code wraps to.
template <bool limited>
HWY_INLINE Floats positiveError(const Columns& c, Floats inverse, int most)
{
    const Tag d;
    const IntTag di;
    const std::size_t n = hn::Lanes(d);
    const auto scale = hn::Div(hn::Set(d, 1.0f), inverse);
    auto error = hn::Zero(d);
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto x = hn::Load(d, c.x + i * n);
        const auto rounded = nearestInt(hn::Mul(inverse, x));
        const auto code = limited ? hn::Min(rounded, hn::Set(di, most)) : hn::And(rounded, hn::Set(di, 255));
        const auto difference = hn::Sub(x, hn::Mul(scale, hn::ConvertTo(d, code)));
        error = hn::Add(error, hn::Mul(hn::Mul(hn::Load(d, c.weights + i * n), difference), difference));
    }
    return error;
}

/// Codes that a refinement may choose. Positive codes have no lower bound but are kept in a byte, which they wrap to.
struct PositiveCodes {
    int most;
    HWY_INLINE Ints nearestTo(Floats value) const { return hn::Min(nearestInt(value), hn::Set(IntTag(), most)); }
    HWY_INLINE Ints kept(Ints code) const { return hn::And(code, hn::Set(IntTag(), 255)); }
    static constexpr bool kNeedsOthers = true;   ///< a weight whose block has no other code is left alone
};

struct SymmetricCodes {
    int half;
    HWY_INLINE Ints nearestTo(Floats value) const { return nearestIn(value, -half, half - 1); }
    HWY_INLINE Ints kept(Ints code) const { return code; }
    static constexpr bool kNeedsOthers = false;
};

/// The first choice of codes for a scale, and the sums of its fit.
template <class Range>
HWY_INLINE Fit firstCodes(const Columns& c, Floats inverse, const Range& range, std::int32_t* codes)
{
    const Tag d;
    const std::size_t n = hn::Lanes(d);
    Fit fit{hn::Zero(d), hn::Zero(d)};
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto x = hn::Load(d, c.x + i * n), w = hn::Load(d, c.weights + i * n);
        const auto code = range.nearestTo(hn::Mul(inverse, x));
        const auto level = hn::ConvertTo(d, code);
        hn::Store(range.kept(code), IntTag(), codes + i * n);
        fit.product = hn::Add(fit.product, hn::Mul(hn::Mul(w, x), level));
        fit.square = hn::Add(fit.square, hn::Mul(hn::Mul(w, level), level));
    }
    return fit;
}

/// One round over the weights: each code moves where that improves the fit. False when none has moved in any lane.
template <class Range>
HWY_INLINE bool moveCodes(const Columns& c, const Range& range, Fit& fit, std::int32_t* codes)
{
    const Tag d;
    const IntTag di;
    const std::size_t n = hn::Lanes(d);
    const auto zero = hn::Zero(d);
    auto moved = hn::FirstN(d, 0);
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto x = hn::Load(d, c.x + i * n), w = hn::Load(d, c.weights + i * n), wx = hn::Mul(w, x);
        const auto old = hn::Load(di, codes + i * n);
        const auto level = hn::ConvertTo(d, old);
        auto product = hn::Sub(fit.product, hn::Mul(wx, level)), square = hn::Sub(fit.square, hn::Mul(hn::Mul(w, level), level));
        auto better = hn::Gt(product, zero);
        if constexpr (Range::kNeedsOthers)
            better = hn::And(better, hn::Gt(square, zero));
        const auto code = range.nearestTo(hn::Div(hn::Mul(x, square), product));
        better = hn::And(better, hn::RebindMask(d, hn::Ne(code, old)));
        const auto next = hn::ConvertTo(d, code);
        product = hn::Add(product, hn::Mul(wx, next));
        square = hn::Add(square, hn::Mul(hn::Mul(w, next), next));
        better = hn::And(better, hn::Gt(square, zero));
        better = hn::And(better, hn::Gt(hn::Mul(hn::Mul(product, product), fit.square), hn::Mul(hn::Mul(fit.product, fit.product), square)));
        hn::Store(hn::IfThenElse(hn::RebindMask(di, better), range.kept(code), old), di, codes + i * n);
        fit.product = hn::IfThenElse(better, product, fit.product);
        fit.square = hn::IfThenElse(better, square, fit.square);
        moved = hn::Or(moved, better);
    }
    return !hn::AllFalse(d, moved);
}

/// Five rounds at most. Leaves codes plus `offset`, in empty lanes zeros, and returns the scales.
template <class Range>
HWY_INLINE Floats refineCodes(const Columns& c, const Range& range, Floats inverse, hn::Mask<Tag> empty, int offset, std::int32_t* codes)
{
    const Tag d;
    const IntTag di;
    const std::size_t n = hn::Lanes(d);
    Fit fit = firstCodes(c, inverse, range, codes);
    for (int round = 0; round < 5 && moveCodes(c, range, fit, codes); ++round) {
    }
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto code = hn::Add(hn::Load(di, codes + i * n), hn::Set(di, offset));
        hn::Store(hn::IfThenZeroElse(hn::RebindMask(di, empty), code), di, codes + i * n);
    }
    return hn::IfThenElse(hn::And(hn::Not(empty), hn::Gt(fit.square, hn::Zero(d))), hn::Div(fit.product, fit.square), hn::Zero(d));
}

/// searchPositive over all lanes.
HWY_INLINE Floats searchPositiveColumns(const Columns& c, int most, std::int32_t* codes)
{
    const Tag d;
    const auto zero = hn::Zero(d);
    const std::size_t n = hn::Lanes(d);
    auto top = zero;
    for (std::size_t i = 0; i < c.length; ++i)
        top = hn::Max(top, hn::Load(d, c.x + i * n));
    const auto empty = hn::Lt(top, hn::Set(d, kZeroBlock));
    auto inverse = hn::Div(hn::Set(d, float(most)), top);
    auto best = positiveError<false>(c, inverse, most);
    for (int step = -4; step <= 4; ++step) {
        if (step == 0)
            continue;
        const auto trial = hn::Div(hn::Set(d, 0.1f * float(step) + float(most)), top);
        const auto error = positiveError<true>(c, trial, most);
        const auto better = hn::Lt(error, best);
        best = hn::IfThenElse(better, error, best);
        inverse = hn::IfThenElse(better, trial, inverse);
    }
    return refineCodes(c, PositiveCodes{most}, inverse, empty, 0, codes);
}

/// refineSymmetric over all lanes.
HWY_INLINE Floats refineSymmetricColumns(const Columns& c, int half, std::int32_t* codes)
{
    const Tag d;
    const auto top = signedLargest(c);
    const auto empty = hn::Lt(hn::Abs(top), hn::Set(d, kZeroBlock));
    return refineCodes(c, SymmetricCodes{half}, hn::Div(hn::Set(d, -float(half)), top), empty, half, codes);
}

/// Runs `search(columns, codes)` for as many blocks at a time as there are lanes; without `weights` they are squares.
template <class Code, class Search>
HWY_INLINE void forBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, float* scales, Code* codes, const Search& search)
{
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t begin = 0; begin < blocks; begin += n) {
        const std::size_t count = std::min(n, blocks - begin), at = begin * length;
        Columns c{};
        c.length = length;
        fillColumns(x + at, weights ? weights + at : nullptr, count, c);
        HWY_ALIGN std::int32_t found[kMostCodes * kLanes];
        HWY_ALIGN float foundScales[kLanes];
        hn::Store(search(c, found), Tag(), foundScales);
        std::copy_n(foundScales, count, scales + begin);
        for (std::size_t lane = 0; lane < count; ++lane)
            for (std::size_t i = 0; i < length; ++i)
                codes[at + lane * length + i] = Code(found[i * n + lane]);
    }
}

void searchPositiveBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, float* scales, std::uint8_t* codes)
{
    forBlocks(x, weights, blocks, length, scales, codes,
              [most](const Columns& c, std::int32_t* found) HWY_ATTR { return searchPositiveColumns(c, most, found); });
}

void refineSymmetricBlocks(const float* x, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes)
{
    forBlocks(x, nullptr, blocks, length, scales, codes,
              [half](const Columns& c, std::int32_t* found) HWY_ATTR { return refineSymmetricColumns(c, half, found); });
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(searchAffineBlocks);
HWY_EXPORT(searchSymmetricBlocks);
HWY_EXPORT(searchPositiveBlocks);
HWY_EXPORT(refineSymmetricBlocks);

void searchAffineLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, const AffineSteps& steps, float* scales,
                       float* minimums, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(searchAffineBlocks)(x, weights, blocks, length, most, steps, scales, minimums, codes);
}

void searchSymmetricLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(searchSymmetricBlocks)(x, weights, blocks, length, half, scales, codes);
}

void searchPositiveLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, float* scales, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(searchPositiveBlocks)(x, weights, blocks, length, most, scales, codes);
}

void refineSymmetricLanes(const float* x, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(refineSymmetricBlocks)(x, blocks, length, half, scales, codes);
}

}  // namespace halftone::quant
#endif
