// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"
#include "core/sense/layer_walk.h"

#include <cstdint>
#include <memory>

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
struct Plan;
}  // namespace halftone::plan

namespace halftone::sense {

/// KL divergence of the next-token distributions from the original's, nats, the mean over the scored positions of a text: the
/// figure of evaluate::divergence(). Keeps the original's logits (scored positions x vocabulary floats) and the residual
/// stream of one layer, so that a change in layer l costs the layers from l on. Not thread safe.
class OutputMeter {
public:
    /// Runs the original over the text. `importance` may be null; it must outlive the meter, as must the executor.
    OutputMeter(std::shared_ptr<const model::Model> model, const Text& text, const plan::ImportanceMatrix* importance,
                const Executor& executor, Progress& progress);
    ~OutputMeter();

    /// This tensor alone in `type`. Cheapest when layers come in order: going back means starting from the embedding.
    /// Progress is advanced by cost().
    double ofTensor(std::size_t tensor, quant::Type type, Progress& progress);
    double ofPlan(const plan::Plan& plan, Progress& progress);

    /// What ofTensor() advances the progress by: tokens, a layer's share of each for every layer that has to run.
    std::uint64_t cost(std::size_t tensor) const;
    std::uint64_t costOfPlan() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// The first of `layers` layers that a tensor has a part in; `layers` for the output matrix and what lies in layers past them.
std::size_t firstLayer(const model::Tensor& tensor, std::size_t layers);

}  // namespace halftone::sense
