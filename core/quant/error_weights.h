// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>

// How much an error of each weight counts in a search.
namespace halftone::quant {

inline float sumOfSquares(const float* x, std::size_t count)
{
    float sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += x[i] * x[i];
    return sum;
}

/// importance * sqrt(spread + x^2): the reference's weights where there is an importance matrix.
inline void weighByImportance(const float* x, const float* importance, float spread, std::size_t count, float* weights)
{
    for (std::size_t i = 0; i < count; ++i)
        weights[i] = importance[i] * std::sqrt(spread + x[i] * x[i]);
}

inline void weighBySquare(const float* x, std::size_t count, float* weights)
{
    for (std::size_t i = 0; i < count; ++i)
        weights[i] = x[i] * x[i];
}

}  // namespace halftone::quant
