// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

// How much an error of each weight counts in a search, and the last step of a search.
namespace halftone::quant {

/// One after the other, as the reference adds: the bytes depend on how the sum is rounded.
inline float sumOfSquares(const float* x, std::size_t count)
{
    float sum = 0;
    for (std::size_t i = 0; i < count; ++i)
        sum += x[i] * x[i];
    return sum;
}

/// Of `parts` (at most 8) parts of `length` weights each, side by side, so that no sum waits for another.
inline void sumsOfSquares(const float* x, std::size_t parts, std::size_t length, float* sums)
{
    if (parts < 8) {
        for (std::size_t part = 0; part < parts; ++part)
            sums[part] = sumOfSquares(x + part * length, length);
        return;
    }
    float sum[8] = {};
    for (std::size_t i = 0; i < length; ++i)
        for (std::size_t part = 0; part < 8; ++part)  // in registers: their number is known
            sum[part] += x[part * length + i] * x[part * length + i];
    std::copy_n(sum, 8, sums);
}

/// importance * sqrt(spread + x^2): the reference's weights where there is an importance matrix.
void weighByImportance(const float* x, const float* importance, float spread, std::size_t count, float* weights);

/// Of each of `parts` parts of `length` weights (a multiple of 16): codes[i] = offset + nearestIn((x[i] + minimum) / scale, low, high),
/// with the part's own scale and minimum; `minimums` null for zeros. A part with scale zero keeps its codes.
void chooseCodes(const float* x, const float* scales, const float* minimums, std::size_t parts, std::size_t length, int low, int high,
                 int offset, unsigned char* codes);

inline void weighBySquare(const float* x, std::size_t count, float* weights)
{
    for (std::size_t i = 0; i < count; ++i)
        weights[i] = x[i] * x[i];
}

}  // namespace halftone::quant
