// SPDX-License-Identifier: Apache-2.0
#include "core/quant/level_search.h"

#include "core/quant/scale_search.h"

#include <cmath>
#include <cstddef>

namespace halftone::quant {
namespace {

constexpr std::size_t kLength = 32;
constexpr int kTries = 7;  ///< on either side

/// Sums of a least-squares fit x ~ scale * level.
struct Fit {
    float product = 0, square = 0;
};

Fit fitAt(const float* x, const float* weights, float inverse)
{
    Fit fit;
    for (std::size_t i = 0; i < kLength; ++i) {
        const float level = kLevelsIQ4[std::size_t(nearestLevel(inverse * x[i]))];
        fit.product += weights[i] * level * x[i];
        fit.square += weights[i] * level * level;
    }
    return fit;
}

/// The first weight of the largest magnitude, with its sign.
float signedLargest(const float* x)
{
    float value = 0;
    for (std::size_t i = 0; i < kLength; ++i)
        if (std::abs(x[i]) > std::abs(value))
            value = x[i];
    return value;
}

}  // namespace

int nearestLevel(float value) noexcept
{
    int code = 0;
    for (std::size_t i = 1; i < kLevelsIQ4.size(); ++i)
        code += !(value < (kLevelsIQ4[i - 1] + kLevelsIQ4[i]) / 2);
    return code;
}

float searchLevelScale(const float* x, const float* weights)
{
    const float top = signedLargest(x);
    if (std::abs(top) < kZeroBlock)
        return 0;
    const Fit start = fitAt(x, weights, 1 / (-top / kLevelsIQ4[0]));
    float scale = start.square > 0 ? start.product / start.square : 0.0f;
    float best = scale * start.product;
    for (int step = -kTries; step <= kTries; ++step) {
        const Fit fit = fitAt(x, weights, (float(step) + kLevelsIQ4[0]) / top);
        if (fit.square > 0 && fit.product * fit.product > best * fit.square) {
            scale = fit.product / fit.square;
            best = scale * fit.product;
        }
    }
    return scale;
}

}  // namespace halftone::quant
