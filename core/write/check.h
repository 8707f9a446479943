// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/write/quantize_file.h"

#include <cstddef>
#include <span>

namespace halftone::model {
struct Tensor;
}

namespace halftone::write {

/// What importance there is for a tensor that changes its type. Empty where there is none, or where it plays no part.
std::span<const float> importanceOf(const model::Tensor& tensor, const plan::Choice& choice, const Options& options);

/// How many tensors the plan makes out of others that are quantized already: what was lost once is lost again.
std::size_t requantizedTensors(const model::Model& model, const plan::Plan& plan);

/// Throws Error{Usage | Malformed} when the importance there is does not fit the tensor, or there is none and its new type
/// needs it.
void checkImportance(const model::Tensor& tensor, const plan::Choice& choice, const Options& options);

/// Refuses, before anything is read or written, what would end badly: a plan of another model, a destination that is the
/// source or a folder, and tensors that cannot become what is planned. Throws Error.
void checkQuantize(const model::Model& model, const plan::Plan& plan, const std::filesystem::path& destination, const Options& options);

/// Throws Error{DiskFull} where the outputs of a folder need more room together than there is, what earlier runs left counted in.
void checkRoom(std::span<const Output> outputs);

}  // namespace halftone::write
