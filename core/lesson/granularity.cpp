// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/granularity.h"

#include "core/lesson/grid.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

namespace halftone::lesson {
namespace {

/// sum (w - w')^2 of at most kRun weights. In floats, so that the loop runs in SIMD lanes: rounded by adding and taking away 1.5 * 2^23,
/// after which no bits are left for a fraction.
constexpr std::size_t kRun = 256;
double squaredErrorOfRun(std::span<const float> weights, float step)
{
    constexpr float kRound = 12582912.0f;
    constexpr std::size_t kLanes = 16;
    const float inverse = 1 / step;
    float sums[kLanes] = {};
    const auto add = [&](std::size_t i, float& sum) {
        const float error = weights[i] - step * ((weights[i] * inverse + kRound) - kRound);
        sum += error * error;
    };
    std::size_t i = 0;
    for (; i + kLanes <= weights.size(); i += kLanes)
        for (std::size_t lane = 0; lane < kLanes; ++lane)
            add(i + lane, sums[lane]);
    for (; i < weights.size(); ++i)
        add(i, sums[0]);
    return double(std::accumulate(std::begin(sums), std::end(sums), 0.0f));
}

/// sum (w - w')^2 of weights that share a scale.
double squaredError(std::span<const float> weights, int bits)
{
    const float step = float(symmetricGrid(largestMagnitude(weights), bits).step);
    double sum = 0;
    for (std::size_t at = 0; step > 0 && at < weights.size(); at += kRun)
        sum += squaredErrorOfRun(weights.subspan(at, std::min(kRun, weights.size() - at)), step);
    return sum;
}

double squaredErrorOfBlocks(const Sample& sample, std::size_t size, int bits)
{
    double sum = 0;
    for (std::size_t r = 0; r < sample.rows(); ++r)
        for (std::size_t at = 0; at < sample.columns; at += size)
            sum += squaredError(sample.row(r).subspan(at, std::min(size, sample.columns - at)), bits);
    return sum;
}

}  // namespace

std::vector<GranularityCost> granularityCosts(const Sample& sample, int bits)
{
    if (sample.weights.empty())
        return {};
    const auto cost = [&](Granularity granularity, std::size_t size, double weightsPerScale, double error2) {
        return GranularityCost{granularity, size, bits + kScaleBits / weightsPerScale, std::sqrt(error2 / double(sample.weights.size()))};
    };
    std::vector<GranularityCost> costs;
    costs.push_back(
        cost(Granularity::Tensor, std::size_t(sample.tensorWeights), double(sample.tensorWeights), squaredError(sample.weights, bits)));
    costs.push_back(cost(Granularity::Row, sample.columns, double(sample.columns), squaredErrorOfBlocks(sample, sample.columns, bits)));
    for (const std::size_t size : {256, 128, 64, 32, 16}) {
        if (size >= sample.columns)
            continue;
        const double perScale = double(sample.columns) / double((sample.columns + size - 1) / size);
        costs.push_back(cost(Granularity::Block, size, perScale, squaredErrorOfBlocks(sample, size, bits)));
    }
    return costs;
}

}  // namespace halftone::lesson
