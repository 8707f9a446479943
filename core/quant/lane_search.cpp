// SPDX-License-Identifier: Apache-2.0
// The searches that try many scales.
#include "core/quant/lane_search.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/lane_search.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/columns-inl.h"

#include <algorithm>
#include <iterator>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

HWY_INLINE Floats codeOf(Floats value, int least, int most)
{
    return hn::ConvertTo(Tag(), nearestIn(value, least, most));
}

/// codeOf for values that are known to be small: the sum with 1.5 * 2^23 has no bits left below one.
HWY_INLINE Floats smallCodeOf(Floats value, Floats least, Floats most)
{
    const auto magic = hn::Set(Tag(), 12582912.0f);
    return hn::Min(hn::Max(hn::Sub(hn::Add(value, magic), magic), least), most);
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

/// What the search over all lanes finds: codes are the nearest to inverse * (x - low), zeros where `inverse` is zero.
struct AffineFits {
    Floats scale, minimum, inverse, low;
};

template <bool absolute>
HWY_INLINE AffineFits searchColumns(const Columns& c, int most, const AffineSteps& steps)
{
    HWY_ALIGN float codes[kMostCodes * kLanes];
    const Tag d;
    const auto zero = hn::Zero(d);
    const auto top = hn::Set(d, float(most));
    const Extent e = extentOf(c);
    const auto flat = hn::Le(e.high, e.low);

    auto low = e.low;
    auto keptInverse = hn::Div(top, hn::Sub(e.high, low));  // the codes that win follow from these two
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
    return {hn::IfThenElse(flat, zero, scale), hn::Neg(hn::IfThenElse(flat, e.low, low)), hn::IfThenElse(flat, zero, keptInverse), keptLow};
}

/// offset + nearestIn(inverse * (x - low), least, most) along a block: the codes that a search has found.
template <class Code>
HWY_INLINE void storeCodes(const float* x, std::size_t length, float inverse, float low, int least, int most, int offset, Code* codes)
{
    const Tag d;
    const hn::Rebind<Code, Tag> dc;
    const std::size_t n = hn::Lanes(d);
    std::size_t i = 0;
    const auto codeOfVector = [&](Floats value) HWY_ATTR {
        const auto code = nearestIn(hn::Mul(hn::Set(d, inverse), hn::Sub(value, hn::Set(d, low))), least, most);
        return hn::DemoteTo(dc, hn::Add(code, hn::Set(IntTag(), offset)));
    };
    for (; i + n <= length; i += n)
        hn::StoreU(codeOfVector(hn::LoadU(d, x + i)), dc, codes + i);
    if (i == length)
        return;
    HWY_ALIGN float rest[kLanes] = {};
    HWY_ALIGN Code found[kLanes];
    std::copy(x + i, x + length, rest);
    hn::Store(codeOfVector(hn::Load(d, rest)), dc, found);
    std::copy_n(found, length - i, codes + i);
}

/// The fits of `count` candidate scales in one pass: their sums do not wait for each other.
template <std::size_t count>
HWY_INLINE void fitAt(const Columns& c, const Floats (&inverse)[count], int half, Fit (&fits)[count])
{
    const Tag d;
    const std::size_t n = hn::Lanes(d);
    const auto least = hn::Set(d, float(-half)), most = hn::Set(d, float(half - 1));
    for (Fit& fit : fits)
        fit = {hn::Zero(d), hn::Zero(d)};
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto x = hn::Load(d, c.x + i * n);
        const auto w = hn::Load(d, c.weights + i * n);
        const auto wx = hn::Mul(w, x);
        for (std::size_t k = 0; k < count; ++k) {
            const auto code =
                smallCodeOf(hn::Mul(inverse[k], x), least, most);  // no weight is larger than the one that the scale maps to the end
            fits[k].product = hn::Add(fits[k].product, hn::Mul(wx, code));
            fits[k].square = hn::Add(fits[k].square, hn::Mul(hn::Mul(w, code), code));
        }
    }
}

/// What the search over all lanes finds: codes are the nearest to inverse * x. Both are zero for empty blocks, whose codes are -half.
struct SymmetricFits {
    Floats scale, inverse;
};

