// SPDX-License-Identifier: Apache-2.0
#include "core/quant/legacy_rows.h"

#include "core/quant/blocks.h"
#include "core/quant/half.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/legacy_rows.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kBlock = 32;
using Floats = hn::CappedTag<float, 16>;
using Ints = hn::Rebind<std::int32_t, Floats>;
using Bytes = hn::Rebind<std::uint8_t, Floats>;

HWY_INLINE float inverseOf(float scale)
{
    return scale != 0 ? 1.0f / scale : 0.0f;
}

/// truncate of rounding.h: zero stands for its INT_MIN, whose lowest byte, the only one used, is zero too.
HWY_INLINE hn::Vec<Ints> truncated(hn::Vec<Floats> value)
{
    const Floats d;
    const auto fits = hn::Lt(hn::Abs(value), hn::Set(d, 2147483648.0f));
    return hn::ConvertTo(Ints(), hn::IfThenElseZero(fits, value));
}

/// As the scalar cast to a signed byte, which happens before the code is cut to the range.
HWY_INLINE hn::Vec<Ints> signedByte(hn::Vec<Ints> value)
{
    return hn::ShiftRight<24>(hn::ShiftLeft<24>(value));
}

HWY_INLINE float largestMagnitude(const float* x)
{
    const Floats d;
    auto most = hn::Zero(d);
    for (std::size_t i = 0; i < kBlock; i += hn::Lanes(d))
        most = hn::Max(most, hn::Abs(hn::LoadU(d, x + i)));
    return hn::GetLane(hn::MaxOfLanes(d, most));
}

struct Range {
    float low, high;
};

HWY_INLINE Range rangeOf(const float* x)
{
    const Floats d;
    auto low = hn::LoadU(d, x), high = low;
    for (std::size_t i = hn::Lanes(d); i < kBlock; i += hn::Lanes(d)) {
        low = hn::Min(low, hn::LoadU(d, x + i));
        high = hn::Max(high, hn::LoadU(d, x + i));
    }
    return {hn::GetLane(hn::MinOfLanes(d, low)), hn::GetLane(hn::MaxOfLanes(d, high))};
}

/// The first weight of the largest magnitude, with its sign.
HWY_INLINE float signedLargest(const float* x)
{
    const Range range = rangeOf(x);
    if (HWY_UNLIKELY(range.high == -range.low))  // which comes first?
        return range.high > 0 ? *std::find_if(x, x + kBlock, [&](float w) { return std::abs(w) == range.high; }) : 0.0f;
    return range.high > -range.low ? range.high : range.low;
}

/// min(most, (signed byte)(x * inverse + offset)) for x - low. A finite inverse maps no weight beyond the codes by more than rounding, so
/// most of the care is for blocks whose scale is so small that it has no inverse.
HWY_INLINE void roundCodes(const float* x, float low, float inverse, float offset, int most, std::uint8_t* codes)
{
    const Floats d;
    const bool finite = inverse >= -3e38f && inverse <= 3e38f;
    for (std::size_t i = 0; i < kBlock; i += hn::Lanes(d)) {
        const auto shifted = hn::Sub(hn::LoadU(d, x + i), hn::Set(d, low));
        const auto value = hn::Add(hn::Mul(shifted, hn::Set(d, inverse)), hn::Set(d, offset));
        auto code = hn::Zero(Ints());
        if (HWY_LIKELY(finite))
            code = hn::Min(hn::ConvertTo(Ints(), value), hn::Set(Ints(), most));
        else
            code = hn::And(hn::Min(signedByte(truncated(value)), hn::Set(Ints(), most)), hn::Set(Ints(), 255));
        hn::StoreU(hn::DemoteTo(Bytes(), code), Bytes(), codes + i);
    }
}

/// Byte i holds codes i (low) and i + 16.
HWY_INLINE void packNibbles(const std::uint8_t* codes, std::uint8_t* q)
{
    const hn::CappedTag<std::uint8_t, kBlock / 2> d;
    const auto lowBits = hn::Set(d, 15);
    for (std::size_t i = 0; i < kBlock / 2; i += hn::Lanes(d)) {
        auto high = hn::And(hn::LoadU(d, codes + kBlock / 2 + i), lowBits);
        for (int doubling = 0; doubling < 4; ++doubling)  // bytes cannot be shifted
            high = hn::Add(high, high);
        hn::StoreU(hn::Or(hn::And(hn::LoadU(d, codes + i), lowBits), high), d, q + i);
    }
}

/// Bit i is the fifth of code i.
HWY_INLINE void packHighBits(const std::uint8_t* codes, std::uint8_t* high)
{
    const hn::CappedTag<std::uint8_t, kBlock> d;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < kBlock; i += hn::Lanes(d)) {
        std::uint8_t part[8] = {};  // as much as StoreMaskBits may touch
        hn::StoreMaskBits(d, hn::TestBit(hn::LoadU(d, codes + i), hn::Set(d, 16)), part);
        for (std::size_t byte = 0; byte < (hn::Lanes(d) + 7) / 8; ++byte)
            bits |= std::uint32_t(part[byte]) << (i + 8 * byte);
    }
    for (std::size_t i = 0; i < 4; ++i)
        high[i] = std::uint8_t(bits >> (8 * i));
}

