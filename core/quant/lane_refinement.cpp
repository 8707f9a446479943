// SPDX-License-Identifier: Apache-2.0
// The searches that move single codes.
#include "core/quant/lane_search.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/lane_refinement.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/columns-inl.h"

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

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

HWY_EXPORT(searchPositiveBlocks);
HWY_EXPORT(refineSymmetricBlocks);

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
