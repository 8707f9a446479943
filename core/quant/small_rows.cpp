// SPDX-License-Identifier: Apache-2.0
#include "core/quant/small_rows.h"

#include "core/quant/block_io.h"
#include "core/quant/blocks.h"
#include "core/quant/half.h"
#include "core/quant/small_floats.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/small_rows.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/lanes-inl.h"

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

using CodeTag = hn::Rebind<std::uint8_t, Tag>;  ///< codes of a vector of weights
using ByteTag = hn::CappedTag<std::uint8_t, 16>;
using Bytes = hn::Vec<ByteTag>;

template <std::size_t count>
HWY_INLINE float largestMagnitude(const float* x)
{
    const Tag d;
    auto most = hn::Zero(d);
    for (std::size_t i = 0; i < count; i += hn::Lanes(d))
        most = hn::Max(most, hn::Abs(hn::LoadU(d, x + i)));
    return hn::GetLane(hn::MaxOfLanes(d, most));
}

/// Trits 0..2 of a super-block: x / top rounded half away from zero, plus one. What is no number, where the inverse of a tiny top
/// overflows, counts as zero.
HWY_INLINE float chooseTrits(const float* x, std::uint8_t* codes)
{
    const Tag d;
    const IntTag di;
    const float top = largestMagnitude<kSuperBlock>(x);
    const auto inverse = hn::Set(d, top > 0 ? 1.0f / top : 0.0f);
    const auto half = hn::Set(d, 0.5f), beyond = hn::Set(d, 2.0f);
    for (std::size_t i = 0; i < kSuperBlock; i += hn::Lanes(d)) {
        const auto value = hn::Mul(hn::LoadU(d, x + i), inverse);
        const auto size = hn::Abs(value);
        const auto away = hn::And(hn::Ge(size, half), hn::Lt(size, beyond));
        const auto sign = hn::Or(hn::ShiftRight<31>(hn::BitCast(di, value)), hn::Set(di, 1));
        const auto code = hn::Add(hn::IfThenElseZero(hn::RebindMask(di, away), sign), hn::Set(di, 1));
        hn::StoreU(hn::DemoteTo(CodeTag(), code), CodeTag(), codes + i);
    }
    return top;
}

/// sum over k of codes[k * stride] * base^(digits - 1 - k), sixteen bytes at a time.
template <int base>
HWY_INLINE Bytes number(const std::uint8_t* codes, std::size_t stride, std::size_t digits, bool lowestFirst)
{
    const ByteTag db;
    auto sum = hn::Zero(db);
    for (std::size_t k = 0; k < digits; ++k) {
        const auto twice = hn::Add(sum, sum);
        sum = hn::Add(base == 3 ? hn::Add(twice, sum) : hn::Add(twice, twice),
                      hn::LoadU(db, codes + (lowestFirst ? digits - 1 - k : k) * stride));
    }
    return sum;
}

/// ceil(256 n / 243) of n below 243, which is n + (13 n + 242) / 243; the division as a multiplication is exact for all of them.
HWY_INLINE void toFractionsOf243(std::uint8_t* numbers, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        numbers[i] = std::uint8_t(numbers[i] + (std::uint32_t(std::uint16_t(13 * numbers[i] + 242)) * 270u >> 16));
}

void rowTQ1_0(const float* x, std::size_t columns, std::byte* out)
{
    const ByteTag db;
    std::uint8_t codes[kSuperBlock + 16];
    for (std::size_t b = 0; b < columns / kSuperBlock; ++b) {
        BlockTQ1_0 block;
        block.d = floatToHalf(chooseTrits(x + b * kSuperBlock, codes));
        for (std::size_t i = 0; i < 32; i += hn::Lanes(db))
            hn::StoreU(number<3>(codes + i, 32, 5, false), db, block.q + i);
        for (std::size_t i = 0; i < 16; i += hn::Lanes(db))
            hn::StoreU(number<3>(codes + 160 + i, 16, 5, false), db, block.q + 32 + i);
        toFractionsOf243(block.q, sizeof block.q);
        for (std::size_t i = 0; i < 4; ++i) {  // four trits, moved up by one
            const std::uint8_t* c = codes + 240 + i;
            const unsigned n = (((c[0] * 3u + c[4]) * 3 + c[8]) * 3 + c[12]) * 3;
            block.high[i] = std::uint8_t((n * 256 + 242) / 243);
        }
        storeBlock(block, out, b);
    }
}

