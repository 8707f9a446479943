// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/distortion.h"
#include "core/quant/type.h"

#include <span>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::model {
struct Tensor;
}

namespace halftone::sense {

/// What is known of the inputs that a matrix multiplies; each part may be empty.
struct InputMoments {
    std::span<const float> importance;  ///< by column, expert by expert: quantizers are given it
    std::span<const float> squares;  ///< mean square by column, expert by expert
    std::span<const float> second;  ///< the full second-moment matrix S = mean of x x^T, columns x columns, row by row
};

/// A tensor in one candidate type.
struct TypeTrial {
    quant::Type type;
    inspect::Distortion weights;
    /// Of the matrix's output: sum over rows of d S d^T / sum over rows of w S w^T for the rows' errors d and weights w. S is
    /// the full second-moment matrix where given (then over evenly spaced rows if there are many), else the squares or the
    /// importance on its diagonal, else the identity. A share: 0 is perfect.
    double outputError = 0;
};

/// Tries every type on every row, reading the tensor once: about the time of quantizing to each. `types` must fit the rows
/// and be makeable; see candidatesFor(). Weights that are not finite count as zero. Progress counts source bytes.
std::vector<TypeTrial> tryTypes(const model::Tensor& tensor, std::span<const quant::Type> types, const InputMoments& inputs,
                                const Executor& executor, Progress& progress);

/// Of the wanted types, or of what stands in for them in rows of this length, those that make the tensor smaller and can be
/// made: without an importance matrix, none that needs one.
std::vector<quant::Type> candidatesFor(const model::Tensor& tensor, std::span<const quant::Type> wanted, bool importance);

/// Every type that can be made, from few bits to many, floats of 32 bits left out.
std::vector<quant::Type> makeableTypes();

}  // namespace halftone::sense
