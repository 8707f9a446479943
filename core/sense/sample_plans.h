// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/plan.h"
#include "core/plan/problem.h"

namespace halftone::sense {

// The recipes that a prediction is fitted to. Only the choices of their plans are filled in. The same on every machine.

/// The `index`-th of `count` random recipes that together cover the sizes: every tensor gets one of its types of about as many
/// bits, from few for the first recipe to many for the last.
plan::Plan randomPlan(const model::Model& model, const plan::ErrorTable& table, std::size_t index, std::size_t count);

/// The `index`-th of `count` recipes that a budget may choose, from small to large: those are the ones a prediction is made
/// for, and having been chosen for their figures they may fare worse than others with the same figures.
plan::Plan plannedPlan(const model::Model& model, const plan::ErrorTable& table, std::size_t index, std::size_t count);

}  // namespace halftone::sense
