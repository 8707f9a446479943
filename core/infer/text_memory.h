// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/kv_type.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace halftone::infer {

struct Hyperparameters;

/// What a running text takes beside the weights: past keys and values of `tokens`, a batch's activations, and so many rows of
/// logits. Bytes; a double, as a product of what a file says and a wish.
double textBytes(const Hyperparameters& numbers, std::size_t tokens, KvType kvType, std::size_t logitRows = 1);

/// For a look before anything is computed: throws Error{OutOfMemory} where `weights` bytes and a text of `tokens` are more than
/// `memory` bytes (0: unknown), with what they need and how many tokens would fit.
void checkMemory(const Hyperparameters& numbers, std::uint64_t weights, std::size_t tokens, KvType kvType, std::uint64_t memory);

/// Throws Error{Usage} for a prompt that leaves no room in the context the model was trained for, with what would fit.
void checkPrompt(const Hyperparameters& numbers, std::size_t tokens);

/// "1235 MB", rounded up.
std::string megabytes(double bytes);

}  // namespace halftone::infer
