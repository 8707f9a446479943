// SPDX-License-Identifier: Apache-2.0
#include "core/infer/vector_math.h"

#include "core/quant/float_rows.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/infer/vector_math.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include <hwy/highway.h>
#include <hwy/contrib/math/math-inl.h>
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace halftone::infer {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// At most 16 lanes, so that kProductLanes is a whole number of vectors on every target.
using Floats = HWY_CAPPED(float, 16);
using Halves = hn::Rebind<hwy::float16_t, Floats>;
using Vec = hn::Vec<Floats>;

/// Loads and stores up to one vector at the end of a row, through memory when it is not a whole one.
struct Tail {
    std::size_t count;
    HWY_INLINE Vec load(const float* p) const
    {
        alignas(64) float lanes[16] = {};
        std::copy_n(p, count, lanes);
        return hn::Load(Floats{}, lanes);
    }
    HWY_INLINE void store(Vec v, float* p) const
    {
        alignas(64) float lanes[16];
        hn::Store(v, Floats{}, lanes);
        std::copy_n(lanes, count, p);
    }
};
struct Whole {
    HWY_INLINE Vec load(const float* p) const { return hn::LoadU(Floats{}, p); }
    HWY_INLINE void store(Vec v, float* p) const { hn::StoreU(v, Floats{}, p); }
};

/// Calls body(access, index) for consecutive vectors that cover [0, count).
template <class Body>
HWY_INLINE void forVectors(std::size_t count, const Body& body)
{
    const std::size_t lanes = hn::Lanes(Floats{});
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        body(Whole{}, i);
    if (i < count)
        body(Tail{count - i}, i);
}

void widenHalvesKernel(const std::uint16_t* halves, float* out, std::size_t count)
{
    const std::size_t lanes = hn::Lanes(Floats{});
    const auto widen = [](const std::uint16_t* p)
                           HWY_ATTR { return hn::PromoteTo(Floats{}, hn::LoadU(Halves{}, reinterpret_cast<const hwy::float16_t*>(p))); };
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(widen(halves + i), Floats{}, out + i);
    if (i < count) {
        std::uint16_t rest[16] = {};
        std::copy_n(halves + i, count - i, rest);
        Tail{count - i}.store(widen(rest), out + i);
    }
}

void addToKernel(float* y, const float* x, std::size_t count)
{
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR { access.store(hn::Add(access.load(y + i), access.load(x + i)), y + i); });
}

void siluTimesKernel(float* gate, const float* up, std::size_t count)
{
    const Floats d;
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        const auto x = access.load(gate + i);
        // exp(88) is the largest that fits; beyond it silu is zero to the last bit anyway.
        const auto decay = hn::Exp(d, hn::Min(hn::Neg(x), hn::Set(d, 88.0f)));
        access.store(hn::Mul(hn::Div(x, hn::Add(hn::Set(d, 1.0f), decay)), access.load(up + i)), gate + i);
    });
}

void clampedSiluTimesKernel(float* gate, const float* up, std::size_t count)
{
    const Floats d;
    const auto limit = hn::Set(d, 7.0f), one = hn::Set(d, 1.0f);
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        const auto x = hn::Min(access.load(gate + i), limit);
        const auto factor = hn::Add(hn::Min(hn::Max(access.load(up + i), hn::Neg(limit)), limit), one);
        const auto decay = hn::Exp(d, hn::Min(hn::Mul(x, hn::Set(d, -1.702f)), hn::Set(d, 88.0f)));
        access.store(hn::Mul(hn::Div(x, hn::Add(one, decay)), factor), gate + i);
    });
}

void addTimesKernel(float* y, const float* x, float factor, std::size_t count)
{
    const auto times = hn::Set(Floats{}, factor);
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        access.store(hn::MulAdd(access.load(x + i), times, access.load(y + i)), y + i);
    });
}

