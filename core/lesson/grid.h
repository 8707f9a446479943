// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace halftone::lesson {

/// Evenly spaced levels: code c of first..last stands for offset + step * c. A step of 0 leaves one level, the offset.
struct Grid {
    double step = 0, offset = 0;
    int first = 0, last = 0;

    double level(int code) const { return offset + step * code; }
    int code(double weight) const;  ///< of the nearest level
    double snap(double weight) const { return level(code(weight)); }
    std::vector<double> levels() const;  ///< by code: ascending where the step is positive
};

/// 2^bits - 1 levels, as many on either side of zero; the outermost are +-reach. bits 2..16.
Grid symmetricGrid(double reach, int bits);
/// 2^bits levels from low to high.
Grid affineGrid(double low, double high, int bits);

double largestMagnitude(std::span<const float> weights);  ///< 0 of none
double rmse(std::span<const float> weights, const Grid& grid);  ///< sqrt(mean((w - snap(w))^2))

/// The reach of the symmetric grid with the least error, and that error: exactly the least over all reaches. Codes change only where a
/// weight lies half-way between two levels; between two such steps the error is a parabola in the step.
struct BestReach {
    double reach = 0, rmse = 0;
};
BestReach bestReach(std::span<const float> weights, int bits);

}  // namespace halftone::lesson