void rowTQ2_0(const float* x, std::size_t columns, std::byte* out)
{
    const ByteTag db;
    std::uint8_t codes[kSuperBlock];
    for (std::size_t b = 0; b < columns / kSuperBlock; ++b) {
        BlockTQ2_0 block;
        block.d = floatToHalf(chooseTrits(x + b * kSuperBlock, codes));
        for (std::size_t i = 0; i < 64; i += hn::Lanes(db))
            hn::StoreU(number<4>(codes + i / 32 * 128 + i % 32, 32, 4, true), db, block.q + i);
        storeBlock(block, out, b);
    }
}

/// Codes of E2M1 under a scale that is not zero. With no weight beyond the largest level by much, all differences are exact, so the first
/// of the nearest levels is the one between two borders; zero has no sign.
template <std::size_t count>
HWY_INLINE void chooseLevels(const float* x, float scale, std::uint8_t* codes)
{
    const Tag d;
    const IntTag di;
    constexpr float kBorders[] = {0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10};
    const auto above = [&](Floats size, int border) HWY_ATTR { return hn::Gt(size, hn::Set(d, kBorders[border] * scale)); };
    const auto either = [&](hn::Mask<Tag> upper, int ifAbove, int otherwise)
                            HWY_ATTR { return hn::IfThenElse(hn::RebindMask(di, upper), hn::Set(di, ifAbove), hn::Set(di, otherwise)); };
    for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
        const auto value = hn::LoadU(d, x + i);
        const auto size = hn::Abs(value);
        // Each pair of neighbours is told apart by one border, the pairs by the borders between them.
        const auto low = hn::IfThenElse(hn::RebindMask(di, above(size, 1)), either(above(size, 2), 3, 2), either(above(size, 0), 1, 0));
        const auto high = hn::IfThenElse(hn::RebindMask(di, above(size, 5)), either(above(size, 6), 7, 6), either(above(size, 4), 5, 4));
        auto code = hn::IfThenElse(hn::RebindMask(di, above(size, 3)), high, low);
        const auto sign = hn::And(hn::ShiftRight<31>(hn::BitCast(di, value)), hn::Set(di, 8));
        code = hn::IfThenElseZero(hn::RebindMask(di, above(size, 0)), hn::Or(code, sign));
        hn::StoreU(hn::DemoteTo(CodeTag(), code), CodeTag(), codes + i);
    }
}

template <std::size_t count>
HWY_INLINE void packNibbles(const std::uint8_t* codes, std::uint8_t* q)
{
    const hn::CappedTag<std::uint8_t, count / 2> db;
    for (std::size_t i = 0; i < count / 2; i += hn::Lanes(db)) {
        const auto high = hn::LoadU(db, codes + count / 2 + i);
        const auto times4 = hn::Add(hn::Add(high, high), hn::Add(high, high));
        hn::StoreU(hn::Or(hn::LoadU(db, codes + i), hn::Add(hn::Add(times4, times4), hn::Add(times4, times4))), db, q + i);
    }
}

