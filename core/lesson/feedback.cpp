// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/feedback.h"

#include "core/lesson/grid.h"

#include <algorithm>
#include <cmath>

namespace halftone::lesson {
namespace {

/// x' H x of a growing vector, one multiplication a step: of the newest x with the earlier ones the sum of rho^(i - j) x_j is enough.
class GrowingSquare {
public:
    explicit GrowingSquare(double rho) : m_rho(rho) {}

    double add(double x)
    {
        m_square += x * x + 2 * x * m_earlier;
        m_earlier = m_rho * (m_earlier + x);
        return m_square;
    }

private:
    double m_rho, m_earlier = 0, m_square = 0;
};

}  // namespace

FeedbackRow quantizeWithFeedback(std::span<const float> row, const FeedbackKnobs& knobs)
{
    FeedbackRow result;
    result.quantized.reserve(row.size());
    result.outputError.reserve(row.size());
    GrowingSquare output(knobs.rho);
    double passed = 0, square = 0;
    Grid grid;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (i % knobs.block == 0)
            grid = symmetricGrid(largestMagnitude(row.subspan(i, std::min(knobs.block, row.size() - i))), knobs.bits);
        const double target = double(row[i]) + passed, value = grid.snap(target);
        const double error = double(row[i]) - value;
        passed = knobs.share * knobs.rho * (target - value);
        square += error * error;
        result.quantized.push_back(float(value));
        result.outputError.push_back(output.add(error));
    }
    result.rmse = row.empty() ? 0 : std::sqrt(square / double(row.size()));
    return result;
}

double expectedSquare(std::span<const float> row, double rho)
{
    GrowingSquare output(rho);
    double square = 0;
    for (const float weight : row)
        square = output.add(double(weight));
    return square;
}

}  // namespace halftone::lesson
