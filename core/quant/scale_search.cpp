// SPDX-License-Identifier: Apache-2.0
#include "core/quant/scale_search.h"

#include "core/quant/rounding.h"

#include <array>
#include <cmath>

namespace halftone::quant {
namespace {

/// The first weight of the largest magnitude, with its sign.
float largest(std::span<const float> x)
{
    float magnitude = 0;
    float value = 0;
    for (const float w : x) {
        if (std::abs(w) > magnitude) {
            magnitude = std::abs(w);
            value = w;
        }
    }
    return value;
}

/// Sums of a least-squares fit x ~ scale * code.
struct Fit {
    float product = 0;   ///< sum w x l
    float square = 0;    ///< sum w l l
    void add(float w, float x, int l)
    {
        product += w * x * float(l);
        square += w * float(l) * float(l);
    }
};

template <class Code>
void zeroCodes(std::size_t count, Code* codes)
{
    std::fill_n(codes, count, Code(0));
}

}  // namespace

float searchSymmetric(std::span<const float> x, int half, Weighing weighing, const float* weights, std::int8_t* codes)
{
    const float top = largest(x);
    if (std::abs(top) < kZeroBlock) {
        zeroCodes(x.size(), codes);
        return 0;
    }
    const auto weight = [&](std::size_t i) { return weighing == Weighing::Given ? weights[i] : x[i] * x[i]; };
    const auto fitAt = [&](float inverse) {
        Fit fit;
        for (std::size_t i = 0; i < x.size(); ++i)
            fit.add(weight(i), x[i], nearestIn(inverse * x[i], -half, half - 1));
        return fit;
    };
    const auto keepCodes = [&](float inverse) {
        for (std::size_t i = 0; i < x.size(); ++i)
            codes[i] = std::int8_t(half + nearestIn(inverse * x[i], -half, half - 1));
    };

    float inverse = -float(half) / top;
    keepCodes(inverse);
    const Fit start = fitAt(inverse);
    float scale = start.square != 0 ? start.product / start.square : 0.0f;
    float best = scale * start.product;
    for (int step = -9; step <= 9; ++step) {
        if (step == 0)
            continue;
        inverse = -(float(half) + 0.1f * float(step)) / top;
        const Fit fit = fitAt(inverse);
        if (fit.square > 0 && fit.product * fit.product > best * fit.square) {
            keepCodes(inverse);
            scale = fit.product / fit.square;
            best = scale * fit.product;
        }
    }
    return scale;
}

float refineSymmetric(std::span<const float> x, int half, std::int8_t* codes)
{
    const float top = largest(x);
    if (std::abs(top) < kZeroBlock) {
        zeroCodes(x.size(), codes);
        return 0;
    }
    const float inverse = -float(half) / top;
    Fit fit;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const int l = nearestIn(inverse * x[i], -half, half - 1);
        codes[i] = std::int8_t(l);
        fit.add(x[i] * x[i], x[i], l);
    }
    for (int round = 0; round < 5; ++round) {
        bool changed = false;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const float w = x[i] * x[i];
            float product = fit.product - w * x[i] * float(codes[i]);
            if (!(product > 0))
                continue;
            float square = fit.square - w * float(codes[i]) * float(codes[i]);
            const int l = nearestIn(x[i] * square / product, -half, half - 1);
            if (l == codes[i])
                continue;
            product += w * x[i] * float(l);
            square += w * float(l) * float(l);
            if (square > 0 && product * product * fit.square > fit.product * fit.product * square) {
                codes[i] = std::int8_t(l);
                fit = {product, square};
                changed = true;
            }
        }
        if (!changed)
            break;
    }
    for (std::size_t i = 0; i < x.size(); ++i)
        codes[i] = std::int8_t(codes[i] + half);
    return fit.square > 0 ? fit.product / fit.square : 0.0f;
}

