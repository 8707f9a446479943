// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/sense/output_meter.h"
#include "core/sense/sensitivity.h"

#include <functional>
#include <memory>
#include <vector>

namespace halftone::sense {

/// What to measure.
struct Request {
    Level level = Level::Weights;
    std::vector<quant::Type> types = {};  ///< empty: every type that can be made
    /// Its first windows.maxWindows windows are for the tensors, as many after them for whole recipes: a prediction is judged on text
    /// it was not made from. (A shorter text is halved; of a single window both are made.) The levels above weights need one.
    const Text* text = nullptr;
    const plan::ImportanceMatrix* importance = nullptr;  ///< the one to quantize with
    std::size_t recipes = 12;  ///< random recipes to fit the prediction to, where there is a text; 0: none
    std::uint64_t memory = 0;  ///< bytes that may be taken; 0: as much as is free now
};

/// Fills in what `result` lacks of the tensors, types and recipes asked for, a tensor at a time, and calls `kept` (which may
/// be empty) after each: a caller that stores the result there, and when this throws, can go on from it another time. What
/// the result holds must be of result.source, which the caller sets. Throws Error{Usage} for a level without the text it
/// needs, before anything is measured also for a text that is too short and windows that are too long, and Error{OutOfMemory} for
/// more windows than fit, each with the number that would; Error{Unsupported} for a model that cannot be run where it must be,
/// Error{Cancelled} within 100 ms.
void measure(const std::shared_ptr<const model::Model>& model, const Request& request, Sensitivity& result,
             const std::function<void()>& kept, const Executor& executor, Progress& progress);

}  // namespace halftone::sense
