// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/scan.h"

#include "core/inspect/binning.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/inspect/scan.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace halftone::inspect::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Whole vectors only; the rest is the caller's.
std::size_t momentsOfVectors(std::span<const float> weights, float pivot, Moments& out)
{
    const hn::ScalableTag<float> d;
    const hn::Repartition<double, decltype(d)> dd;
    const std::size_t lanes = hn::Lanes(d);
    const auto vPivot = hn::Set(d, pivot);
    const auto infinity = hn::Inf(d);
    const auto zero = hn::Zero(d);
    auto low = infinity;
    auto high = hn::Neg(infinity);
    auto s1 = hn::Zero(dd), s2 = hn::Zero(dd), s3 = hn::Zero(dd), s4 = hn::Zero(dd);
    std::size_t i = 0;
    for (; i + lanes <= weights.size(); i += lanes) {
        const auto w = hn::LoadU(d, weights.data() + i);
        const auto finite = hn::Lt(hn::Abs(w), infinity);
        const std::size_t count = hn::CountTrue(d, finite);
        out.count += count;
        out.nonFinite += lanes - count;
        out.zeros += hn::CountTrue(d, hn::Eq(w, zero));
        low = hn::Min(low, hn::IfThenElse(finite, w, infinity));
        high = hn::Max(high, hn::IfThenElse(finite, w, hn::Neg(infinity)));
        const auto x = hn::IfThenElseZero(finite, hn::Sub(w, vPivot));
        const auto add = [&](auto y) {
            const auto square = hn::Mul(y, y);
            s1 = hn::Add(s1, y);
            s2 = hn::Add(s2, square);
            s3 = hn::MulAdd(square, y, s3);
            s4 = hn::MulAdd(square, square, s4);
        };
#if HWY_TARGET == HWY_SCALAR
        add(hn::PromoteTo(dd, x));
#else
        const hn::Rebind<float, decltype(dd)> dHalf;
        add(hn::PromoteTo(dd, hn::LowerHalf(dHalf, x)));
        add(hn::PromoteTo(dd, hn::UpperHalf(dHalf, x)));
#endif
    }
    out.min = hn::GetLane(hn::MinOfLanes(d, low));
    out.max = hn::GetLane(hn::MaxOfLanes(d, high));
    out.sum1 = hn::GetLane(hn::SumOfLanes(dd, s1));
    out.sum2 = hn::GetLane(hn::SumOfLanes(dd, s2));
    out.sum3 = hn::GetLane(hn::SumOfLanes(dd, s3));
    out.sum4 = hn::GetLane(hn::SumOfLanes(dd, s4));
    return i;
}

/// Bin of each weight, or `bins` (one past the last) for one that is not finite. Returns the number beyond reach.
std::uint64_t binsOf(const float* weights, std::size_t count, float lowEnd, float scale, int bins, float centre, float reach, std::int32_t* out)
{
    const hn::ScalableTag<float> d;
    const hn::RebindToSigned<decltype(d)> di;
    const std::size_t lanes = hn::Lanes(d);
    const auto last = hn::Set(d, float(bins - 1));
    std::uint64_t beyond = 0;
    for (std::size_t i = 0; i < count; i += lanes) {
        const auto w = hn::LoadU(d, weights + i);
        const auto finite = hn::Lt(hn::Abs(w), hn::Inf(d));
        const auto at = hn::Min(hn::Max(hn::Mul(hn::Sub(w, hn::Set(d, lowEnd)), hn::Set(d, scale)), hn::Zero(d)), last);
        const auto index = hn::ConvertTo(di, hn::IfThenElse(finite, at, hn::Set(d, float(bins))));
        hn::StoreU(index, di, out + i);
        beyond += hn::CountTrue(d, hn::And(finite, hn::Gt(hn::Abs(hn::Sub(w, hn::Set(d, centre))), hn::Set(d, reach))));
    }
    return beyond;
}

}  // namespace halftone::inspect::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace halftone::inspect {

HWY_EXPORT(momentsOfVectors);
HWY_EXPORT(binsOf);

void Moments::merge(const Moments& other)
{
    if (other.count > 0) {
        min = count == 0 ? other.min : std::min(min, other.min);
        max = count == 0 ? other.max : std::max(max, other.max);
    }
    count += other.count;
    zeros += other.zeros;
    nonFinite += other.nonFinite;
    sum1 += other.sum1;
    sum2 += other.sum2;
    sum3 += other.sum3;
    sum4 += other.sum4;
}

Moments scanMoments(std::span<const float> weights, float pivot)
{
    Moments moments;
    std::size_t i = HWY_DYNAMIC_DISPATCH(momentsOfVectors)(weights, pivot, moments);
    for (; i < weights.size(); ++i) {
        const float w = weights[i];
        if (!std::isfinite(w)) {
            ++moments.nonFinite;
            continue;
        }
        const double x = w - pivot;
        moments.merge({1, w == 0 ? 1u : 0u, 0, w, w, x, x * x, x * x * x, x * x * x * x});
    }
    return moments;
}

std::uint64_t scanBins(std::span<const float> weights, const Binning& binning, float centre, float reach, std::span<std::uint64_t> counts)
{
    constexpr std::size_t kRun = 512;
    std::array<std::int32_t, kRun> index;
    std::array<float, kRun> tail;
    std::uint64_t beyond = 0;
    for (std::size_t begin = 0; begin < weights.size(); begin += kRun) {
        const std::size_t count = std::min(kRun, weights.size() - begin);
        const float* run = weights.data() + begin;
        if (count < kRun) {   // whole vectors: the rest of the run is filled with a value that is not counted
            tail.fill(std::numeric_limits<float>::quiet_NaN());
            std::copy_n(run, count, tail.begin());
            run = tail.data();
        }
        beyond += HWY_DYNAMIC_DISPATCH(binsOf)(run, kRun, binning.low(), binning.scale(), binning.bins(), centre, reach, index.data());
        for (std::size_t i = 0; i < count; ++i) {
            if (index[i] < binning.bins())
                ++counts[std::size_t(index[i])];
        }
    }
    return beyond;
}

}  // namespace halftone::inspect
#endif
