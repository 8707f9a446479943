// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace halftone::lesson {

// Error feedback on one row of weights whose inputs have the covariance H[i][j] = rho^|i - j|: neighbours are alike, as neighbouring grey
// values of a picture are (R. W. Floyd, L. Steinberg 1976, who pass a pixel's rounding error to its neighbours). For such inputs this is
// GPTQ (E. Frantar et al. 2022) to the last bit of the formula: it passes err * U[i][j] / U[i][i] to each later weight j, U being the upper
// Cholesky factor of the inverse of H; that inverse is tridiagonal, so U is bidiagonal and U[i][i + 1] / U[i][i] = -rho.

/// A row quantized from left to right.
struct FeedbackRow {
    std::vector<float> quantized;
    std::vector<double>
        outputError;  ///< accumulated: e' H e of the first i + 1 weights' errors e = w - w', the expected squared output error
    double rmse = 0;  ///< sqrt(mean(e^2))
};

struct FeedbackKnobs {
    int bits = 4;  ///< 2..8
    double rho = 0;  ///< 0 <= rho < 1
    double share = 1;  ///< of the error that is passed on: 0 none (rounding to nearest), 1 all (GPTQ)
    std::size_t block = 32;  ///< weights that share the symmetric grid of their largest one, before any error was passed on
};

FeedbackRow quantizeWithFeedback(std::span<const float> row, const FeedbackKnobs& knobs);

/// x' H x of all of the vector: what the output's expected square is for weights x.
double expectedSquare(std::span<const float> row, double rho);

}  // namespace halftone::lesson