// Blocks are written where they go, field by field: a block put together on the stack would be read back before its parts have arrived
// there.

HWY_INLINE void storeHalf(float value, std::byte* out)
{
    const std::uint16_t half = floatToHalf(value);
    std::memcpy(out, &half, sizeof half);
}

template <class Block>
HWY_INLINE void packCodes(const std::uint8_t* codes, std::byte* out)
{
    packNibbles(codes, reinterpret_cast<std::uint8_t*>(out + offsetof(Block, q)));
    if constexpr (requires(Block block) { block.high; })
        packHighBits(codes, reinterpret_cast<std::uint8_t*>(out + offsetof(Block, high)));
}

template <class Block, int half>
HWY_INLINE void symmetricBlock(const float* x, std::byte* out)
{
    HWY_ALIGN std::uint8_t codes[kBlock];
    const float scale = signedLargest(x) / float(-half);
    roundCodes(x, 0, inverseOf(scale), float(half) + 0.5f, 2 * half - 1, codes);
    storeHalf(scale, out + offsetof(Block, d));
    packCodes<Block>(codes, out);
}

template <class Block, int most>
HWY_INLINE void affineBlock(const float* x, std::byte* out)
{
    auto [bottom, top] = rangeOf(x);
    if (bottom == 0)  // of zeros with either sign the first one counts, and its sign is written
        bottom = *std::find(x, x + kBlock, 0.0f);
    HWY_ALIGN std::uint8_t codes[kBlock];
    const float scale = top == bottom ? 0.0f : (top - bottom) / float(most);
    roundCodes(x, bottom, inverseOf(scale), 0.5f, most, codes);
    storeHalf(scale, out + offsetof(Block, d));
    storeHalf(bottom, out + offsetof(Block, m));
    packCodes<Block>(codes, out);
}

/// Half away from zero, as std::round.
HWY_INLINE void eightBitBlock(const float* x, std::byte* out)
{
    const Floats d;
    const float scale = largestMagnitude(x) / 127.0f;
    const auto inverse = hn::Set(d, inverseOf(scale));
    auto* codes = reinterpret_cast<std::uint8_t*>(out + offsetof(BlockQ8_0, q));
    for (std::size_t i = 0; i < kBlock; i += hn::Lanes(d)) {
        const auto value = hn::Mul(hn::LoadU(d, x + i), inverse);
        const auto whole = truncated(value);
        const auto rest = hn::Sub(value, hn::ConvertTo(d, whole));
        const auto size = hn::Abs(rest);  // one or more where the value did not fit
        const auto up = hn::And(hn::Ge(size, hn::Set(d, 0.5f)), hn::Lt(size, hn::Set(d, 1.0f)));
        const auto away = hn::VecFromMask(Ints(), hn::RebindMask(Ints(), up));  // -1 or 0
        const auto sign = hn::Or(hn::ShiftRight<31>(hn::BitCast(Ints(), value)), hn::Set(Ints(), 1));
        const auto code = hn::And(hn::Sub(whole, hn::Mul(away, sign)), hn::Set(Ints(), 255));
        hn::StoreU(hn::DemoteTo(Bytes(), code), Bytes(), codes + i);
    }
    storeHalf(scale, out + offsetof(BlockQ8_0, d));
}

template <class Block, auto writeBlock>
HWY_INLINE void roundRow(const float* x, std::size_t columns, std::byte* out)
{
    for (std::size_t b = 0; b < columns / kBlock; ++b)
        writeBlock(x + b * kBlock, out + b * sizeof(Block));
}

void rowQ4_0(const float* x, std::size_t columns, std::byte* out)
{
    roundRow<BlockQ4_0, symmetricBlock<BlockQ4_0, 8>>(x, columns, out);
}
void rowQ4_1(const float* x, std::size_t columns, std::byte* out)
{
    roundRow<BlockQ4_1, affineBlock<BlockQ4_1, 15>>(x, columns, out);
}
void rowQ5_0(const float* x, std::size_t columns, std::byte* out)
{
    roundRow<BlockQ5_0, symmetricBlock<BlockQ5_0, 16>>(x, columns, out);
}
void rowQ5_1(const float* x, std::size_t columns, std::byte* out)
{
    roundRow<BlockQ5_1, affineBlock<BlockQ5_1, 31>>(x, columns, out);
}
void rowQ8_0(const float* x, std::size_t columns, std::byte* out)
{
    roundRow<BlockQ8_0, eightBitBlock>(x, columns, out);
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(rowQ4_0);
HWY_EXPORT(rowQ4_1);
HWY_EXPORT(rowQ5_0);
HWY_EXPORT(rowQ5_1);
HWY_EXPORT(rowQ8_0);

void roundQ4_0(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowQ4_0)(x, columns, out);
}
void roundQ4_1(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowQ4_1)(x, columns, out);
}
void roundQ5_0(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowQ5_0)(x, columns, out);
}
void roundQ5_1(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowQ5_1)(x, columns, out);
}
void roundQ8_0(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowQ8_0)(x, columns, out);
}

}  // namespace halftone::quant
#endif
