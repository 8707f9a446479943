// SPDX-License-Identifier: Apache-2.0
#include "core/quant/split_search.h"

#include "core/quant/split_fit.h"

#include <algorithm>
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
    BestSplit best;
    for (std::size_t i1 = 0; i1 <= kLength; ++i1)
        for (std::size_t i2 = i1; i2 <= kLength; ++i2) {
            best.offer(productOf(sumX, i1, i2, kUp), squareOf(sumW, i1, i2, kUp), i1, i2, 0);
            best.offer(productOf(sumX, i1, i2, kDown), squareOf(sumW, i1, i2, kDown), i1, i2, 1);
        }
    return splitFit(best, order, {best.choice == 1, best.choice == 1});
}

std::optional<SplitFit> searchSplitsApart(const float* x, const float* weights)
{
    constexpr std::size_t kLength = 16;
    const auto order = ascending<kLength>(x);
    BestSplit best;
    for (std::size_t i1 = 0; i1 <= kLength; ++i1)
        for (std::size_t i2 = i1; i2 <= kLength; ++i2) {
            FourSums sums;
            for (std::size_t j = 0; j < kLength; ++j)
                sums.add(x[order[j]], weights[order[j]], std::size_t(j >= i1) + std::size_t(j >= i2), order[j] >= kLength / 2);
            for (int choice = 0; choice < 4; ++choice)
                best.offer(sums.product[std::size_t(choice)], sums.square[std::size_t(choice)], i1, i2, choice);
        }
    return splitFit(best, order, {best.choice / 2 == 1, best.choice % 2 == 1});
}

std::uint16_t bestNeighbourOneByOne(std::span<const std::uint16_t> candidates, const std::array<float, 3>& levels, const float* x,
                                    const float* weights, float scale)
{
    std::uint16_t best = candidates.front();
    float least = std::numeric_limits<float>::max();
    for (const std::uint16_t candidate : candidates) {
        float error = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            const float difference = scale * levels[std::size_t((candidate >> (2 * i)) & 3)] - x[i];
            error += weights[i] * difference * difference;
        }
        if (error < least) {
            least = error;
            best = candidate;
        }
    }
    return best;
}

}  // namespace halftone::quant
