// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/decode_speed.h"
#include "core/plan/plan.h"
#include "core/plan/recipe.h"
#include "core/quant/type.h"

#include <cstdint>
#include <vector>

namespace halftone::model {
class Model;
}

namespace halftone::plan {

/// What a tensor loses in a type, in any measure that adds up over tensors (finite, not negative).
struct TypeError {
    quant::Type type;
    double error = 0;
};
/// For each tensor of a model, in its order; empty where nothing is known. A tensor's own type costs nothing and need not be listed.
using ErrorTable = std::vector<std::vector<TypeError>>;

/// The sum over a plan's tensors. A type the table lacks counts as the listed one with the next fewer bits, or the worst.
double totalError(const model::Model& model, const ErrorTable& table, const Plan& plan);

/// Which tensors shall share one type.
enum class Together { Nothing, Layer, Role };

struct ProblemOptions {
    /// Allowed; empty: all in the table, and the tensor's own. A tensor that has none of them keeps its type.
    std::vector<quant::Type> types = {};
    Together together = Together::Nothing;
    /// Its pinned tensors keep what it gives them.
    Recipe current = {};
    /// Of the recipes that solutions become.
    std::string name = {};
    PlanOptions plan = {};  ///< that the recipe will be applied with: for exact sizes
    DecodeSpeeds speeds = {};  ///< of the machine that will run it; empty: budgets of time are not asked for
};

/// All that a budget can choose from, with exact sizes: a value, made once for a model and a table, whatever the budget.
struct Problem {
    struct Option {
        std::vector<quant::Type> types;  ///< one for each tensor of the group; they differ only by fall-backs
        std::uint64_t tensorBytes = 0;  ///< of the tensors' data
        std::uint64_t paddedBytes = 0;  ///< the same, each tensor up to the file's alignment
        std::uint64_t recipeBytes = 0;  ///< what the choice adds to the recipe in the file's header
        double seconds = 0;  ///< of a token; 0 where no speeds are known
        double error = 0;
    };
    struct Group {
        std::vector<std::size_t> tensors;  ///< indices into the model's
        std::vector<Option> options;  ///< not empty
    };
    std::vector<Group> groups;

    // What the choice does not change: the pinned tensors, those that are never quantized, the header.
    std::vector<quant::Type> types;  ///< of all the model's tensors; those of the groups are their own
    std::uint64_t tensorBytes = 0, paddedBytes = 0, headerBytes = 0;
    double seconds = 0, error = 0;
    bool timed = false;  ///< seconds are known
    std::uint64_t alignment = 32;
    std::uint64_t parameters = 0;
    std::vector<std::string> names;  ///< of all tensors
    std::vector<quant::Type> sources;  ///< the types they have
    Recipe recipe;  ///< what every solution starts from: name, pins, nothing chosen
};

/// Throws Error{Usage} for a type that cannot be made and for what makePlan() throws about `current`.
Problem makeProblem(const model::Model& model, const ErrorTable& table, const ProblemOptions& options);

}  // namespace halftone::plan
