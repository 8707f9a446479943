// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/plan.h"
#include "core/plan/problem.h"

namespace halftone::sense {

/// The `index`-th of `count` random recipes that together cover the sizes: every tensor gets one of its types of about as many
/// bits, from few for the first recipe to many for the last. The same on every machine. Only the choices are filled in.
plan::Plan randomPlan(const model::Model& model, const plan::ErrorTable& table, std::size_t index, std::size_t count);

}  // namespace halftone::sense
