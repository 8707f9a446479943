// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/evaluate/figures.h"
#include "core/evaluate/text_windows.h"
#include "core/infer/accelerator.h"
#include "core/infer/kv_type.h"
#include "core/plan/plan.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::model {
class Model;
}
namespace halftone::plan {
struct ImportanceMatrix;
}

namespace halftone::evaluate {

/// One model to be measured: a recipe's, made in memory, or a file as it is (plan.choices is empty).
struct Subject {
    std::shared_ptr<const model::Model> model;
    plan::Plan plan;
    infer::KvType kvType = infer::KvType::F16;  ///< what its past keys and values are kept as
};

/// Several variants on the same tokens. subjects[0] is the original, which all are compared with.
struct VariantsRequest {
    std::vector<Subject> subjects;
    const plan::ImportanceMatrix* importance = nullptr;  ///< to quantize with; may be null
    const token::Tokenizer& tokenizer;
    std::span<const token::Id> tokens;  ///< the whole text without BOS
    Windows windows = {};
    std::uint64_t logitBytes = std::uint64_t(64) << 20;  ///< about so many of each model are held at once; 16 rows at least
    std::uint64_t memory = 0;  ///< bytes that may be taken; 0: as much as is free now
    infer::Accelerator* accelerator = nullptr;  ///< to run on as far as it can; null: the CPU
};

/// What is known of one subject: whole windows from the first on. A run goes on behind them.
struct Series {
    std::vector<TokenFigures> tokens;
    double decodeMs = 0;  ///< milliseconds a token, one after the other; 0: not measured yet
    infer::DeviceShare share = {};  ///< of the subject's network, in the run that added to this last
};

/// How a request will be run.
struct Schedule {
    /// Subjects (never 0) that are in memory together; each group takes one pass over the text, beside the original. Tensors that
    /// subjects of a pass make alike are made and held once. What an accelerator holds it holds for each: a pass is no larger than that
    /// takes whole, unless it could not even take one subject beside the original.
    /// The original's predictions are computed anew in each pass: they would take 2 bytes x vocabulary for each token.
    std::vector<std::vector<std::size_t>> passes;
    std::size_t windows = 0;
    std::size_t scored = 0;  ///< predictions in each window
    std::uint64_t bytes = 0;  ///< that the largest pass takes
};

/// Looks before anything is computed. Throws Error{Usage} for a context longer than a model was trained for or a text
/// shorter than one window, with the number that would fit; for different vocabularies; Error{Unsupported} for a model that
/// cannot be run; Error{OutOfMemory} where not even one variant fits, with what it needs, what there is and the context that would fit.
Schedule planRun(const VariantsRequest& request);

/// Tells where a run is; called on the run's thread after each window of a subject, whose figures are complete then.
using WindowDone = std::function<void(std::size_t subject, std::size_t window)>;

/// Measures what `series` (one for each subject) lacks and adds it there. Each window runs through all models of a pass in
/// step; logits are held for some rows of each only, on the device that made them if one makes all of a pass. Figures do not depend on
/// the number of threads, on the passes, or on where an earlier run stopped; a device's are those of float activations, the CPU's of
/// packed ones. Progress counts tokens. Throws as planRun() does, and Error{Cancelled}; `series` then
/// holds the windows that were complete.
void runVariants(const VariantsRequest& request, std::vector<Series>& series, const WindowDone& windowDone, const Executor& executor,
                 Progress& progress);

}  // namespace halftone::evaluate
