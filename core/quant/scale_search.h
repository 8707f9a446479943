// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

// Searches for the scale (and minimum) of a small block that minimise a weighted squared error. Each does the operations
// of ggml's reference quantizer in its order and precision (float, no contraction), because the bytes follow from them.
// These are the scalar references of the searches.
namespace halftone::quant {

/// Blocks whose largest magnitude is below this count as zero.
constexpr float kZeroBlock = 1e-15f;
constexpr int kMostCodes = 32;   ///< the longest block searched

/// How a symmetric search weighs its errors.
enum class Weighing { Square, Given };

/// w = scale * (code - half), codes 0 .. 2 half - 1. Tries 18 scales around the one that maps the largest weight to the
/// end of the range. `weights` is used with Weighing::Given, else each error is weighed by its weight squared.
float searchSymmetric(std::span<const float> x, int half, Weighing weighing, const float* weights, std::int8_t* codes);

/// As above for few bits, without trying other scales: moves single codes while that helps (Q3_K without importance).
float refineSymmetric(std::span<const float> x, int half, std::int8_t* codes);

/// How an affine search steps through candidate scales.
struct AffineSteps {
    float first, step;
    int count;
    bool absolute;   ///< the error is |difference| instead of its square
};

/// w = scale * code - minimum, codes 0..most, minimum >= 0. Tries scales of (most + first + step * i) / range, each with
/// the least-squares scale and minimum of its codes.
float searchAffine(std::span<const float> x, const float* weights, int most, const AffineSteps& steps, std::uint8_t* codes, float& minimum);

/// w = scale * code for w >= 0, codes 0..most: the scales and minimums of a super-block.
float searchPositive(std::span<const float> x, const float* weights, int most, std::uint8_t* codes);

}  // namespace halftone::quant
