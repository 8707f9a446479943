// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/tridiagonal.h"

#include "core/base/error.h"
#include "core/base/progress.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace halftone::inspect {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr std::size_t kMostSteps = 30;  // for each eigenvalue on average; two are usual

/// The eigenvalue of the block's last two rows that lies nearer to the last diagonal element.
double shiftOf(const Tridiagonal& m, std::size_t end)
{
    const double half = (m.diagonal[end - 1] - m.diagonal[end]) / 2, beside = m.below[end - 1];
    const double root = std::hypot(half, beside);
    return m.diagonal[end] - (root > 0 ? beside / (half + std::copysign(root, half)) * beside : 0);
}

/// One step on rows `start` to `end`: a rotation of each pair of neighbours, which chases the value that the first one brings
/// outside the three diagonals down and out.
void qrStep(Tridiagonal& m, std::size_t start, std::size_t end)
{
    auto& d = m.diagonal;
    auto& e = m.below;
    double x = d[start] - shiftOf(m, end), outside = e[start];
    for (std::size_t k = start; k < end; ++k) {
        const double length = std::sqrt(x * x + outside * outside);
        const double c = length > 0 ? x / length : 1, s = length > 0 ? outside / length : 0;
        if (k > start)
            e[k - 1] = length;
        const double upper = d[k], lower = d[k + 1], beside = e[k];
        d[k] = c * c * upper + 2 * c * s * beside + s * s * lower;
        d[k + 1] = s * s * upper - 2 * c * s * beside + c * c * lower;
        e[k] = c * s * (lower - upper) + (c * c - s * s) * beside;
        x = e[k];
        if (k + 1 < end) {
            outside = s * e[k + 1];
            e[k + 1] *= c;
        }
    }
}

double largest(const std::vector<double>& values)
{
    double most = 0;
    for (const double value : values)
        most = std::max(most, std::abs(value));
    return most;
}

}  // namespace

std::vector<double> eigenvalues(Tridiagonal m, Progress& progress)
{
    const double least = kEpsilon * kEpsilon * std::max(largest(m.diagonal), largest(m.below));
    const auto isNothing = [&](std::size_t k) {
        return std::abs(m.below[k]) <= kEpsilon * (std::abs(m.diagonal[k]) + std::abs(m.diagonal[k + 1])) + least;
    };
    std::size_t steps = 0;
    for (std::size_t end = m.diagonal.size(); end-- > 1;) {
        while (!isNothing(end - 1)) {
            progress.checkpoint();
            if (++steps > kMostSteps * m.diagonal.size())
                throw Error(ErrorCode::Unsupported,
                            {.problem = "the eigenvalues of a matrix cannot be found: the iteration does not converge"});
            std::size_t start = end - 1;
            while (start > 0 && !isNothing(start - 1))
                --start;
            qrStep(m, start, end);
        }
    }
    std::ranges::sort(m.diagonal);
    return std::move(m.diagonal);
}

}  // namespace halftone::inspect