/// (1 + tanh(u)) / 2 is 1 / (1 + exp(-2u)).
HWY_INLINE Vec gelu(Vec x)
{
    const Floats d;
    constexpr float kSlope = 1.59576912f;  // 2 sqrt(2 / pi)
    const auto cubic = hn::MulAdd(hn::Mul(hn::Mul(x, x), x), hn::Set(d, 0.044715f), x);
    const auto decay = hn::Exp(d, hn::Min(hn::Mul(cubic, hn::Set(d, -kSlope)), hn::Set(d, 88.0f)));
    return hn::Div(x, hn::Add(hn::Set(d, 1.0f), decay));
}

void geluTimesKernel(float* gate, const float* up, std::size_t count)
{
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        access.store(hn::Mul(gelu(access.load(gate + i)), access.load(up + i)), gate + i);
    });
}

void geluKernel(float* x, std::size_t count)
{
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR { access.store(gelu(access.load(x + i)), x + i); });
}

void softCapKernel(float* x, float factor, float cap, std::size_t count)
{
    const Floats d;
    const auto shrink = hn::Set(d, factor / cap), grow = hn::Set(d, cap);
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        access.store(hn::Mul(hn::Tanh(d, hn::Mul(access.load(x + i), shrink)), grow), x + i);
    });
}

float sumKernel(const float* x, std::size_t count)
{
    const Floats d;
    auto sum = hn::Zero(d);
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR { sum = hn::Add(sum, access.load(x + i)); });
    return hn::GetLane(hn::SumOfLanes(d, sum));
}

void layerNormKernel(const float* x, const float* weight, float epsilon, float* out, std::size_t count)
{
    const Floats d;
    const auto mean = hn::Set(d, sumKernel(x, count) / float(count));
    // A last vector that is not whole holds zeros behind the row, whose distance from the mean must not count.
    const auto distance = [&](auto v, std::size_t i) HWY_ATTR {
        const auto away = hn::Sub(v, mean);
        return count - i < hn::Lanes(d) ? hn::IfThenElseZero(hn::FirstN(d, count - i), away) : away;
    };
    auto squares = hn::Zero(d);
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        const auto away = distance(access.load(x + i), i);
        squares = hn::MulAdd(away, away, squares);
    });
    const float variance = hn::GetLane(hn::SumOfLanes(d, squares)) / float(count);
    const auto scale = hn::Set(d, 1.0f / std::sqrt(variance + epsilon));
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        access.store(hn::Mul(hn::Mul(distance(access.load(x + i), i), scale), access.load(weight + i)), out + i);
    });
}

void rmsNormKernel(const float* x, const float* weight, float epsilon, float* out, std::size_t count)
{
    const Floats d;
    auto squares = hn::Zero(d);
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        const auto v = access.load(x + i);
        squares = hn::MulAdd(v, v, squares);
    });
    const float mean = hn::GetLane(hn::SumOfLanes(d, squares)) / float(count);
    const auto scale = hn::Set(d, 1.0f / std::sqrt(mean + epsilon));
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        access.store(hn::Mul(hn::Mul(access.load(x + i), scale), access.load(weight + i)), out + i);
    });
}

void rotateHalvesKernel(float* head, const float* cosine, const float* sine, std::size_t pairs)
{
    float* high = head + pairs;
    forVectors(pairs, [&](auto access, std::size_t i) HWY_ATTR {
        const auto a = access.load(head + i), b = access.load(high + i);
        const auto c = access.load(cosine + i), s = access.load(sine + i);
        access.store(hn::NegMulAdd(b, s, hn::Mul(a, c)), head + i);
        access.store(hn::MulAdd(a, s, hn::Mul(b, c)), high + i);
    });
}

void rotateNeighboursKernel(float* head, const float* cosine, const float* sine, std::size_t pairs)
{
    const Floats d;
    const std::size_t lanes = hn::Lanes(d);
    std::size_t i = 0;
    for (; i + lanes <= pairs; i += lanes) {
        Vec a, b;
        hn::LoadInterleaved2(d, head + 2 * i, a, b);
        const auto c = hn::LoadU(d, cosine + i), s = hn::LoadU(d, sine + i);
        hn::StoreInterleaved2(hn::NegMulAdd(b, s, hn::Mul(a, c)), hn::MulAdd(a, s, hn::Mul(b, c)), d, head + 2 * i);
    }
    for (; i < pairs; ++i) {
        const float a = head[2 * i], b = head[2 * i + 1];
        head[2 * i] = a * cosine[i] - b * sine[i];
        head[2 * i + 1] = a * sine[i] + b * cosine[i];
    }
}

