// SPDX-License-Identifier: Apache-2.0
#include "core/infer/scaled_bytes.h"

#include "core/quant/half.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/infer/scaled_bytes.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace halftone::infer {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = HWY_CAPPED(float, 16);
using Halves = hn::Rebind<hwy::float16_t, Floats>;
using Ints = hn::Rebind<std::int32_t, Floats>;
using Bytes = hn::Rebind<std::int8_t, Floats>;
using Vec = hn::Vec<Floats>;

HWY_INLINE Vec bytesAt(const std::int8_t* p)
{
    return hn::ConvertTo(Floats{}, hn::PromoteTo(Ints{}, hn::LoadU(Bytes{}, p)));
}

HWY_INLINE Vec halvesAt(const std::uint16_t* p)
{
    return hn::PromoteTo(Floats{}, hn::LoadU(Halves{}, reinterpret_cast<const hwy::float16_t*>(p)));
}

void widenColumnsKernel(const std::int8_t* levels, const std::uint16_t* scales, std::size_t rows, std::size_t columns, float* out)
{
    for (std::size_t first = 0; first < rows; first += kScaledBlock, scales += columns) {
        const std::size_t end = std::min(rows, first + kScaledBlock);
        for (std::size_t c = 0; c < columns; c += hn::Lanes(Floats{})) {
            const Vec scale = halvesAt(scales + c);
            for (std::size_t at = first * columns + c; at < end * columns; at += columns)
                hn::StoreU(hn::Mul(bytesAt(levels + at), scale), Floats{}, out + at);
        }
    }
}

void widenBlocksKernel(const std::int8_t* levels, const std::uint16_t* scales, std::size_t count, float* out)
{
    for (std::size_t first = 0; first < count; first += kScaledBlock, ++scales) {
        const Vec scale = hn::Set(Floats{}, quant::halfToFloat(*scales));
        for (std::size_t i = first; i < std::min(count, first + kScaledBlock); i += hn::Lanes(Floats{}))
            hn::StoreU(hn::Mul(bytesAt(levels + i), scale), Floats{}, out + i);
    }
}

}  // namespace HWY_NAMESPACE
}  // namespace halftone::infer
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::infer {

HWY_EXPORT(widenColumnsKernel);
HWY_EXPORT(widenBlocksKernel);

void widenColumns(std::span<const std::int8_t> levels, std::span<const std::uint16_t> scales, std::size_t columns, std::span<float> out)
{
    HWY_DYNAMIC_DISPATCH(widenColumnsKernel)(levels.data(), scales.data(), levels.size() / columns, columns, out.data());
}

void widenBlocks(std::span<const std::int8_t> levels, std::span<const std::uint16_t> scales, std::span<float> out)
{
    HWY_DYNAMIC_DISPATCH(widenBlocksKernel)(levels.data(), scales.data(), levels.size(), out.data());
}

}  // namespace halftone::infer
#endif
