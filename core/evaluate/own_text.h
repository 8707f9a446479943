// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::infer {
class Accelerator;
class Variant;
}  // namespace halftone::infer

namespace halftone::evaluate {

/// A text for a model that nobody has a text for: drawn from its own distribution (temperature 1, nothing cut off), piece
/// after piece of at most 512 tokens, each behind BOS. On it the divergence of a variant is measured where the model itself
/// goes. The same seed gives the same text, but for what an accelerator (null: the CPU) rounds otherwise. Progress counts tokens. Throws
/// Error{Usage} for a model that has no token to begin with, Error{Cancelled}.
std::vector<token::Id> ownText(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer, std::size_t tokens,
                               std::uint64_t seed, const Executor& executor, Progress& progress, infer::Accelerator* accelerator = nullptr);

}  // namespace halftone::evaluate
