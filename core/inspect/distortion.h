// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/statistics.h"

#include <span>
#include <vector>

namespace halftone::inspect {

/// How far a quantized tensor is from its source, w' against w.
struct Distortion {
    double rmse = 0;       ///< sqrt(mean((w - w')^2))
    double snrDb = 0;      ///< 10 log10(sum w^2 / sum (w - w')^2); +infinity when nothing changed
    double cosine = 1;     ///< of the angle between w and w'
    double maxError = 0;   ///< max |w - w'|
};

/// Adds up a Distortion from pieces, in the order they come; pieces may be summed apart and merged.
class DistortionMeter {
public:
    void add(std::span<const float> source, std::span<const float> quantized);
    void merge(const DistortionMeter& other);
    Distortion result() const;

private:
    double m_source2 = 0, m_quantized2 = 0, m_product = 0, m_error2 = 0, m_maxError = 0;
    std::uint64_t m_count = 0;
};

/// What a candidate type does to a tensor, computed in memory: nothing is written.
struct Candidate {
    Distortion distortion;
    Histogram quantized;          ///< of the values after quantization, over the source's range
    Histogram error;              ///< of w' - w, symmetric around 0
    std::vector<float> levels;    ///< the values of a typical block (the one of median scale): its grid, ascending
    double meanAbsoluteError = 0;
    std::vector<double> errorPerBin;  ///< mean |w' - w| of the source values in each bin of `quantized`
};

/// Quantizes the tensor to `type` row by row and compares. `importance` empty or one weight per column, expert by expert.
Candidate tryType(const model::Tensor& tensor, quant::Type type, std::span<const float> importance, int bins,
                  const Executor& executor, Progress& progress);

/// w' - w of every weight, row by row. `importance` as for tryType().
std::vector<float> typeErrors(const model::Tensor& tensor, quant::Type type, std::span<const float> importance, const Executor& executor,
                              Progress& progress);

/// Only the distortion, over at most `maxRows` evenly spaced rows (0: all). `importance` is empty or has one weight per column,
/// expert by expert.
Distortion measureType(const model::Tensor& tensor, quant::Type type, std::uint64_t maxRows, std::span<const float> importance,
                       const Executor& executor, Progress& progress);

}  // namespace halftone::inspect
