// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/decode_speed.h"

#include <memory>
#include <span>
#include <string>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone

namespace halftone::infer {
class Accelerator;
}

namespace halftone::evaluate {

/// Measures, for each type, products of made matrices with one vector: matrices of the model's own shapes, as many as a token
/// reads, up to 256 MiB; and once the model in Q8_0 (where it can be run and has at most 1 GiB), which tells what takes time
/// beside them; and how fast the memory is read. Some seconds in all; another busy program makes it wrong. A type whose blocks fit no row of the model is left out.
/// Progress counts bytes. With an accelerator all of this is its speed, and a type that it does not multiply as the CPU does is left out,
/// too. Throws Error{Cancelled}, Error{Usage} for a model without matrices, Error{Unsupported} where the accelerator cannot compute all
/// of this model or none of the types.
plan::DecodeSpeeds measureDecodeSpeeds(const std::shared_ptr<const model::Model>& model, std::span<const quant::Type> types,
                                       const Executor& executor, Progress& progress, infer::Accelerator* accelerator = nullptr);

/// Every type that can be made and run.
std::vector<quant::Type> runnableTypes();

/// What measured speeds belong to: this processor, so many threads, matrices of these shapes. A name for a file.
std::string speedsKey(const model::Model& model, int threads);
/// Those of an accelerator: the device, which is named together with its driver, and this program's kernels.
std::string speedsKey(const model::Model& model, const std::string& device);

}  // namespace halftone::evaluate
