// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/token_figures.h"

#include "core/infer/vector_math.h"

#include <algorithm>
#include <cmath>

namespace halftone::evaluate {

namespace {

using Five = std::array<std::size_t, 5>;

/// By insertion into five places: most logits are below all of them, so this is one comparison each.
Five largestFive(std::span<const float> logits)
{
    Five five;
    five.fill(infer::argMax(logits));
    std::array<float, 5> values;
    values.fill(-INFINITY);
    values[0] = logits[five[0]];
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (!(logits[i] > values.back()) || i == five[0])
            continue;
        std::size_t place = values.size() - 1;
        for (; place > 1 && logits[i] > values[place - 1]; --place) {
            values[place] = values[place - 1];
            five[place] = five[place - 1];
        }
        values[place] = logits[i];
        five[place] = i;
    }
    return five;
}

/// H = logSum - sum(p * x): for p = softmax(x), log p = x - logSum.
double entropyOf(std::span<const float> logits, double logSum)
{
    double mean = 0;
    for (const float x : logits)
        if (const double p = std::exp(double(x) - logSum); p > 0)
            mean += p * double(x);
    return std::max(0.0, logSum - mean);
}

TokenFigures ownFigures(std::span<const float> logits, double logSum, std::size_t first, token::Id target)
{
    TokenFigures figures;
    figures.nll = float(std::max(0.0, logSum - double(logits[std::size_t(target)])));
    figures.entropy = float(entropyOf(logits, logSum));
    figures.confidence = float(std::min(1.0, std::exp(double(logits[first]) - logSum)));
    figures.right = first == std::size_t(target);
    return figures;
}

}  // namespace

bool isSound(const TokenFigures& figures)
{
    const auto sound = [](float x) { return std::isfinite(x) && x >= 0; };
    return sound(figures.nll) && std::isfinite(figures.kld) && sound(figures.entropy) && sound(figures.confidence)
        && figures.confidence <= 1 && figures.right <= 1 && figures.sameFirst <= 1 && figures.sameFive <= 5;
}

BaseRow::BaseRow(std::span<const float> row) : logits(row), logSum(infer::logSumExp(row)), five(largestFive(row)) {}

TokenFigures figuresOf(const BaseRow& base, token::Id target)
{
    return ownFigures(base.logits, base.logSum, base.five[0], target);
}

TokenFigures figuresOf(const BaseRow& base, std::span<const float> logits, token::Id target)
{
    const double logSum = infer::logSumExp(logits);
    const Five five = largestFive(logits);
    TokenFigures figures = ownFigures(logits, logSum, five[0], target);
    figures.kld = float(infer::klDivergence(base.logits, base.logSum, logits, logSum));
    figures.sameFirst = five[0] == base.five[0];
    figures.sameFive =
        std::uint8_t(std::ranges::count_if(base.five, [&](std::size_t id) { return std::ranges::find(five, id) != five.end(); }));
    return figures;
}

}  // namespace halftone::evaluate
