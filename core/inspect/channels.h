// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::model {
struct Tensor;
}

namespace halftone::inspect {

/// |w| of each row, or of each column, of a matrix. A few channels far above the others are what coarse blocks lose most on.
struct ChannelSide {
    std::vector<float> mean, max;  ///< by channel; weights that are not finite count as 0
    float medianMean = 0, medianMax = 0;  ///< of the channels

    /// Times the median; 0 where the median is 0, as in a matrix that is mostly empty.
    double meanRatio(std::size_t channel) const { return medianMean > 0 ? double(mean[channel]) / double(medianMean) : 0; }
    double maxRatio(std::size_t channel) const { return medianMax > 0 ? double(max[channel]) / double(medianMax) : 0; }
};

struct Channels {
    ChannelSide rows, columns;  ///< dimensions above the second are stacked as rows
};

enum class ChannelMeasure { Mean, Max };

/// The `count` channels that stand out most, strongest first; equal ones in their order.
std::vector<std::size_t> strongest(const ChannelSide& side, ChannelMeasure by, std::size_t count);

/// Channels with more than this share of the median's mean are called outliers.
inline constexpr double kOutlierRatio = 3;
/// Strongest first.
std::vector<std::size_t> outliers(const ChannelSide& side);

/// One parallel pass; the result does not depend on the number of threads. Advances `progress` by the tensor's bytes. Throws
/// Error{Unsupported} for a type that cannot be read here, Error{Malformed} for a tensor without data, Error{Cancelled}.
Channels channels(const model::Tensor& tensor, const Executor& executor, Progress& progress);

}  // namespace halftone::inspect
