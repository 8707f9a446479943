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

/// Some splits of sixteen weights in the order of the reference, with room for whole vectors.
struct Splits {
    static constexpr std::size_t kMost = (kApart + 1) * (kApart + 2) / 2, kPadded = (kMost + 15) / 16 * 16;
    HWY_ALIGN std::int32_t first[kPadded], second[kPadded];
    std::size_t count = 0;

    HWY_INLINE void add(std::size_t i1, std::size_t i2)
    {
        first[count] = std::int32_t(i1);
        second[count++] = std::int32_t(i2);
    }
    /// The last once more until they are whole vectors.
    HWY_INLINE void pad()
    {
        for (std::size_t at = count; at % hn::Lanes(Tag()) != 0; ++at) {
            first[at] = first[count - 1];
            second[at] = second[count - 1];
        }
    }
};

/// A look at all splits that is not exact but cheap, to leave out those well below the top. Levels are one apart, so with X(j) and W(j) for
/// the sums of weight * x and of weight over the first j weights, and l for the highest level,
///     product = l X(16) - X(i1) - X(i2),    square = (1 - 2 shift) W(i1) - (1 + 2 shift) W(i2) + l^2 W(16).
class RoughScores {
public:
    HWY_INLINE RoughScores(const std::array<std::uint8_t, kApart>& order, const float* x, const float* weights)
    {
        float endX[2] = {};  // of each half
        m_sumX[0] = m_sumW[0][0] = m_sumW[1][0] = 0;
        for (std::size_t j = 0; j < kApart; ++j) {
            const std::size_t i = order[j];
            const float w = weights[i], second = float(i / (kApart / 2));
            endX[0] += w * x[i] * (1 - second);
            endX[1] += w * x[i] * second;
            m_sumX[j + 1] = m_sumX[j] + w * x[i];
            m_sumW[0][j + 1] = m_sumW[0][j] + w * (1 - second);
            m_sumW[1][j + 1] = m_sumW[1][j] + w * second;
        }
        for (std::size_t j = kApart + 1; j < kRoom; ++j)
            m_sumX[j] = m_sumW[0][j] = m_sumW[1][j] = 0;
        for (std::size_t k = 0; k < 4; ++k)
            m_endX[k] = levelOf(k / 2) * endX[0] + levelOf(k % 2) * endX[1];
        const Tag d;
        auto top = hn::Zero(d);
        for (std::size_t i1 = 0; i1 <= kApart; ++i1)
            for (std::size_t i2 = i1; i2 <= kApart; i2 += hn::Lanes(d)) {
                const auto score = hn::IfThenElseZero(hn::FirstN(d, kApart + 1 - i2), scoresOf(i1, i2));
                hn::StoreU(score, d, m_score[i1] + i2);
                top = hn::Max(top, score);
            }
        m_top = hn::GetLane(hn::MaxOfLanes(d, top));
    }

    /// Those that might win. The sums are off by less than one in 1,000 there, a reciprocal by less than one in 2,000; where products might
    /// leave the range of floats all splits are near the top.
    HWY_INLINE void nearTheTop(Splits& splits) const
    {
        const Tag d;
        const float sumOfWeights = m_sumW[0][kApart] + m_sumW[1][kApart];
        const bool safe = isSafe(m_top) && isSafe(sumOfWeights) && isSafe(m_top * sumOfWeights);
        const auto floor = hn::Set(d, safe ? m_top * 0.995f : -std::numeric_limits<float>::infinity());
        for (std::size_t i1 = 0; i1 <= kApart; ++i1)
            for (std::size_t i2 = i1; i2 <= kApart; i2 += hn::Lanes(d)) {
                auto near = hn::AndNot(hn::Lt(hn::LoadU(d, m_score[i1] + i2), floor), hn::FirstN(d, kApart + 1 - i2));
                for (auto lane = hn::FindFirstTrue(d, near); lane >= 0; lane = hn::FindFirstTrue(d, near)) {  // rarely any
                    splits.add(i1, i2 + std::size_t(lane));
                    near = hn::AndNot(hn::FirstN(d, std::size_t(lane) + 1), near);
                }
            }
        splits.pad();
    }

private:
    static constexpr std::size_t kRoom = kApart + 1 + 16;
    static bool isSafe(float value) { return value > 1e-28f && value < 1e28f; }
    static float levelOf(std::size_t down) { return down ? kDown[2] : kUp[2]; }

