// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/plan.h"

#include <cstdint>
#include <set>
#include <utility>

namespace halftone::plan {

/// Tensors of one model that are in memory, by index and the type they were made into.
using PackedTensors = std::set<std::pair<std::size_t, quant::Type>>;

/// Bytes of the tensors that a plan changes and `held` lacks; they are added to it.
std::uint64_t addPacked(const model::Model& model, const Plan& plan, PackedTensors& held);

}  // namespace halftone::plan