float searchAffine(std::span<const float> x, const float* weights, int most, const AffineSteps& steps, std::uint8_t* codes, float& minimum)
{
    float low = x[0];
    float high = x[0];
    float sumW = weights[0];
    float sumX = sumW * x[0];
    for (std::size_t i = 1; i < x.size(); ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
        sumW += weights[i];
        sumX += weights[i] * x[i];
    }
    low = low > 0 ? 0 : low;
    if (high <= low) {
        zeroCodes(x.size(), codes);
        minimum = -low;
        return 0;
    }
    const auto errorOf = [&](float scale, float offset, const std::uint8_t* l) {
        float error = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const float difference = scale * float(l[i]) + offset - x[i];
            error += weights[i] * (steps.absolute ? std::abs(difference) : difference * difference);
        }
        return error;
    };

    float inverse = float(most) / (high - low);
    float scale = 1 / inverse;
    for (std::size_t i = 0; i < x.size(); ++i)
        codes[i] = std::uint8_t(nearestIn(inverse * (x[i] - low), 0, most));
    float best = errorOf(scale, low, codes);
    // Each step rounds from the best minimum so far, as the reference does; so the order of the steps matters.
    for (int step = 0; step <= steps.count; ++step) {
        inverse = (steps.first + steps.step * float(step) + float(most)) / (high - low);
        std::array<std::uint8_t, kMostCodes> trial;
        float sumL = 0;
        float sumL2 = 0;
        float sumXL = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const int l = nearestIn(inverse * (x[i] - low), 0, most);
            trial[i] = std::uint8_t(l);
            sumL += weights[i] * float(l);
            sumL2 += weights[i] * float(l) * float(l);
            sumXL += weights[i] * float(l) * x[i];
        }
        const float determinant = sumW * sumL2 - sumL * sumL;
        if (!(determinant > 0))
            continue;
        float trialScale = (sumW * sumXL - sumX * sumL) / determinant;
        float trialLow = (sumL2 * sumX - sumL * sumXL) / determinant;
        if (trialLow > 0) {
            trialLow = 0;
            trialScale = sumXL / sumL2;
        }
        const float error = errorOf(trialScale, trialLow, trial.data());
        if (error < best) {
            std::copy_n(trial.data(), x.size(), codes);
            best = error;
            scale = trialScale;
            low = trialLow;
        }
    }
    minimum = -low;
    return scale;
}

float searchPositive(std::span<const float> x, const float* weights, int most, std::uint8_t* codes)
{
    float top = 0;
    for (const float value : x)
        top = std::max(top, value);
    if (top < kZeroBlock) {
        zeroCodes(x.size(), codes);
        return 0;
    }
    float inverse = float(most) / top;
    const auto errorAt = [&](float trialInverse, bool limited) {
        const float scale = 1 / trialInverse;
        float error = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const int rounded = nearest(trialInverse * x[i]);
            const int l = limited ? std::min(most, rounded) : int(std::uint8_t(rounded));
            const float difference = x[i] - scale * float(l);
            error += weights[i] * difference * difference;
        }
        return error;
    };
    float best = errorAt(inverse, false);
    for (int step = -4; step <= 4; ++step) {
        if (step == 0)
            continue;
        const float trial = (0.1f * float(step) + float(most)) / top;
        const float error = errorAt(trial, true);
        if (error < best) {
            best = error;
            inverse = trial;
        }
    }

    Fit fit;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const int l = std::min(most, nearest(inverse * x[i]));
        codes[i] = std::uint8_t(l);
        fit.add(weights[i], x[i], l);
    }
    for (int round = 0; round < 5; ++round) {
        bool changed = false;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const float w = weights[i];
            float product = fit.product - w * x[i] * float(codes[i]);
            float square = fit.square - w * float(codes[i]) * float(codes[i]);
            if (!(product > 0 && square > 0))
                continue;
            const int l = std::min(most, nearest(x[i] * square / product));
            if (l == codes[i])
                continue;
            product += w * x[i] * float(l);
            square += w * float(l) * float(l);
            if (product * product * fit.square > fit.product * fit.product * square) {
                codes[i] = std::uint8_t(l);
                fit = {product, square};
                changed = true;
            }
        }
        if (!changed)
            break;
    }
    return fit.square > 0 ? fit.product / fit.square : 0.0f;
}

}  // namespace halftone::quant