float maximumKernel(const float* x, std::size_t count)
{
    const Floats d;
    const std::size_t lanes = hn::Lanes(d);
    auto largest = hn::Set(d, x[0]);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        largest = hn::Max(largest, hn::LoadU(d, x + i));
    float result = hn::GetLane(hn::MaxOfLanes(d, largest));
    for (; i < count; ++i)
        result = std::max(result, x[i]);
    return result;
}

void softmaxKernel(float* x, float scale, std::size_t count)
{
    const Floats d;
    const auto factor = hn::Set(d, scale), largest = hn::Set(d, maximumKernel(x, count));
    auto sum = hn::Zero(d);
    float rest = 0;
    // Below -104 exp is zero even as a denormal; the clamp also takes care of -infinity.
    const auto exponential = [&](auto v)
                                 HWY_ATTR { return hn::Exp(d, hn::Max(hn::Mul(hn::Sub(v, largest), factor), hn::Set(d, -104.0f))); };
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        const auto e = exponential(access.load(x + i));
        access.store(e, x + i);
        if (count - i >= hn::Lanes(d))
            sum = hn::Add(sum, e);
        else
            for (std::size_t k = i; k < count; ++k)
                rest += x[k];
    });
    const auto inverse = hn::Set(d, 1.0f / (hn::GetLane(hn::SumOfLanes(d, sum)) + rest));
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR { access.store(hn::Mul(access.load(x + i), inverse), x + i); });
}

float exponentialsKernel(float* x, float scale, float shift, std::size_t count)
{
    const Floats d;
    const auto factor = hn::Set(d, scale), offset = hn::Set(d, shift);
    auto sum = hn::Zero(d);
    forVectors(count, [&](auto access, std::size_t i) HWY_ATTR {
        auto e = hn::Exp(d, hn::Max(hn::MulSub(access.load(x + i), factor, offset), hn::Set(d, -104.0f)));
        if (count - i < hn::Lanes(d))
            e = hn::IfThenElseZero(hn::FirstN(d, count - i), e);
        access.store(e, x + i);
        sum = hn::Add(sum, e);
    });
    return hn::GetLane(hn::SumOfLanes(d, sum));
}

/// Four rows (or one) of a product at once, so that each load of b serves four sums.
template <int kRows>
HWY_INLINE void productRows(const Product& p, std::size_t row)
{
    const Floats d;
    const float* a = p.a + row * p.strideA;
    float* c = p.c + row * p.strideC;
    for (std::size_t j = 0; j < p.columns; j += hn::Lanes(d)) {
        auto c0 = hn::LoadU(d, c + j), c1 = c0, c2 = c0, c3 = c0;
        if constexpr (kRows == 4) {
            c1 = hn::LoadU(d, c + p.strideC + j);
            c2 = hn::LoadU(d, c + 2 * p.strideC + j);
            c3 = hn::LoadU(d, c + 3 * p.strideC + j);
        }
        for (std::size_t k = 0; k < p.depth; ++k) {
            const auto b = hn::LoadU(d, p.b + k * p.strideB + j);
            c0 = hn::MulAdd(hn::Set(d, a[k]), b, c0);
            if constexpr (kRows == 4) {
                c1 = hn::MulAdd(hn::Set(d, a[p.strideA + k]), b, c1);
                c2 = hn::MulAdd(hn::Set(d, a[2 * p.strideA + k]), b, c2);
                c3 = hn::MulAdd(hn::Set(d, a[3 * p.strideA + k]), b, c3);
            }
        }
        hn::StoreU(c0, d, c + j);
        if constexpr (kRows == 4) {
            hn::StoreU(c1, d, c + p.strideC + j);
            hn::StoreU(c2, d, c + 2 * p.strideC + j);
            hn::StoreU(c3, d, c + 3 * p.strideC + j);
        }
    }
}

