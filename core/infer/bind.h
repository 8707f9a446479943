// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/weights.h"
#include "core/model/tensor.h"

namespace halftone::infer {

/// Finds every tensor that the network needs and compares its shape with the hyperparameters. Throws Error{Malformed}
/// naming the tensor, the shape expected and the shape found; Error{Unsupported} for a type that cannot be read.
void checkTensors(const model::Model& model, const Hyperparameters& hyperparameters);

/// A tensor's bytes as they are to be run: the file's own or packed anew.
struct TensorBytes {
    quant::Type type;
    const std::byte* data;
};

/// Fills everything of `weights` from `tensors`, one for each tensor of weights.model. The tensors have been checked.
void bindTensors(Variant::Weights& weights, const std::vector<TensorBytes>& tensors);

}  // namespace halftone::infer
