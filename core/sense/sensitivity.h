// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/distortion.h"
#include "core/plan/problem.h"
#include "core/sense/prediction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::sense {

/// What "error" means, from cheap to telling.
enum class Level {
    Weights,  ///< sum of squared errors over sum of squares: 1 / signal-to-noise
    Activations,  ///< the same of the matrix's output on a text
    Output,  ///< KL divergence of the next-token distributions with this tensor alone in this type, nats
};
std::string_view levelName(Level level);  ///< "weights", "activations", "output"
std::optional<Level> findLevel(std::string_view name);

/// One tensor in one type.
struct TensorError {
    std::string tensor;
    quant::Type type;
    double error = 0;
    std::optional<inspect::Distortion> weights = {};  ///< where the level looked at the weights
    bool carried = false;  ///< not measured but told from the weights, see carried()
    friend bool operator==(const TensorError& a, const TensorError& b)
    {
        return a.tensor == b.tensor && a.type == b.type && a.error == b.error && a.carried == b.carried;
    }
};

/// What the figures are of. Figures of equal sources belong together.
struct Source {
    Level level = Level::Weights;
    std::string model, text, importance;  ///< content hashes; empty where there is none
    std::uint64_t window = 0, windows = 0;  ///< of the text: tokens in each, and how many
    friend bool operator==(const Source&, const Source&) = default;
};

/// Which tensors suffer from which types: a value that a file keeps, complete or not.
struct Sensitivity {
    Source source;
    std::vector<TensorError> tensors;
    Fit fit;
    bool complete = false;  ///< everything asked for was measured
};

/// Before any recipe was measured: the errors of errorTable() as they are, with a wide band below the level of outputs.
Fit guessedFit(Level level);

/// By tensor of the model, in nats of KL divergence: the figures themselves on the level of outputs; below it, times what such
/// an error in a tensor of that role cost in the sample model, a rough guide from one model to another. Figures of tensors
/// that the model lacks are left out.
plan::ErrorTable errorTable(const Sensitivity& sensitivity, const model::Model& model);

/// The JSON document (format "halftone-sensitivity", version 1), and back. Throws Error{Malformed} with the key named.
std::string toJson(const Sensitivity& sensitivity);
Sensitivity sensitivityFromJson(std::string_view json);

}  // namespace halftone::sense