    /// The largest score of the four choices of shifts, of the splits (i1, i2), (i1, i2 + 1), ...
    HWY_INLINE Floats scoresOf(std::size_t i1, std::size_t i2) const
    {
        const Tag d;
        Floats square[2][2];  // of each half, shifted up and down
        for (std::size_t h = 0; h < 2; ++h)
            for (std::size_t down = 0; down < 2; ++down) {
                const float shift = down ? -kShiftIQ1 : kShiftIQ1, l = levelOf(down);
                const float start = (1 - 2 * shift) * m_sumW[h][i1] + l * l * m_sumW[h][kApart];
                square[h][down] = hn::NegMulAdd(hn::Set(d, 1 + 2 * shift), hn::LoadU(d, m_sumW[h] + i2), hn::Set(d, start));
            }
        const auto sumX = hn::Add(hn::Set(d, m_sumX[i1]), hn::LoadU(d, m_sumX + i2));
        auto best = hn::Zero(d);
        for (std::size_t k = 0; k < 4; ++k) {
            const auto product = hn::Sub(hn::Set(d, m_endX[k]), sumX);
            const auto inverse = hn::ApproximateReciprocal(hn::Add(square[0][k / 2], square[1][k % 2]));
            best = hn::Max(best, hn::Mul(hn::Mul(product, product), inverse));
        }
        return best;
    }

    float m_sumX[kRoom], m_sumW[2][kRoom], m_endX[4];
    float m_score[kApart + 1][kRoom];
    float m_top;
};

/// What each of sixteen weights adds to the sums at each of the three levels, shifted up and down.
struct Terms {
    HWY_ALIGN float product[2][3][kApart], square[2][3][kApart];

    HWY_INLINE Terms(const std::array<std::uint8_t, kApart>& order, const float* x, const float* weights)
    {
        const Tag d;
        HWY_ALIGN float sortedX[kApart], sortedWeights[kApart];
        for (std::size_t j = 0; j < kApart; ++j) {
            sortedX[j] = x[order[j]];
            sortedWeights[j] = weights[order[j]];
        }
        for (std::size_t down = 0; down < 2; ++down)
            for (std::size_t k = 0; k < 3; ++k) {
                const auto level = hn::Set(d, (down ? kDown : kUp)[k]);
                for (std::size_t j = 0; j < kApart; j += hn::Lanes(d)) {
                    const auto scaled = hn::Mul(hn::Load(d, sortedWeights + j), level);
                    hn::Store(hn::Mul(scaled, hn::Load(d, sortedX + j)), d, product[down][k] + j);
                    hn::Store(hn::Mul(scaled, level), d, square[down][k] + j);
                }
            }
    }
};

std::optional<SplitFit> searchApart(const float* x, const float* weights)
{
    const Tag d;
    const IntTag di;
    const auto order = ascending<kApart>(x);
    Splits splits;
    RoughScores(order, x, weights).nearTheTop(splits);
    const Terms terms(order, x, weights);
    SplitSums<4, Splits::kPadded / hn::MaxLanes(Tag())> sums;
    for (std::size_t s = 0; s < splits.count; s += hn::Lanes(d)) {
        const auto first = hn::Load(di, splits.first + s), second = hn::Load(di, splits.second + s);
        Floats product[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)},
               square[4] = {product[0], product[0], product[0], product[0]};
        for (std::size_t j = 0; j < kApart; ++j) {
            const auto place = hn::Set(di, int(j));
            const auto beforeFirst = hn::RebindMask(d, hn::Lt(place, first)), beforeSecond = hn::RebindMask(d, hn::Lt(place, second));
            const auto pick = [&](const float(&term)[3][kApart]) HWY_ATTR {
                return hn::IfThenElse(beforeFirst, hn::Set(d, term[0][j]),
                                      hn::IfThenElse(beforeSecond, hn::Set(d, term[1][j]), hn::Set(d, term[2][j])));
            };
            const auto upProduct = pick(terms.product[0]), downProduct = pick(terms.product[1]);
            const auto upSquare = pick(terms.square[0]), downSquare = pick(terms.square[1]);
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
        sums.add(product, square, HWY_MIN(hn::Lanes(d), splits.count - s), s, 0);
    }
    const auto splitOf = [&splits](std::size_t s, std::size_t, std::size_t lane) {
        return std::pair(std::size_t(splits.first[s + lane]), std::size_t(splits.second[s + lane]));
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
