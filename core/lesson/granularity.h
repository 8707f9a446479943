// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/lesson/sample.h"

#include <vector>

namespace halftone::lesson {

/// How many weights share one scale.
enum class Granularity { Tensor, Row, Block };

struct GranularityCost {
    Granularity granularity = Granularity::Tensor;
    std::size_t size = 0;  ///< weights that share a scale
    double bitsPerWeight = 0;  ///< codes, and the 16 bits of each scale
    double rmse = 0;  ///< of the sample, rounded to the nearest level of a symmetric grid that reaches the group's largest weight
};

/// From coarse to fine: the tensor, a row, then blocks of 256, 128, 64, 32 and 16 within a row, those that are shorter than it. A row's
/// last block may be shorter. The tensor's scale is the sample's. bits 2..8.
std::vector<GranularityCost> granularityCosts(const Sample& sample, int bits);

}  // namespace halftone::lesson
