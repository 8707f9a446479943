// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/lesson/sample.h"

#include <cstddef>
#include <span>
#include <vector>

namespace halftone::lesson {

/// Numbers in ascending order with their running sums, so that a code book's error costs one search per level.
class SortedValues {
public:
    explicit SortedValues(std::vector<float> values);

    std::span<const float> values() const { return m_values; }
    std::size_t count() const { return m_values.size(); }
    std::size_t countBelow(double value) const;
    /// Mean of values [first, end), which are some.
    double mean(std::size_t first, std::size_t end) const { return (m_sum[end] - m_sum[first]) / double(end - first); }
    /// sum (x - level)^2 of values [first, end).
    double squaredError(std::size_t first, std::size_t end, double level) const;

private:
    std::vector<float> m_values;
    std::vector<double> m_sum, m_square;  ///< of the values before each place
};

/// Each weight of the sample over its block's largest one, sign and all: -1..1, and 1 at least once in each block of kBlock that is not all
/// zeros (these are left out). What IQ4_NL and Q4_0 look at.
SortedValues normalised(const Sample& sample);

/// 2^bits even levels as Q4_0 has them, in units of the block's largest weight: -(n/2 - 1) / (n/2) .. 1.
std::vector<double> uniformLevels(int bits);
/// IQ4_NL's sixteen levels in the same units.
std::vector<double> iq4Levels();
/// Levels of least squared error for these values: each level is the mean of the values nearest to it, and each border lies half-way
/// between two levels (S. P. Lloyd 1957/1982, J. Max 1960). Started from `start`; ascending. A level that no value is nearest to moves to
/// the value that is worst off, so distinct values are used up before an error remains.
std::vector<double> lloydMax(const SortedValues& values, std::vector<double> start);

/// sqrt(mean((x - nearest level)^2)); `levels` ascending, at least one.
double rmse(const SortedValues& values, std::span<const double> levels);

}  // namespace halftone::lesson
