// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/grid.h"

#include <algorithm>
#include <cmath>

namespace halftone::lesson {

int Grid::code(double weight) const
{
    if (step == 0)
        return std::clamp(0, first, last);
    return int(std::clamp(std::round((weight - offset) / step), double(first), double(last)));
}

std::vector<double> Grid::levels() const
{
    std::vector<double> all;
    for (int code = first; code <= last; ++code)
        all.push_back(level(code));
    return all;
}

Grid symmetricGrid(double reach, int bits)
{
    const int last = (1 << (bits - 1)) - 1;
    return {reach / last, 0, -last, last};
}

Grid affineGrid(double low, double high, int bits)
{
    const int last = (1 << bits) - 1;
    return {(high - low) / last, low, 0, last};
}

double largestMagnitude(std::span<const float> weights)
{
    float largest = 0;
    for (const float weight : weights)
        largest = std::max(largest, std::abs(weight));
    return double(largest);
}

double rmse(std::span<const float> weights, const Grid& grid)
{
    double sum = 0;
    for (const float weight : weights) {
        const double error = double(weight) - grid.snap(double(weight));
        sum += error * error;
    }
    return weights.empty() ? 0 : std::sqrt(sum / double(weights.size()));
}

namespace {

/// As the step shrinks past `step`, a weight of this magnitude moves from code to code + 1.
struct Move {
    double step, magnitude;
    int code;
};

std::vector<Move> movesOf(std::span<const float> weights, int codes)
{
    std::vector<Move> moves;
    moves.reserve(weights.size() * std::size_t(codes));
    for (const float weight : weights)
        for (int code = 0; weight != 0 && code < codes; ++code)
            moves.push_back({std::abs(double(weight)) / (code + 0.5), std::abs(double(weight)), code});
    std::ranges::sort(moves, std::greater(), &Move::step);
    return moves;
}

}  // namespace

BestReach bestReach(std::span<const float> weights, int bits)
{
    const int codes = symmetricGrid(1, bits).last;
    double energy = 0, bestGain = 0, bestStep = 0;
    for (const float weight : weights)
        energy += double(weight) * double(weight);
    // With the codes q, sum (w - s q)^2 is least at s = sum w q / sum q^2, and less than sum w^2 by (sum w q)^2 / sum q^2.
    double product = 0, square = 0;
    for (const Move& move : movesOf(weights, codes)) {
        product += move.magnitude;
        square += 2 * move.code + 1;
        if (const double gain = product * product / square; gain > bestGain) {
            bestGain = gain;
            bestStep = product / square;
        }
    }
    // Measured anew: the difference of two near sums has few digits.
    const double reach = bestStep * codes;
    return {reach, energy > 0 ? rmse(weights, symmetricGrid(reach, bits)) : 0};
}

}  // namespace halftone::lesson
