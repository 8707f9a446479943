// SPDX-License-Identifier: Apache-2.0
#include "core/quant/float_rows.h"

#include "core/quant/half.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/float_rows.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Floats = hn::ScalableTag<float>;
using Words = hn::Rebind<std::uint32_t, Floats>;
using Ints = hn::Rebind<std::int32_t, Floats>;
using Halves = hn::Rebind<std::uint16_t, Floats>;

// Integer steps throughout: the processors' own conversions differ in what they do to NaN and subnormals.
struct FromHalf {
    HWY_INLINE hn::Vec<Floats> operator()(hn::Vec<Words> half) const
    {
        const Words dw;
        const auto sign = hn::ShiftLeft<16>(hn::And(half, hn::Set(dw, 0x8000u)));
        const auto magnitude = hn::And(half, hn::Set(dw, 0x7fffu));
        const auto shifted = hn::ShiftLeft<13>(magnitude);
        const auto normal = hn::Add(shifted, hn::Set(dw, 112u << 23));
        const auto subnormal = hn::BitCast(dw, hn::Mul(hn::ConvertTo(Floats(), hn::BitCast(Ints(), magnitude)), hn::Set(Floats(), 0x1p-24f)));
        const auto quiet = hn::IfThenElseZero(hn::Gt(magnitude, hn::Set(dw, 0x7c00u)), hn::Set(dw, 0x400000u));
        const auto special = hn::Or(hn::Or(shifted, hn::Set(dw, 0x7f800000u)), quiet);
        const auto finite = hn::IfThenElse(hn::Lt(magnitude, hn::Set(dw, 0x400u)), subnormal, normal);
        return hn::BitCast(Floats(), hn::Or(sign, hn::IfThenElse(hn::Gt(magnitude, hn::Set(dw, 0x7bffu)), special, finite)));
    }
};

struct ToHalf {
    HWY_INLINE hn::Vec<Words> operator()(hn::Vec<Floats> value) const
    {
        const Words dw;
        const auto bits = hn::BitCast(dw, value);
        const auto sign = hn::And(hn::ShiftRight<16>(bits), hn::Set(dw, 0x8000u));
        const auto magnitude = hn::And(bits, hn::Set(dw, 0x7fffffffu));
        const auto odd = hn::And(hn::ShiftRight<13>(magnitude), hn::Set(dw, 1u));
        const auto rounded = hn::Add(hn::Add(magnitude, hn::Set(dw, 0xfffu)), odd);
        const auto normal = hn::ShiftRight<13>(hn::Sub(rounded, hn::Set(dw, 0x38000000u)));
        const auto shifted = hn::Add(hn::BitCast(Floats(), magnitude), hn::Set(Floats(), 0.5f));   // rounds to multiples of 2^-24
        const auto subnormal = hn::Sub(hn::BitCast(dw, shifted), hn::Set(dw, 0x3f000000u));
        const auto nan = hn::Or(hn::Set(dw, 0x7e00u), hn::And(hn::ShiftRight<13>(magnitude), hn::Set(dw, 0x3ffu)));
        auto half = hn::IfThenElse(hn::Lt(magnitude, hn::Set(dw, 0x38800000u)), subnormal, normal);
        half = hn::IfThenElse(hn::Gt(magnitude, hn::Set(dw, 0x477fefffu)), hn::Set(dw, 0x7c00u), half);
        half = hn::IfThenElse(hn::Gt(magnitude, hn::Set(dw, 0x7f800000u)), nan, half);
        return hn::Or(sign, half);
    }
};

struct FromBfloat {
    HWY_INLINE hn::Vec<Floats> operator()(hn::Vec<Words> bfloat) const { return hn::BitCast(Floats(), hn::ShiftLeft<16>(bfloat)); }
};

struct ToBfloat {
    HWY_INLINE hn::Vec<Words> operator()(hn::Vec<Floats> value) const
    {
        const Words dw;
        const auto bits = hn::BitCast(dw, value);
        const auto top = hn::ShiftRight<16>(bits);
        const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(dw, 0x7fffu)), hn::And(top, hn::Set(dw, 1u))));
        const auto isNan = hn::Gt(hn::And(bits, hn::Set(dw, 0x7fffffffu)), hn::Set(dw, 0x7f800000u));
        return hn::IfThenElse(isNan, hn::Or(top, hn::Set(dw, 64u)), rounded);
    }
};

