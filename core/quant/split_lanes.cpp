// SPDX-License-Identifier: Apache-2.0
#include "core/quant/split_lanes.h"

#include "core/quant/split_fit.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/split_lanes.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include "core/quant/lanes-inl.h"
#include "core/quant/neighbours-inl.h"

HWY_BEFORE_NAMESPACE();
namespace halftone::quant::HWY_NAMESPACE {

constexpr auto kUp = levelsIQ1(false), kDown = levelsIQ1(true);

/// Places of the weights in ascending order, by counting how many come before each; of equal ones the first comes first.
template <std::size_t length>
HWY_INLINE std::array<std::uint8_t, length> ascending(const float* x)
{
    const Tag d;
    const IntTag di;
    std::array<std::uint8_t, length> order;
    for (std::size_t i = 0; i < length; ++i) {
        std::size_t before = 0;
        const auto value = hn::Set(d, x[i]);
        for (std::size_t j = 0; j < length; j += hn::Lanes(d)) {
            const auto other = hn::LoadU(d, x + j);
            const auto earlier = hn::RebindMask(d, hn::Lt(hn::Iota(di, int(j)), hn::Set(di, int(i))));
            before += hn::CountTrue(d, hn::Or(hn::Lt(other, value), hn::And(earlier, hn::Eq(other, value))));
        }
        order[before] = std::uint8_t(i);
    }
    return order;
}

/// The splits of a vector, in order of lanes and for each in order of choices, against the best so far.
template <std::size_t choices, class SplitOf>
HWY_INLINE void offerLanes(const Floats (&product)[choices], const Floats (&square)[choices], std::size_t valid, const SplitOf& splitOf,
                           BestSplit& best)
{
    const Tag d;
    HWY_ALIGN float products[choices][16], squares[choices][16];
    bool stored = false;
    for (std::size_t from = 0; from < valid;) {
        auto better =
            hn::And(hn::Gt(square[0], hn::Zero(d)), hn::Gt(hn::Mul(product[0], product[0]), hn::Mul(hn::Set(d, best.score), square[0])));
        for (std::size_t k = 1; k < choices; ++k)
            better = hn::Or(better,
                            hn::And(hn::Gt(square[k], hn::Zero(d)),
                                    hn::Gt(hn::Mul(product[k], product[k]), hn::Mul(hn::Set(d, best.score), square[k]))));
        better = hn::AndNot(hn::FirstN(d, from), hn::And(better, hn::FirstN(d, valid)));
        const auto lane = hn::FindFirstTrue(d, better);
        if (lane < 0)
            return;
        for (std::size_t k = 0; k < choices && !stored; ++k) {
            hn::Store(product[k], d, products[k]);
            hn::Store(square[k], d, squares[k]);
        }
        stored = true;
        const auto [first, second] = splitOf(std::size_t(lane));
        for (std::size_t k = 0; k < choices; ++k)
            best.offer(products[k][lane], squares[k][lane], first, second, int(k));
        from = std::size_t(lane) + 1;
    }
}

std::optional<SplitFit> searchTogether(const float* x, const float* weights)
{
    constexpr std::size_t kLength = 32;
    const Tag d;
    const auto order = ascending<kLength>(x);
    HWY_ALIGN float sumX[kLength + 1 + 16] = {}, sumW[kLength + 1 + 16] = {};
    for (std::size_t j = 0; j < kLength; ++j) {
        sumX[j + 1] = sumX[j] + weights[order[j]] * x[order[j]];
        sumW[j + 1] = sumW[j] + weights[order[j]];
    }
    BestSplit best;
    const auto totalX = hn::Set(d, sumX[kLength]), totalW = hn::Set(d, sumW[kLength]);
    for (std::size_t i1 = 0; i1 <= kLength; ++i1)
        for (std::size_t i2 = i1; i2 <= kLength; i2 += hn::Lanes(d)) {
            const auto x1 = hn::Set(d, sumX[i1]), x2 = hn::LoadU(d, sumX + i2);
            const auto w1 = hn::Set(d, sumW[i1]), w2 = hn::LoadU(d, sumW + i2);
            const auto middleX = hn::Sub(x2, x1), endX = hn::Sub(totalX, x2), middleW = hn::Sub(w2, w1), endW = hn::Sub(totalW, w2);
            const auto productOf = [&](const std::array<float, 3>& level) HWY_ATTR {
                const auto start = hn::Add(hn::Mul(x1, hn::Set(d, level[0])), hn::Mul(middleX, hn::Set(d, level[1])));
                return hn::Add(start, hn::Mul(endX, hn::Set(d, level[2])));
            };
            const auto squareOf = [&](const std::array<float, 3>& level) HWY_ATTR {
                const auto part = [&](Floats sum, float l) HWY_ATTR { return hn::Mul(hn::Mul(sum, hn::Set(d, l)), hn::Set(d, l)); };
                return hn::Add(hn::Add(part(w1, level[0]), part(middleW, level[1])), part(endW, level[2]));
            };
            const Floats product[2] = {productOf(kUp), productOf(kDown)}, square[2] = {squareOf(kUp), squareOf(kDown)};
            const std::size_t valid = HWY_MIN(hn::Lanes(d), kLength + 1 - i2);
            offerLanes(
                product, square, valid, [&](std::size_t lane) { return std::pair(i1, i2 + lane); }, best);
        }
    return splitFit(best, order, {best.choice == 1, best.choice == 1});
}

constexpr std::size_t kApart = 16;

/// All splits of sixteen weights in the order of the reference, padded to whole vectors.
struct Splits {
    static constexpr std::size_t kCount = (kApart + 1) * (kApart + 2) / 2, kPadded = (kCount + 15) / 16 * 16;
    HWY_ALIGN std::int32_t first[kPadded] = {}, second[kPadded] = {};
};

constexpr Splits allSplits()
{
    Splits splits;
    std::size_t at = 0;
    for (std::size_t i1 = 0; i1 <= kApart; ++i1)
        for (std::size_t i2 = i1; i2 <= kApart; ++i2, ++at) {
            splits.first[at] = std::int32_t(i1);
            splits.second[at] = std::int32_t(i2);
        }
    return splits;
}

/// What one weight adds to the sums for each of its three levels.
struct Terms {
    std::array<float, 3> product, square;

