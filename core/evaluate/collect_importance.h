// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/evaluate/text_windows.h"
#include "core/plan/importance_sums.h"

#include <memory>
#include <span>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::infer {
class Variant;
}

namespace halftone::evaluate {

struct CollectOptions {
    Windows windows;
    bool output = false;  ///< the output matrix too
};

/// Runs the text through the model in llama-imatrix's windows (all tokens of each, in a context of its own) and adds up
/// the squared activations that enter each matrix of the blocks. `variant` is the original: its weights are run as they
/// are in the file. The sums do not depend on the number of threads. The caller names the dataset. Progress counts tokens.
/// Throws Error{Usage} for a text shorter than one window, Error{Malformed} naming a matrix that got activations that
/// are no finite numbers, Error{Cancelled}.
plan::ImportanceSums collectImportance(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer,
                                       std::span<const token::Id> tokens, const CollectOptions& options, const Executor& executor,
                                       Progress& progress);

}  // namespace halftone::evaluate