/// `one` is the scalar function of half.h, for what does not fill a vector.
template <class Convert, auto one>
void widen(const std::byte* packed, float* out, std::size_t count)
{
    const Floats df;
    const std::size_t n = hn::Lanes(df);
    std::size_t i = 0;
    for (; i + n <= count; i += n)
        hn::StoreU(Convert()(hn::PromoteTo(Words(), hn::LoadU(Halves(), reinterpret_cast<const std::uint16_t*>(packed + 2 * i)))), df, out + i);
    for (; i < count; ++i) {
        std::uint16_t stored;
        std::memcpy(&stored, packed + 2 * i, sizeof stored);
        out[i] = one(stored);
    }
}

template <class Convert, auto one>
void narrow(const float* x, std::size_t count, std::byte* out)
{
    const Floats df;
    const std::size_t n = hn::Lanes(df);
    std::size_t i = 0;
    for (; i + n <= count; i += n)
        hn::StoreU(hn::DemoteTo(Halves(), hn::BitCast(Ints(), Convert()(hn::LoadU(df, x + i)))), Halves(), reinterpret_cast<std::uint16_t*>(out + 2 * i));
    for (; i < count; ++i) {
        const std::uint16_t stored = one(x[i]);
        std::memcpy(out + 2 * i, &stored, sizeof stored);
    }
}

void halvesToFloats(const std::byte* halves, float* out, std::size_t count)
{
    widen<FromHalf, &quant::halfToFloat>(halves, out, count);
}

void floatsToHalves(const float* x, std::size_t count, std::byte* out)
{
    narrow<ToHalf, &quant::floatToHalf>(x, count, out);
}

void bfloatsToFloats(const std::byte* bfloats, float* out, std::size_t count)
{
    widen<FromBfloat, &quant::bfloatToFloat>(bfloats, out, count);
}

void floatsToBfloats(const float* x, std::size_t count, std::byte* out)
{
    narrow<ToBfloat, &quant::floatToBfloat>(x, count, out);
}

bool anyNonFinite(const float* x, std::size_t count)
{
    const Words dw;
    const std::size_t n = hn::Lanes(dw);
    const auto exponent = hn::Set(dw, 0x7f800000u);
    auto most = hn::Zero(dw);
    std::size_t i = 0;
    for (; i + n <= count; i += n)
        most = hn::Max(most, hn::And(hn::BitCast(dw, hn::LoadU(Floats(), x + i)), exponent));
    bool found = !hn::AllFalse(dw, hn::Eq(most, exponent));
    for (; i < count; ++i)
        found = found || (std::bit_cast<std::uint32_t>(x[i]) & 0x7f800000u) == 0x7f800000u;
    return found;
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(halvesToFloats);
HWY_EXPORT(floatsToHalves);
HWY_EXPORT(bfloatsToFloats);
HWY_EXPORT(floatsToBfloats);
HWY_EXPORT(anyNonFinite);

void halvesToFloats(const std::byte* halves, float* out, std::size_t count) { HWY_DYNAMIC_DISPATCH(halvesToFloats)(halves, out, count); }
void floatsToHalves(const float* x, std::size_t count, std::byte* out) { HWY_DYNAMIC_DISPATCH(floatsToHalves)(x, count, out); }
void bfloatsToFloats(const std::byte* bfloats, float* out, std::size_t count) { HWY_DYNAMIC_DISPATCH(bfloatsToFloats)(bfloats, out, count); }
void floatsToBfloats(const float* x, std::size_t count, std::byte* out) { HWY_DYNAMIC_DISPATCH(floatsToBfloats)(x, count, out); }
bool anyNonFinite(const float* x, std::size_t count) { return HWY_DYNAMIC_DISPATCH(anyNonFinite)(x, count); }

}  // namespace halftone::quant
#endif