#if HWY_TARGET != HWY_SCALAR  // a table needs lanes
/// Codes of E2M1 under a scale that is a normal power of two. In the bits of floats the borders between levels lie whole 2^21 above half
/// the scale: 0, 6, 9, 11, 13, 15, 17 of them, so the place among these steps tells the code; zero has no sign.
HWY_INLINE Ints codesUnder(const float* x, Ints halfScaleBits)
{
    const IntTag di;
    const hn::Repartition<std::uint8_t, IntTag> db;
    alignas(16) static constexpr std::uint8_t kCodes[16] = {1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7};  // of steps 3 to 18
    const auto bits = hn::BitCast(di, hn::LoadU(Tag(), x));
    const auto above = hn::Sub(hn::And(bits, hn::Set(di, 0x7fffffff)), halfScaleBits);
    const auto step = hn::ShiftRight<21>(hn::Add(above, hn::Set(di, (1 << 21) - 1)));  // rounded up: on a border the lower level is as near
    const auto place = hn::Min(hn::Max(hn::Sub(step, hn::Set(di, 3)), hn::Zero(di)), hn::Set(di, 15));
    const auto code = hn::BitCast(di, hn::TableLookupBytes(hn::LoadDup128(db, kCodes), hn::BitCast(db, place)));
    const auto sign = hn::And(hn::ShiftRight<28>(bits), hn::Set(di, 8));
    return hn::IfThenElseZero(hn::Gt(step, hn::Zero(di)), hn::Or(hn::And(code, hn::Set(di, 7)), sign));
}

HWY_INLINE void packUnder(const float* x, float scale, std::uint8_t* q)
{
    const auto halfScale = hn::BitCast(IntTag(), hn::Set(Tag(), scale / 2));
    for (std::size_t i = 0; i < 16; i += hn::Lanes(Tag())) {
        const auto codes = hn::Or(codesUnder(x + i, halfScale), hn::ShiftLeft<4>(codesUnder(x + 16 + i, halfScale)));
        hn::StoreU(hn::DemoteTo(CodeTag(), codes), CodeTag(), q + i);
    }
}
#else
HWY_INLINE void packUnder(const float* x, float scale, std::uint8_t* q)
{
    packLevelsE2M1(x, 32, scale, q);
}
#endif

void rowMXFP4(const float* x, std::size_t columns, std::byte* out)
{
    constexpr std::size_t kBlock = 32;
    constexpr float kLeast = 0x1p-125f, kMost = 0x1p124f;  // half of the one is normal; beyond the other the largest levels are infinite
    for (std::size_t b = 0; b < columns / kBlock; ++b, x += kBlock) {
        std::byte* block = out + b * sizeof(BlockMXFP4);  // written in place: the way over the stack is slow
        const std::uint8_t exponent = exponentForMXFP4(largestMagnitude<kBlock>(x));
        block[offsetof(BlockMXFP4, e)] = std::byte(exponent);
        auto* q = reinterpret_cast<std::uint8_t*>(block + offsetof(BlockMXFP4, q));
        const float scale = halfOfE8M0(exponent);
        if (scale >= kLeast && scale <= kMost)
            packUnder(x, scale, q);
        else
            packLevelsE2M1(x, kBlock, scale, q);
    }
}

void rowNVFP4(const float* x, std::size_t columns, std::byte* out)
{
    constexpr std::size_t kSub = 16, kBlock = 64;
    std::uint8_t codes[kSub];
    for (std::size_t b = 0; b < columns / kBlock; ++b) {
        BlockNVFP4 block;
        for (std::size_t sub = 0; sub < 4; ++sub) {
            const float* xs = x + b * kBlock + sub * kSub;
            const float top = largestMagnitude<kSub>(xs);
            block.d[sub] = toE4M3(top / 6.0f);
            const float scale = halfOfE4M3(block.d[sub]);
            if (scale > 0 && top < 1024 * scale) {
                chooseLevels<kSub>(xs, scale, codes);
                packNibbles<kSub>(codes, block.q + sub * 8);
            } else {
                packLevelsE2M1(xs, kSub, scale, block.q + sub * 8);
            }
        }
        storeBlock(block, out, b);
    }
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(rowTQ1_0);
HWY_EXPORT(rowTQ2_0);
HWY_EXPORT(rowMXFP4);
HWY_EXPORT(rowNVFP4);

void roundTQ1_0(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowTQ1_0)(x, columns, out);
}

void roundTQ2_0(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowTQ2_0)(x, columns, out);
}

void roundMXFP4(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowMXFP4)(x, columns, out);
}

void roundNVFP4(const float* x, std::size_t columns, std::byte* out)
{
    HWY_DYNAMIC_DISPATCH(rowNVFP4)(x, columns, out);
}

}  // namespace halftone::quant
#endif
