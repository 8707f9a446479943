// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/not_runnable.h"
#include "core/plan/plan.h"

#include <cstdint>
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
struct Tensor;
}  // namespace halftone::model
namespace halftone::plan {
struct ImportanceMatrix;
}

namespace halftone::infer {

struct Hyperparameters;

/// A Model seen through a Plan without a file being written: the weights packed in memory, in the very types the output
/// file would hold, plus the architecture's numbers. Tensors that keep their type are views on the mapped file.
/// Immutable after prepare(); several Contexts on several threads may share it.
class Variant {
public:
    /// The model as it is.
    static std::shared_ptr<const Variant> original(std::shared_ptr<const model::Model> model, const Executor& executor, Progress& progress);
    /// Quantizes what the plan changes. Progress counts weights. Throws Error{Unsupported} naming an architecture that
    /// cannot be run, Error{Malformed} for missing or mis-shaped tensors, Error{Cancelled}.
    /// What `others` (null ones are skipped) packed of the same model in the same way is shared with them, not made again. They are
    /// let go before the rest is made: a caller that moves the last owner of one in needs no memory for what is not shared.
    static std::shared_ptr<const Variant> prepare(std::shared_ptr<const model::Model> model, const plan::Plan& plan,
                                                  const plan::ImportanceMatrix* importance, const Executor& executor, Progress& progress,
                                                  std::vector<std::shared_ptr<const Variant>> others = {});
    ~Variant();
    Variant(const Variant&) = delete;
    Variant& operator=(const Variant&) = delete;

    const model::Model& model() const;
    const Hyperparameters& hyperparameters() const;
    std::uint64_t tensorBytes() const;  ///< packed size of all tensors
    std::uint64_t vocabularySize() const;
    std::uint64_t contextLength() const;  ///< the length the model was trained for

    struct Weights;
    const Weights& weights() const { return *m_weights; }

private:
    Variant();
    std::unique_ptr<Weights> m_weights;
};

/// Memory that the packed tensors of these variants take together, bytes: shared ones count once, those of the file not at
/// all. Null variants are skipped.
std::uint64_t packedBytes(std::span<const std::shared_ptr<const Variant>> variants);

/// Empty when the model can be run.
NotRunnable whyNotRunnable(const model::Model& model);

}  // namespace halftone::infer
