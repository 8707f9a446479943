// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor.h"

namespace halftone::plan {

/// Whether llama-quantize would touch this tensor at all: matrices and stacks of them whose name ends in "weight", save
/// those that are small and delicate (norms, routers, positions, state-space and RWKV helpers, image and audio parts).
bool quantizable(const model::Tensor& tensor);

/// Dimensions that matter: trailing extents of 1 do not count. At least 1.
std::uint32_t trueRank(const model::Shape& shape);

}  // namespace halftone::plan
