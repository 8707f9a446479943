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

void codeParts(const float* x, const float* scales, const float* minimums, std::size_t parts, std::size_t length, int low, int high,
               int offset, unsigned char* codes)
{
    const Tag d;
    const hn::Rebind<std::uint8_t, Tag> db;
    for (std::size_t part = 0; part < parts; ++part, x += length, codes += length) {
        if (scales[part] == 0)
            continue;
        const auto scale = hn::Set(d, scales[part]), minimum = hn::Set(d, minimums ? minimums[part] : 0.0f);
        for (std::size_t i = 0; i < length; i += hn::Lanes(d)) {
            const auto value = hn::Div(hn::Add(hn::LoadU(d, x + i), minimum), scale);
            hn::StoreU(hn::DemoteTo(db, hn::Add(nearestIn(value, low, high), hn::Set(IntTag(), offset))), db, codes + i);
        }
    }
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(weighRow);
HWY_EXPORT(codeParts);

void weighByImportance(const float* x, const float* importance, float spread, std::size_t count, float* weights)
{
    HWY_DYNAMIC_DISPATCH(weighRow)(x, importance, spread, count, weights);
}

void chooseCodes(const float* x, const float* scales, const float* minimums, std::size_t parts, std::size_t length, int low, int high,
                 int offset, unsigned char* codes)
{
    HWY_DYNAMIC_DISPATCH(codeParts)(x, scales, minimums, parts, length, low, high, offset, codes);
}

}  // namespace halftone::quant
#endif
