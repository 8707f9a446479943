// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor.h"

#include <cstdint>

namespace halftone::inspect {

/// How many matrices a tensor stacks, such as the experts of a mixture: the product of its dimensions above the second.
std::uint64_t stackedMatrices(const model::Tensor& tensor);

/// The view on `count` whole rows from `first` on, as a matrix. Shares the tensor's bytes, its name and its role. The whole tensor where
/// its rows cannot be told apart (without data, or rows that share a block).
model::Tensor rowsOf(const model::Tensor& tensor, std::uint64_t first, std::uint64_t count);

/// One of the stacked matrices, `index` below stackedMatrices().
model::Tensor stackedMatrix(const model::Tensor& tensor, std::uint64_t index);

}  // namespace halftone::inspect
