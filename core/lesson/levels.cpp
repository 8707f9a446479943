// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/levels.h"

#include "core/quant/level_search.h"

#include <algorithm>
#include <cmath>

namespace halftone::lesson {
namespace {

constexpr int kMostRounds = 500;

/// Where the values of each level begin, and the end of the last: half-way between two levels belongs to the upper one.
std::vector<std::size_t> bordersOf(const SortedValues& values, std::span<const double> levels)
{
    std::vector<std::size_t> borders{0};
    for (std::size_t i = 1; i < levels.size(); ++i)
        borders.push_back(values.countBelow((levels[i - 1] + levels[i]) / 2));
    borders.push_back(values.count());
    return borders;
}

/// The value farthest from its level; errors are largest at the ends of a level's values.
double worstOff(const SortedValues& values, std::span<const double> levels, std::span<const std::size_t> borders)
{
    double worst = levels.front(), distance = -1;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        if (borders[i] == borders[i + 1])
            continue;
        for (const std::size_t at : {borders[i], borders[i + 1] - 1})
            if (const double here = std::abs(double(values.values()[at]) - levels[i]); here > distance) {
                distance = here;
                worst = double(values.values()[at]);
            }
    }
    return worst;
}

}  // namespace

SortedValues::SortedValues(std::vector<float> values) : m_values(std::move(values))
{
    std::ranges::sort(m_values);
    m_sum.assign(m_values.size() + 1, 0);
    m_square.assign(m_values.size() + 1, 0);
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        const double value = double(m_values[i]);
        m_sum[i + 1] = m_sum[i] + value;
        m_square[i + 1] = m_square[i] + value * value;
    }
}

std::size_t SortedValues::countBelow(double value) const
{
    const auto at = std::ranges::lower_bound(m_values, value, {}, [](float each) { return double(each); });
    return std::size_t(at - m_values.begin());
}

double SortedValues::squaredError(std::size_t first, std::size_t end, double level) const
{
    const double square = m_square[end] - m_square[first], sum = m_sum[end] - m_sum[first];
    return std::max(0.0, square - 2 * level * sum + double(end - first) * level * level);
}

SortedValues normalised(const Sample& sample)
{
    std::vector<float> values;
    values.reserve(sample.weights.size());
    for (std::size_t i = 0; i < sample.blocks(kBlock); ++i) {
        const auto block = sample.block(i, kBlock);
        const float largest = *std::ranges::max_element(block, {}, [](float weight) { return std::abs(weight); });
        if (largest != 0)
            for (const float weight : block)
                values.push_back(weight / largest);
    }
    return SortedValues(std::move(values));
}

std::vector<double> uniformLevels(int bits)
{
    const int half = 1 << (bits - 1);
    std::vector<double> levels;
    for (int code = 1 - half; code <= half; ++code)
        levels.push_back(double(code) / half);
    return levels;
}

std::vector<double> iq4Levels()
{
    // The largest weight is laid on the table's first level, -127.
    std::vector<double> levels;
    for (const float level : quant::kLevelsIQ4)
        levels.insert(levels.begin(), double(level) / double(quant::kLevelsIQ4.front()));
    return levels;
}

std::vector<double> lloydMax(const SortedValues& values, std::vector<double> levels)
{
    for (int round = 0; round < kMostRounds && values.count() > 0; ++round) {
        const std::vector<double> before = levels;
        const auto borders = bordersOf(values, levels);
        for (std::size_t i = 0; i < levels.size(); ++i)
            if (borders[i] < borders[i + 1])
                levels[i] = values.mean(borders[i], borders[i + 1]);
        for (std::size_t i = 0; i < levels.size(); ++i)
            if (borders[i] == borders[i + 1]) {
                levels[i] = worstOff(values, levels, borders);
                break;  // one at a time: the next sees what this one took
            }
        std::ranges::sort(levels);
        if (levels == before)
            break;
    }
    return levels;
}

double rmse(const SortedValues& values, std::span<const double> levels)
{
    const auto borders = bordersOf(values, levels);
    double sum = 0;
    for (std::size_t i = 0; i < levels.size(); ++i)
        sum += values.squaredError(borders[i], borders[i + 1], levels[i]);
    return values.count() ? std::sqrt(sum / double(values.count())) : 0;
}

}  // namespace halftone::lesson