void addProductKernel(const Product& p)
{
    std::size_t row = 0;
    for (; row + 4 <= p.rows; row += 4)
        productRows<4>(p, row);
    for (; row < p.rows; ++row)
        productRows<1>(p, row);
}

/// sum(exp(x - shift)): floats within a block, doubles across, so that a vocabulary of any size keeps its digits.
double sumOfExponentialsKernel(const float* x, float shift, std::size_t count)
{
    constexpr std::size_t kBlock = 512;
    const Floats d;
    const auto offset = hn::Set(d, shift);
    double total = 0;
    for (std::size_t begin = 0; begin < count; begin += kBlock) {
        const std::size_t length = std::min(kBlock, count - begin);
        auto sum = hn::Zero(d);
        forVectors(length, [&](auto access, std::size_t i) HWY_ATTR {
            auto e = hn::Exp(d, hn::Max(hn::Sub(access.load(x + begin + i), offset), hn::Set(d, -104.0f)));
            if (length - i < hn::Lanes(d))
                e = hn::IfThenElseZero(hn::FirstN(d, length - i), e);
            sum = hn::Add(sum, e);
        });
        total += double(hn::GetLane(hn::SumOfLanes(d, sum)));
    }
    return total;
}

double klDivergenceKernel(const float* x, double logSumX, const float* y, double logSumY, std::size_t count)
{
    constexpr std::size_t kBlock = 512;
    const Floats d;
    const auto offset = hn::Set(d, float(logSumX)), drift = hn::Set(d, float(logSumX - logSumY));
    double total = 0;
    for (std::size_t begin = 0; begin < count; begin += kBlock) {
        const std::size_t length = std::min(kBlock, count - begin);
        auto sum = hn::Zero(d);
        forVectors(length, [&](auto access, std::size_t i) HWY_ATTR {
            const auto a = access.load(x + begin + i);
            // log p - log q from the small difference of the logits, not from two large logarithms.
            const auto gain = hn::Sub(hn::Sub(a, access.load(y + begin + i)), drift);
            auto p = hn::Exp(d, hn::Max(hn::Sub(a, offset), hn::Set(d, -104.0f)));
            if (length - i < hn::Lanes(d))
                p = hn::IfThenElseZero(hn::FirstN(d, length - i), p);
            sum = hn::MulAdd(p, gain, sum);
        });
        total += double(hn::GetLane(hn::SumOfLanes(d, sum)));
    }
    return total;
}

}  // namespace HWY_NAMESPACE
}  // namespace halftone::infer
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::infer {

HWY_EXPORT(widenHalvesKernel);
HWY_EXPORT(addToKernel);
HWY_EXPORT(siluTimesKernel);
HWY_EXPORT(addTimesKernel);
HWY_EXPORT(clampedSiluTimesKernel);
HWY_EXPORT(geluTimesKernel);
HWY_EXPORT(geluKernel);
HWY_EXPORT(softCapKernel);
HWY_EXPORT(layerNormKernel);
HWY_EXPORT(rmsNormKernel);
HWY_EXPORT(rotateHalvesKernel);
HWY_EXPORT(rotateNeighboursKernel);
HWY_EXPORT(maximumKernel);
HWY_EXPORT(softmaxKernel);
HWY_EXPORT(exponentialsKernel);
HWY_EXPORT(addProductKernel);
HWY_EXPORT(sumOfExponentialsKernel);
HWY_EXPORT(klDivergenceKernel);

void widenHalves(std::span<const std::uint16_t> halves, std::span<float> out)
{
    HWY_DYNAMIC_DISPATCH(widenHalvesKernel)(halves.data(), out.data(), halves.size());
}

void narrowToHalves(std::span<const float> x, std::span<std::uint16_t> out)
{
    // Not Highway's own conversion, which cuts off instead of rounding where the machine has none.
    quant::floatsToHalves(x.data(), x.size(), std::as_writable_bytes(out).data());
}

void addTo(std::span<float> y, std::span<const float> x)
{
    HWY_DYNAMIC_DISPATCH(addToKernel)(y.data(), x.data(), y.size());
}

void siluTimes(std::span<float> gate, std::span<const float> up)
{
    HWY_DYNAMIC_DISPATCH(siluTimesKernel)(gate.data(), up.data(), gate.size());
}

void addTimes(std::span<float> y, std::span<const float> x, float factor)
{
    HWY_DYNAMIC_DISPATCH(addTimesKernel)(y.data(), x.data(), factor, y.size());
}

void clampedSiluTimes(std::span<float> gate, std::span<const float> up)
{
    HWY_DYNAMIC_DISPATCH(clampedSiluTimesKernel)(gate.data(), up.data(), gate.size());
}

void geluTimes(std::span<float> gate, std::span<const float> up)
{
    HWY_DYNAMIC_DISPATCH(geluTimesKernel)(gate.data(), up.data(), gate.size());
}

void gelu(std::span<float> x)
{
    HWY_DYNAMIC_DISPATCH(geluKernel)(x.data(), x.size());
}

void softCap(std::span<float> x, float factor, float cap)
{
    HWY_DYNAMIC_DISPATCH(softCapKernel)(x.data(), factor, cap, x.size());
}

void layerNorm(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> out)
{
    HWY_DYNAMIC_DISPATCH(layerNormKernel)(x.data(), weight.data(), epsilon, out.data(), x.size());
}

void rmsNorm(std::span<const float> x, std::span<const float> weight, float epsilon, std::span<float> out)
{
    HWY_DYNAMIC_DISPATCH(rmsNormKernel)(x.data(), weight.data(), epsilon, out.data(), x.size());
}

void rotate(std::span<float> head, std::span<const float> cosine, std::span<const float> sine, RopePairing pairing)
{
    if (pairing == RopePairing::Neighbours)
        HWY_DYNAMIC_DISPATCH(rotateNeighboursKernel)(head.data(), cosine.data(), sine.data(), cosine.size());
    else
        HWY_DYNAMIC_DISPATCH(rotateHalvesKernel)(head.data(), cosine.data(), sine.data(), cosine.size());
}

void softmax(std::span<float> x, float scale)
{
    if (!x.empty())
        HWY_DYNAMIC_DISPATCH(softmaxKernel)(x.data(), scale, x.size());
}

float exponentials(std::span<float> x, float scale, float shift)
{
    return HWY_DYNAMIC_DISPATCH(exponentialsKernel)(x.data(), scale, shift, x.size());
}

float largest(std::span<const float> x)
{
    return HWY_DYNAMIC_DISPATCH(maximumKernel)(x.data(), x.size());
}

void addProduct(const Product& product)
{
    HWY_DYNAMIC_DISPATCH(addProductKernel)(product);
}

double logSumExp(std::span<const float> x)
{
    const float largest = HWY_DYNAMIC_DISPATCH(maximumKernel)(x.data(), x.size());
    return double(largest) + std::log(HWY_DYNAMIC_DISPATCH(sumOfExponentialsKernel)(x.data(), largest, x.size()));
}

double klDivergence(std::span<const float> x, double logSumX, std::span<const float> y, double logSumY)
{
    const double sum = HWY_DYNAMIC_DISPATCH(klDivergenceKernel)(x.data(), logSumX, y.data(), logSumY, x.size());
    // Never negative in exact arithmetic; rounding may say -1e-9 for equal distributions.
    return std::max(sum, 0.0);
}

std::size_t argMax(std::span<const float> x)
{
    const float largest = HWY_DYNAMIC_DISPATCH(maximumKernel)(x.data(), x.size());
    return std::min<std::size_t>(std::size_t(std::find(x.begin(), x.end(), largest) - x.begin()), x.size() - 1);
}

}  // namespace halftone::infer
#endif
