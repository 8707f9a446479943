// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor.h"
#include "core/plan/problem.h"

#include <cstdint>
#include <vector>

namespace halftone::plan {

/// Why tensors of one role in consecutive layers have a type other than the plan's main one: what the exchange would do.
struct Explanation {
    model::Role role = model::Role::Other;
    int firstLayer = -1, lastLayer = -1;  ///< -1: outside the layers
    std::vector<std::size_t> tensors;  ///< indices into the model's
    quant::Type type;  ///< that the plan gives them
    quant::Type instead;  ///< the main type, or what stands in for it in their rows
    /// What the total error would grow by with `instead`, as the table says; negative where it would fall.
    double error = 0;
    /// What the tensors would save with `instead`; negative where they would take more.
    std::int64_t bytesSaved = 0;
};

/// The type of most weights among the tensors that the table knows.
quant::Type mainType(const model::Model& model, const ErrorTable& table, const Plan& plan);

/// One for each run of layers, the largest change of the error first. Tensors whose error in the main type is not known are
/// left out.
std::vector<Explanation> explain(const model::Model& model, const ErrorTable& table, const Plan& plan);

}  // namespace halftone::plan
