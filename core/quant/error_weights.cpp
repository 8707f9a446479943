// SPDX-License-Identifier: Apache-2.0
#include "core/quant/error_weights.h"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/error_weights.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

// A square root is correctly rounded everywhere, so the lanes hold what std::sqrt gives.
void weighRow(const float* x, const float* importance, float spread, std::size_t count, float* weights)
{
    const Tag d;
    std::size_t i = 0;
    for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
        const auto value = hn::LoadU(d, x + i);
        const auto root = hn::Sqrt(hn::Add(hn::Set(d, spread), hn::Mul(value, value)));
        hn::StoreU(hn::Mul(hn::LoadU(d, importance + i), root), d, weights + i);
    }
    for (; i < count; ++i)
        weights[i] = importance[i] * std::sqrt(spread + x[i] * x[i]);
}

void codeRow(const float* x, float scale, float minimum, int low, int high, int offset, std::size_t count, unsigned char* codes)
{
    const Tag d;
    const hn::Rebind<std::uint8_t, Tag> db;
    for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto value = hn::Div(hn::Add(hn::LoadU(d, x + i), hn::Set(d, minimum)), hn::Set(d, scale));
        hn::StoreU(hn::DemoteTo(db, hn::Add(nearestIn(value, low, high), hn::Set(IntTag(), offset))), db, codes + i);
    }
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(weighRow);
HWY_EXPORT(codeRow);

void weighByImportance(const float* x, const float* importance, float spread, std::size_t count, float* weights)
{
    HWY_DYNAMIC_DISPATCH(weighRow)(x, importance, spread, count, weights);
}

void chooseCodes(const float* x, float scale, float minimum, int low, int high, int offset, std::size_t count, unsigned char* codes)
{
    HWY_DYNAMIC_DISPATCH(codeRow)(x, scale, minimum, low, high, offset, count, codes);
}

}  // namespace halftone::quant
#endif