    static Terms of(float x, float weight, const std::array<float, 3>& levels)
    {
        Terms t;
        for (std::size_t level = 0; level < 3; ++level) {
            t.product[level] = weight * levels[level] * x;
            t.square[level] = weight * levels[level] * levels[level];
        }
        return t;
    }
};

std::optional<SplitFit> searchApart(const float* x, const float* weights)
{
    static constexpr Splits kSplits = allSplits();
    const Tag d;
    const IntTag di;
    const auto order = ascending<kApart>(x);
    Terms up[kApart], down[kApart];
    for (std::size_t j = 0; j < kApart; ++j) {
        up[j] = Terms::of(x[order[j]], weights[order[j]], kUp);
        down[j] = Terms::of(x[order[j]], weights[order[j]], kDown);
    }
    BestSplit best;
    for (std::size_t s = 0; s < Splits::kCount; s += hn::Lanes(d)) {
        const auto first = hn::Load(di, kSplits.first + s), second = hn::Load(di, kSplits.second + s);
        // Choices of shifts of the halves: up up, up down, down up, down down.
        Floats product[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
        Floats square[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
        for (std::size_t j = 0; j < kApart; ++j) {
            const auto place = hn::Set(di, int(j));
            const auto beforeFirst = hn::RebindMask(d, hn::Lt(place, first)), beforeSecond = hn::RebindMask(d, hn::Lt(place, second));
            const auto pick = [&](const std::array<float, 3>& term) HWY_ATTR {
                return hn::IfThenElse(beforeFirst, hn::Set(d, term[0]),
                                      hn::IfThenElse(beforeSecond, hn::Set(d, term[1]), hn::Set(d, term[2])));
            };
            const auto upProduct = pick(up[j].product), downProduct = pick(down[j].product);
            const auto upSquare = pick(up[j].square), downSquare = pick(down[j].square);
            const auto secondHalf = hn::RebindMask(d, hn::Gt(hn::Set(di, int(order[j])), hn::Set(di, int(kApart / 2) - 1)));
            product[0] = hn::Add(product[0], upProduct);
            square[0] = hn::Add(square[0], upSquare);
            product[1] = hn::Add(product[1], hn::IfThenElse(secondHalf, downProduct, upProduct));
            square[1] = hn::Add(square[1], hn::IfThenElse(secondHalf, downSquare, upSquare));
            product[2] = hn::Add(product[2], hn::IfThenElse(secondHalf, upProduct, downProduct));
            square[2] = hn::Add(square[2], hn::IfThenElse(secondHalf, upSquare, downSquare));
            product[3] = hn::Add(product[3], downProduct);
            square[3] = hn::Add(square[3], downSquare);
        }
        const std::size_t valid = HWY_MIN(hn::Lanes(d), Splits::kCount - s);
        const auto splitOf = [&](std::size_t lane) {
            return std::pair(std::size_t(kSplits.first[s + lane]), std::size_t(kSplits.second[s + lane]));
        };
        offerLanes(product, square, valid, splitOf, best);
    }
    return splitFit(best, order, {best.choice / 2 == 1, best.choice % 2 == 1});
}

std::uint16_t nearestPoint(std::span<const std::uint16_t> candidates, const std::array<float, 3>& levels, const float* x,
                           const float* weights, float scale)
{
#if HWY_TARGET == HWY_SCALAR
    return bestNeighbourOneByOne(candidates, levels, x, weights, scale);
#else
    const float entries[4] = {levels[0], levels[1], levels[2], 0};
    return bestNeighbour<8, 2>(candidates, x, weights, tableOf(entries).scaled(hn::Set(Tag(), scale)));
#endif
}

}  // namespace halftone::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace halftone::quant {

HWY_EXPORT(searchTogether);
HWY_EXPORT(searchApart);
HWY_EXPORT(nearestPoint);

std::optional<SplitFit> searchSplitsTogetherLanes(const float* x, const float* weights)
{
    return HWY_DYNAMIC_DISPATCH(searchTogether)(x, weights);
}

std::optional<SplitFit> searchSplitsApartLanes(const float* x, const float* weights)
{
    return HWY_DYNAMIC_DISPATCH(searchApart)(x, weights);
}

std::uint16_t bestNeighbourIQ1(std::span<const std::uint16_t> candidates, const std::array<float, 3>& levels, const float* x,
                               const float* weights, float scale)
{
    return HWY_DYNAMIC_DISPATCH(nearestPoint)(candidates, levels, x, weights, scale);
}

}  // namespace halftone::quant
#endif