HWY_INLINE SymmetricFits searchSymmetricColumns(const Columns& c, int half)
{
    const Tag d;
    const auto zero = hn::Zero(d);
    const auto top = signedLargest(c);
    const auto empty = hn::Lt(hn::Abs(top), hn::Set(d, kZeroBlock));
    auto kept = hn::Div(hn::Set(d, -float(half)), top);
    const Floats first[1] = {kept};
    Fit start[1];
    fitAt(c, first, half, start);
    auto scale = hn::IfThenElse(hn::Eq(start[0].square, zero), zero, hn::Div(start[0].product, start[0].square));  // NaN stays NaN
    auto best = hn::Mul(scale, start[0].product);
    constexpr int kAtOnce = 3, kSteps[] = {-9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (std::size_t at = 0; at < std::size(kSteps); at += kAtOnce) {
        Floats inverse[kAtOnce];
        Fit fits[kAtOnce];
        for (std::size_t k = 0; k < kAtOnce; ++k)
            inverse[k] = hn::Div(hn::Set(d, -(float(half) + 0.1f * float(kSteps[at + k]))), top);
        fitAt(c, inverse, half, fits);
        for (std::size_t k = 0; k < kAtOnce; ++k) {
            const Fit& fit = fits[k];
            const auto better = hn::And(hn::Gt(fit.square, zero), hn::Gt(hn::Mul(fit.product, fit.product), hn::Mul(best, fit.square)));
            kept = hn::IfThenElse(better, inverse[k], kept);
            scale = hn::IfThenElse(better, hn::Div(fit.product, fit.square), scale);
            best = hn::IfThenElse(better, hn::Mul(scale, fit.product), best);
        }
    }
    return {hn::IfThenElse(empty, zero, scale), hn::IfThenElse(empty, zero, kept)};
}

void searchSymmetricBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, int half, float* scales,
                           std::int8_t* codes)
{
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t begin = 0; begin < blocks; begin += n) {
        const std::size_t count = std::min(n, blocks - begin), at = begin * length;
        Columns c{};
        c.length = length;
        fillColumns(x + at, weights ? weights + at : nullptr, count, c);
        const SymmetricFits fits = searchSymmetricColumns(c, half);
        HWY_ALIGN float scale[kLanes], inverse[kLanes];
        hn::Store(fits.scale, Tag(), scale);
        hn::Store(fits.inverse, Tag(), inverse);
        std::copy_n(scale, count, scales + begin);
        for (std::size_t lane = 0; lane < count; ++lane) {
            std::int8_t* to = codes + at + lane * length;
            if (inverse[lane] == 0)
                std::fill_n(to, length, std::int8_t(0));
            else
                storeCodes(x + at + lane * length, length, inverse[lane], 0, -half, half - 1, half, to);
        }
    }
}

void searchAffineBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, const AffineSteps& steps,
                        float* scales, float* minimums, std::uint8_t* codes)
{
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t begin = 0; begin < blocks; begin += n) {
        const std::size_t count = std::min(n, blocks - begin), at = begin * length;
        Columns c{};
        c.length = length;
        fillColumns(x + at, weights + at, count, c);
        const AffineFits fits = steps.absolute ? searchColumns<true>(c, most, steps) : searchColumns<false>(c, most, steps);
        HWY_ALIGN float scale[kLanes], minimum[kLanes], inverse[kLanes], low[kLanes];
        hn::Store(fits.scale, Tag(), scale);
        hn::Store(fits.minimum, Tag(), minimum);
        hn::Store(fits.inverse, Tag(), inverse);
        hn::Store(fits.low, Tag(), low);
        std::copy_n(scale, count, scales + begin);
        std::copy_n(minimum, count, minimums + begin);
        for (std::size_t lane = 0; lane < count; ++lane)
            storeCodes(x + at + lane * length, length, inverse[lane], low[lane], 0, most, 0, codes + at + lane * length);
    }
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(searchAffineBlocks);
HWY_EXPORT(searchSymmetricBlocks);

void searchAffineLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, const AffineSteps& steps,
                       float* scales, float* minimums, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(searchAffineBlocks)(x, weights, blocks, length, most, steps, scales, minimums, codes);
}

void searchSymmetricLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int half, float* scales,
                          std::int8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(searchSymmetricBlocks)(x, weights, blocks, length, half, scales, codes);
}

}  // namespace halftone::quant
#endif
