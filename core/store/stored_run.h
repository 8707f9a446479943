// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/evaluate/evaluation.h"
#include "core/evaluate/variants_run.h"
#include "core/plan/recipe.h"
#include "core/store/evaluation_store.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace halftone::store {

/// What is to be measured beside the original: a recipe on it, or another file.
struct ChosenVariant {
    std::string name;
    plan::Recipe recipe = {};
    std::shared_ptr<const model::Model> file = nullptr;  ///< null: the recipe
};

/// The text of an evaluation: given, or written by the model itself.
struct ChosenText {
    std::string name;  ///< for people, without folders
    std::string content = {};  ///< UTF-8; empty: the model writes `ownTokens` tokens from `seed`
    std::size_t ownTokens = 4096;
    std::uint64_t seed = 1;
};

struct EvaluationRequest {
    std::shared_ptr<const model::Model> model;
    std::vector<ChosenVariant> variants;
    ChosenText text;
    evaluate::Windows windows = {};
    std::shared_ptr<const plan::ImportanceMatrix> importance = nullptr;  ///< to quantize with
    plan::PlanOptions planOptions = {};  ///< that go with it
    std::uint64_t memory = 0;  ///< as in VariantsRequest
    /// What the variants' past keys and values are kept as. The original's are kept as halves, so that the cost is seen.
    infer::KvType kvType = infer::KvType::F16;
    infer::Accelerator* accelerator = nullptr;  ///< as in VariantsRequest; belongs to the thread that measures
};

/// An evaluation as it grows. Called on the run's thread: once at the beginning, with what the store knew already, and after
/// windows of a variant at most three times a second.
using Watcher = std::function<void(const evaluate::Evaluation&)>;

/// Measures the original and all variants on the text. With a store, windows that it holds are not measured again and new ones
/// are kept there as they come, so a run that was cancelled goes on where it stopped; `store` may be null. `passes`, if not
/// null, becomes the number of passes that the memory makes necessary. Throws as evaluate::planRun() and the store do.
evaluate::Evaluation evaluateVariants(const EvaluationRequest& request, EvaluationStore* store, const Watcher& watcher,
                                      const Executor& executor, Progress& progress, std::size_t* passes = nullptr);

}  // namespace halftone::store
