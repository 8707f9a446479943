// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace halftone::sense {

/// A whole recipe: its tensors' errors added up, and the KL divergence that was measured, nats.
struct Sample {
    double error = 0;
    double kld = 0;
};

struct Prediction {
    double kld = 0;  ///< nats per token
    double low = 0, high = 0;  ///< the band in which the measured figure should lie for 19 recipes of 20
};

/// From the sum of single-tensor errors to the KL divergence of a recipe: kld = scale * error ^ exponent, fitted to measured
/// recipes on logarithmic axes. Rising, so that the least error is the least predicted divergence too.
struct Fit {
    double scale = 1, exponent = 1;
    double spread = 4;  ///< the band is kld / spread .. kld * spread
    std::vector<Sample> samples = {};  ///< what it was fitted to; none: a guess
};

/// Least squares over samples above 0. Fewer than three leave the slope at 1, none leave everything as it is. The spread is
/// twice the standard deviation by which a recipe that is not among the samples would be missed, and at least what texts
/// differ by.
Fit fitted(std::vector<Sample> samples, const Fit& guess);

Prediction predict(const Fit& fit, double error);
/// The error at which `kld` is predicted: for a budget of divergence.
double errorFor(const Fit& fit, double kld);

}  // namespace halftone::sense
