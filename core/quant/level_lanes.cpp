// SPDX-License-Identifier: Apache-2.0
#include "core/quant/level_lanes.h"

#include "core/quant/level_search.h"
#include "core/quant/scale_search.h"

#include <cmath>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/level_lanes.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

constexpr std::size_t kLength = 32, kCandidates = 16;

/// From here on level `code` is nearer than the one below.
constexpr float borderBelow(std::size_t code)
{
    return (kLevelsIQ4[code - 1] + kLevelsIQ4[code]) / 2;
}

HWY_INLINE Floats nearestLevelOf(Floats value)
{
    const Tag d;
    auto level = hn::Set(d, kLevelsIQ4[0]);
    for (std::size_t code = 1; code < kLevelsIQ4.size(); ++code)
        level = hn::IfThenElse(hn::Lt(value, hn::Set(d, borderBelow(code))), level, hn::Set(d, kLevelsIQ4[code]));
    return level;
}

/// The sums of a least-squares fit x ~ scale * level for each candidate.
struct Fits {
    HWY_ALIGN float product[kCandidates];
    HWY_ALIGN float square[kCandidates];
};

HWY_INLINE void fitCandidates(const float* x, const float* weights, const float* inverse, Fits& fits)
{
    const Tag d;
    for (std::size_t c = 0; c < kCandidates; c += hn::Lanes(d)) {
        const auto inverses = hn::Load(d, inverse + c);
        auto product = hn::Zero(d), square = hn::Zero(d);
        for (std::size_t i = 0; i < kLength; ++i) {
            const auto value = hn::Set(d, x[i]);
            const auto level = nearestLevelOf(hn::Mul(inverses, value));
            const auto weighted = hn::Mul(hn::Set(d, weights[i]), level);
            product = hn::Add(product, hn::Mul(weighted, value));
            square = hn::Add(square, hn::Mul(weighted, level));
        }
        hn::Store(product, d, fits.product + c);
        hn::Store(square, d, fits.square + c);
    }
}

/// The first weight of the largest magnitude, with its sign.
HWY_INLINE float signedLargest(const float* x)
{
    float value = 0;
    for (std::size_t i = 0; i < kLength; ++i)
        if (std::abs(x[i]) > std::abs(value))
            value = x[i];
    return value;
}

float searchScale(const float* x, const float* weights)
{
    const float top = signedLargest(x);
    if (std::abs(top) < kZeroBlock)
        return 0;
    HWY_ALIGN float inverse[kCandidates];
    inverse[0] = 1 / (-top / kLevelsIQ4[0]);
    for (int c = 1; c < int(kCandidates); ++c)
        inverse[c] = (float(c - 8) + kLevelsIQ4[0]) / top;
    Fits fits;
    fitCandidates(x, weights, inverse, fits);
    float scale = fits.square[0] > 0 ? fits.product[0] / fits.square[0] : 0.0f;
    float best = scale * fits.product[0];
    for (std::size_t c = 1; c < kCandidates; ++c)
        if (fits.square[c] > 0 && fits.product[c] * fits.product[c] > best * fits.square[c]) {
            scale = fits.product[c] / fits.square[c];
            best = scale * fits.product[c];
        }
    return scale;
}

void nearestCodes(const float* x, float inverse, std::uint8_t* codes)
{
    const Tag d;
    const IntTag di;
    for (std::size_t i = 0; i < kLength; i += hn::Lanes(d)) {
        const auto value = hn::Mul(hn::Set(d, inverse), hn::LoadU(d, x + i));
        auto code = hn::Set(di, int(kLevelsIQ4.size()) - 1);
        for (std::size_t c = 1; c < kLevelsIQ4.size(); ++c)  // a mask is -1
            code = hn::Add(code, hn::VecFromMask(di, hn::RebindMask(di, hn::Lt(value, hn::Set(d, borderBelow(c))))));
        hn::StoreU(hn::DemoteTo(hn::Rebind<std::uint8_t, Tag>(), code), hn::Rebind<std::uint8_t, Tag>(), codes + i);
    }
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(searchScale);
HWY_EXPORT(nearestCodes);

float searchLevelScaleLanes(const float* x, const float* weights)
{
    return HWY_DYNAMIC_DISPATCH(searchScale)(x, weights);
}

void nearestLevels(const float* x, float inverse, std::uint8_t* codes)
{
    HWY_DYNAMIC_DISPATCH(nearestCodes)(x, inverse, codes);
}

}  // namespace halftone::quant
#endif
