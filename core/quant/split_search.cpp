// SPDX-License-Identifier: Apache-2.0
#include "core/quant/split_search.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace halftone::quant {
namespace {

constexpr auto kUp = levelsIQ1(false), kDown = levelsIQ1(true);

/// Places of the weights in ascending order; of equal ones the first comes first.
template <std::size_t length>
std::array<std::uint8_t, length> ascending(const float* x)
{
    std::array<std::uint8_t, length> order;
    std::iota(order.begin(), order.end(), std::uint8_t(0));
    std::ranges::stable_sort(order, {}, [x](std::uint8_t i) { return x[i]; });
    return order;
}

/// The best split so far. `shifts` is what the search numbers its choices of shifts by.
struct Best {
    float score = -std::numeric_limits<float>::max();
    float scale = 0;
    std::size_t first = 0, second = 0;  ///< weights before `first` get level 0, those before `second` level 1
    int shifts = -1;

    void offer(float product, float square, std::size_t i1, std::size_t i2, int choice)
    {
        if (!(square > 0 && product * product > score * square))
            return;
        scale = product / square;
        score = scale * product;
        first = i1;
        second = i2;
        shifts = choice;
    }
};

template <std::size_t length>
std::optional<SplitFit> fitOf(const Best& best, const std::array<std::uint8_t, length>& order, std::array<bool, 2> down)
{
    if (best.shifts < 0)
        return std::nullopt;
    SplitFit fit;
    const bool turned = best.scale < 0;
    for (std::size_t j = 0; j < length; ++j) {
        const int level = int(j >= best.first) + int(j >= best.second);
        fit.levels[order[j]] = std::uint8_t(turned ? 2 - level : level);
    }
    fit.scale = turned ? -best.scale : best.scale;
    fit.down = {down[0] != turned, down[1] != turned};
    return fit;
}

/// Sums of a part of the sorted weights for each level, in sorted order.
using Sums = std::array<float, SplitFit::kMostWeights + 1>;

float productOf(const Sums& sums, std::size_t i1, std::size_t i2, const std::array<float, 3>& level)
{
    return sums[i1] * level[0] + (sums[i2] - sums[i1]) * level[1] + (sums.back() - sums[i2]) * level[2];
}

float squareOf(const Sums& sums, std::size_t i1, std::size_t i2, const std::array<float, 3>& level)
{
    return sums[i1] * level[0] * level[0] + (sums[i2] - sums[i1]) * level[1] * level[1] + (sums.back() - sums[i2]) * level[2] * level[2];
}

/// The same sums for each of the four choices of shifts of two halves: up up, up down, down up, down down.
struct FourSums {
    std::array<float, 4> product{}, square{};

    void add(float x, float weight, std::size_t level, bool secondHalf)
    {
        for (int choice = 0; choice < 4; ++choice) {
            const float l = ((secondHalf ? choice : choice >> 1) & 1) ? kDown[level] : kUp[level];
            product[std::size_t(choice)] += weight * l * x;
            square[std::size_t(choice)] += weight * l * l;
        }
    }
};

}  // namespace

std::optional<SplitFit> searchSplitsTogether(const float* x, const float* weights)
{
    constexpr std::size_t kLength = 32;
    const auto order = ascending<kLength>(x);
    Sums sumX{}, sumW{};
    for (std::size_t j = 0; j < kLength; ++j) {
        sumX[j + 1] = sumX[j] + weights[order[j]] * x[order[j]];
        sumW[j + 1] = sumW[j] + weights[order[j]];
    }
    Best best;
    for (std::size_t i1 = 0; i1 <= kLength; ++i1)
        for (std::size_t i2 = i1; i2 <= kLength; ++i2) {
            best.offer(productOf(sumX, i1, i2, kUp), squareOf(sumW, i1, i2, kUp), i1, i2, 0);
            best.offer(productOf(sumX, i1, i2, kDown), squareOf(sumW, i1, i2, kDown), i1, i2, 1);
        }
    return fitOf(best, order, {best.shifts == 1, best.shifts == 1});
}

std::optional<SplitFit> searchSplitsApart(const float* x, const float* weights)
{
    constexpr std::size_t kLength = 16;
    const auto order = ascending<kLength>(x);
    Best best;
    for (std::size_t i1 = 0; i1 <= kLength; ++i1)
        for (std::size_t i2 = i1; i2 <= kLength; ++i2) {
            FourSums sums;
            for (std::size_t j = 0; j < kLength; ++j)
                sums.add(x[order[j]], weights[order[j]], std::size_t(j >= i1) + std::size_t(j >= i2), order[j] >= kLength / 2);
            for (int choice = 0; choice < 4; ++choice)
                best.offer(sums.product[std::size_t(choice)], sums.square[std::size_t(choice)], i1, i2, choice);
        }
    return fitOf(best, order, {best.shifts / 2 == 1, best.shifts % 2 == 1});
}

}  // namespace halftone::quant
