// SPDX-License-Identifier: Apache-2.0
#include "core/quant/lane_search.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/lane_search.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/lanes-inl.h"

#include <algorithm>
#include <iterator>

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

/// The sums of a least-squares fit x ~ scale * code.
struct Fit {
    Floats product, square;
};

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
    static constexpr bool kNeedsOthers = true;  ///< a weight whose block has no other code is left alone
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

/// Code i of each lane moves where that improves the fit. Says in which lanes it has.
template <class Range>
HWY_INLINE hn::Mask<Tag> moveCode(const Columns& c, std::size_t i, const Range& range, Fit& fit, std::int32_t* codes)
{
    const Tag d;
    const IntTag di;
    const std::size_t n = hn::Lanes(d);
    const auto zero = hn::Zero(d);
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
    return better;
}

/// Five rounds at most over the codes of `sets` independent column sets, side by side because each step waits for the one before. A
/// set that has settled is not changed by further rounds.
template <std::size_t sets, class Range>
HWY_INLINE void moveCodes(const Columns* c, const Range& range, Fit (&fits)[sets], std::int32_t (*codes)[kMostCodes * kLanes])
{
    const Tag d;
    for (int round = 0; round < 5; ++round) {
        auto moved = hn::FirstN(d, 0);
        for (std::size_t i = 0; i < c[0].length; ++i)
            for (std::size_t k = 0; k < sets; ++k)
                moved = hn::Or(moved, moveCode(c[k], i, range, fits[k], codes[k]));
        if (hn::AllFalse(d, moved))
            return;
    }
}

/// Leaves codes plus `offset`, in empty lanes zeros, and returns the scales.
HWY_INLINE Floats finishCodes(const Columns& c, const Fit& fit, hn::Mask<Tag> empty, int offset, std::int32_t* codes)
{
    const Tag d;
    const IntTag di;
    const std::size_t n = hn::Lanes(d);
    for (std::size_t i = 0; i < c.length; ++i) {
        const auto code = hn::Add(hn::Load(di, codes + i * n), hn::Set(di, offset));
        hn::Store(hn::IfThenZeroElse(hn::RebindMask(di, empty), code), di, codes + i * n);
    }
    return hn::IfThenElse(hn::And(hn::Not(empty), hn::Gt(fit.square, hn::Zero(d))), hn::Div(fit.product, fit.square), hn::Zero(d));
}

/// searchPositive over all lanes of one column set.
struct PositiveSearch {
    static constexpr std::size_t kSets = 1;
    int most;

    HWY_INLINE void operator()(const Columns* sets, std::int32_t (*codes)[kMostCodes * kLanes], Floats* scales) const
    {
        const Tag d;
        const Columns& c = sets[0];
        const std::size_t n = hn::Lanes(d);
        auto top = hn::Zero(d);
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
        const PositiveCodes range{most};
        Fit fits[1] = {firstCodes(c, inverse, range, codes[0])};
        moveCodes<1>(sets, range, fits, codes);
        scales[0] = finishCodes(c, fits[0], empty, 0, codes[0]);
    }
};

/// refineSymmetric over all lanes of two column sets.
struct SymmetricRefinement {
    static constexpr std::size_t kSets = 2;
    int half;

    HWY_INLINE void operator()(const Columns* sets, std::int32_t (*codes)[kMostCodes * kLanes], Floats* scales) const
    {
        const Tag d;
        const SymmetricCodes range{half};
        Fit fits[kSets];
        for (std::size_t k = 0; k < kSets; ++k)
            fits[k] = firstCodes(sets[k], hn::Div(hn::Set(d, -float(half)), signedLargest(sets[k])), range, codes[k]);
        moveCodes<kSets>(sets, range, fits, codes);
        for (std::size_t k = 0; k < kSets; ++k)
            scales[k] = finishCodes(sets[k], fits[k], hn::Lt(hn::Abs(signedLargest(sets[k])), hn::Set(d, kZeroBlock)), half, codes[k]);
    }
};

/// Runs a search for as many blocks at a time as its column sets have lanes; without `weights` they are squares.
template <class Code, class Search>
HWY_INLINE void forBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, float* scales, Code* codes,
                          const Search& search)
{
    constexpr std::size_t kSets = Search::kSets;
    const std::size_t n = hn::Lanes(Tag());
    for (std::size_t begin = 0; begin < blocks; begin += kSets * n) {
        Columns c[kSets]{};
        HWY_ALIGN std::int32_t found[kSets][kMostCodes * kLanes];
        Floats foundScales[kSets];
        for (std::size_t k = 0; k < kSets; ++k) {
            c[k].length = length;
            if (const std::size_t first = begin + k * n; first < blocks)
                fillColumns(x + first * length, weights ? weights + first * length : nullptr, std::min(n, blocks - first), c[k]);
        }
        search(c, found, foundScales);
        for (std::size_t k = 0; k < kSets && begin + k * n < blocks; ++k) {
            const std::size_t first = begin + k * n, count = std::min(n, blocks - first);
            HWY_ALIGN float stored[kLanes];
            hn::Store(foundScales[k], Tag(), stored);
            std::copy_n(stored, count, scales + first);
            for (std::size_t lane = 0; lane < count; ++lane)
                for (std::size_t i = 0; i < length; ++i)
                    codes[(first + lane) * length + i] = Code(found[k][i * n + lane]);
        }
    }
}

void searchPositiveBlocks(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, float* scales,
                          std::uint8_t* codes)
{
    forBlocks(x, weights, blocks, length, scales, codes, PositiveSearch{most});
}

void refineSymmetricBlocks(const float* x, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes)
{
    forBlocks(x, nullptr, blocks, length, scales, codes, SymmetricRefinement{half});
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(searchAffineBlocks);
HWY_EXPORT(searchSymmetricBlocks);
HWY_EXPORT(searchPositiveBlocks);
HWY_EXPORT(refineSymmetricBlocks);

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

void searchPositiveLanes(const float* x, const float* weights, std::size_t blocks, std::size_t length, int most, float* scales,
                         std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(searchPositiveBlocks)(x, weights, blocks, length, most, scales, codes);
}

void refineSymmetricLanes(const float* x, std::size_t blocks, std::size_t length, int half, float* scales, std::int8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(refineSymmetricBlocks)(x, blocks, length, half, scales, codes);
}

}  // namespace halftone::quant
#endif
