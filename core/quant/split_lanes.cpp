// SPDX-License-Identifier: Apache-2.0
#include "core/quant/split_lanes.h"

#include "core/quant/split_fit.h"

#include <limits>
#include <utility>

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

/// The sums of all splits, vector after vector in the reference's order, for each of `choices` choices of shifts.
template <std::size_t choices, std::size_t vectors>
class SplitSums {
public:
    /// One vector of splits, of which `valid` lanes count; `first` and `second` tell which they are.
    HWY_INLINE void add(const Floats (&product)[choices], const Floats (&square)[choices], std::size_t valid, std::size_t first,
                        std::size_t second)
    {
        const Tag d;
        auto top = hn::Load(d, m_top);
        for (std::size_t k = 0; k < choices; ++k) {
            hn::Store(product[k], d, m_product[m_count][k]);
            hn::Store(square[k], d, m_square[m_count][k]);
            const auto positive = hn::And(hn::FirstN(d, valid), hn::Gt(square[k], hn::Zero(d)));
            const auto score = hn::IfThenElseZero(positive, hn::Div(hn::Mul(product[k], product[k]), square[k]));
            top = hn::Max(top, score);
        }
        hn::Store(top, d, m_top);
        m_vectors[m_count++] = {valid, first, second};
    }

    /// The best of all, as if each had been offered in turn: those well below the top cannot be the last to win, and what they leave
    /// behind never keeps a better one from winning.
    template <class SplitOf>
    HWY_INLINE BestSplit best(float sumOfWeights, const SplitOf& splitOf) const
    {
        const Tag d;
        BestSplit found;
        const auto floor = hn::Set(d, floorOf(sumOfWeights));
        for (std::size_t v = 0; v < m_count; ++v) {
            auto near = hn::FirstN(d, 0);
            for (std::size_t k = 0; k < choices; ++k) {
                const auto product = hn::Load(d, m_product[v][k]);
                near = hn::Or(near, hn::Not(hn::Lt(hn::Mul(product, product), hn::Mul(floor, hn::Load(d, m_square[v][k])))));
            }
            near = hn::And(near, hn::FirstN(d, m_vectors[v].valid));
            for (auto lane = hn::FindFirstTrue(d, near); lane >= 0; lane = hn::FindFirstTrue(d, near)) {
                const auto [first, second] = splitOf(m_vectors[v].first, m_vectors[v].second, std::size_t(lane));
                for (std::size_t k = 0; k < choices; ++k)
                    found.offer(m_product[v][k][lane], m_square[v][k][lane], first, second, int(k));
                near = hn::AndNot(hn::FirstN(d, std::size_t(lane) + 1), near);
            }
        }
        return found;
    }

private:
    /// Scores below this are left out. Where products might leave the range of floats nothing is.
    HWY_INLINE float floorOf(float sumOfWeights) const
    {
        const float top = hn::GetLane(hn::MaxOfLanes(Tag(), hn::Load(Tag(), m_top)));
        const auto isSafe = [](float value) { return value > 1e-28f && value < 1e28f; };
        const bool safe = isSafe(top) && isSafe(sumOfWeights) && isSafe(top * sumOfWeights);
        return safe ? top * 0.9999f : -std::numeric_limits<float>::infinity();
    }

    struct Vector {
        std::size_t valid, first, second;
    };
    HWY_ALIGN float m_product[vectors][choices][16];
    HWY_ALIGN float m_square[vectors][choices][16];
    Vector m_vectors[vectors];
    std::size_t m_count = 0;
    HWY_ALIGN float m_top[16] = {};  ///< the largest score of each lane
};

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
    constexpr std::size_t kVectors = (kLength + 1) * (kLength / hn::MaxLanes(Tag()) + 1);
    SplitSums<2, kVectors> sums;
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
            sums.add(product, square, HWY_MIN(hn::Lanes(d), kLength + 1 - i2), i1, i2);
        }
    const BestSplit best =
        sums.best(sumW[kLength], [](std::size_t i1, std::size_t i2, std::size_t lane) { return std::pair(i1, i2 + lane); });
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

/// Sums for the choices of shifts of two halves: up up, up down, down up, down down.
struct FourSums {
    std::array<float, 4> product{}, square{};

    FourSums plus(const Terms& up, const Terms& down, bool secondHalf) const
    {
        FourSums sums = *this;
        for (std::size_t k = 0; k < 4; ++k) {
            const Terms& terms = (secondHalf ? k : k >> 1) & 1 ? down : up;
            sums.product[k] += terms.product[0];
            sums.square[k] += terms.square[0];
        }
        return sums;
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
    FourSums before[kApart + 1];  // of the first j weights, all at level 0
    for (std::size_t j = 0; j < kApart; ++j)
        before[j + 1] = before[j].plus(up[j], down[j], order[j] >= kApart / 2);
    SplitSums<4, Splits::kPadded / hn::MaxLanes(Tag())> sums;
    for (std::size_t s = 0; s < Splits::kCount; s += hn::Lanes(d)) {
        const auto first = hn::Load(di, kSplits.first + s), second = hn::Load(di, kSplits.second + s);
        const std::size_t from = std::size_t(kSplits.first[s]);  // no lane has a split before
        Floats product[4], square[4];
        for (std::size_t k = 0; k < 4; ++k) {
            product[k] = hn::Set(d, before[from].product[k]);
            square[k] = hn::Set(d, before[from].square[k]);
        }
        for (std::size_t j = from; j < kApart; ++j) {
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
        sums.add(product, square, HWY_MIN(hn::Lanes(d), Splits::kCount - s), s, 0);
    }
    const auto splitOf = [](std::size_t s, std::size_t, std::size_t lane) {
        return std::pair(std::size_t(kSplits.first[s + lane]), std::size_t(kSplits.second[s + lane]));
    };
    float sumOfWeights = 0;
    for (std::size_t i = 0; i < kApart; ++i)
        sumOfWeights += weights[i];
    const BestSplit best = sums.best(sumOfWeights, splitOf);
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
