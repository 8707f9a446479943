// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/evaluate/token_figures.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace halftone::evaluate {

/// A group of predictions beside the original's.
struct Bin {
    std::uint64_t tokens = 0;
    double before = 0;  ///< the mean of what the groups are made by, in the original
    double after = 0;  ///< the mean of the same in the variant; see where the bin is used
    double kld = 0;  ///< mean, nats
};

/// All that a run says of one variant. Means are over the scored predictions.
struct Figures {
    std::uint64_t tokens = 0;
    double nll = 0, perplexity = 0, perplexityError = 0;  ///< error: one standard error
    double meanKld = 0, meanKldError = 0, medianKld = 0, p99Kld = 0, maxKld = 0;
    double trueChange = 0;  ///< mean of p(true token) here less there
    double trueChangeRms = 0;  ///< root of its mean square
    double top1Agreement = 0;  ///< share with the same most probable token, 0..1
    double top5Agreement = 0;  ///< share of the original's five most probable tokens among this one's five, 0..1
    double entropy = 0;
    /// Expected calibration error of the most probable token: 15 bins of equal width (Guo et al. 2017, On Calibration of
    /// Modern Neural Networks), 0..1.
    double calibrationError = 0;
    /// Twenty bins of equal width of the true token's probability in the original; `after` is its mean here. Empty bins
    /// are left out.
    std::vector<Bin> confidence;
    /// Ten bins of equally many tokens by the original's entropy, from sure to unsure; `before` and `after` are mean nll.
    std::vector<Bin> uncertainty;
    /// Up to 32 bins of neighbouring positions in the window, in order; `before` and `after` are mean nll.
    std::vector<Bin> positions;
};

/// `own` and `base` are the figures of the same predictions, window after window of `scored` each; `base` may be `own`.
/// Neither is empty. Sums run in order, so equal input gives equal bits.
Figures summarize(std::span<const TokenFigures> own, std::span<const TokenFigures> base, std::size_t scored);

}  // namespace halftone::evaluate
