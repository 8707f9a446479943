// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/tokenizer.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace halftone::evaluate {

/// What is remembered of one prediction: enough for every figure of a run, at 20 bytes a token. Probabilities are those
/// of the plain softmax; nll, kld and entropy are in nats.
struct TokenFigures {
    float nll = 0;  ///< -log of the true token's probability
    float kld = 0;  ///< KL(original || this); 0 for the original
    float entropy = 0;  ///< of this distribution
    float confidence = 0;  ///< probability of the most probable token
    std::uint8_t right = 0;  ///< 1: the most probable token is the true one
    std::uint8_t sameFirst = 1;  ///< 1: the original's most probable token is this one's too
    std::uint8_t sameFive = 5;  ///< of the original's five most probable tokens, how many are among this one's five; 0..5
    std::uint8_t reserved = 0;

    friend bool operator==(const TokenFigures&, const TokenFigures&) = default;
};
static_assert(sizeof(TokenFigures) == 20);

/// Whether the figures can be what a model said: finite and within their ranges. For what comes from a file.
bool isSound(const TokenFigures& figures);

/// One row of the original's logits with what every comparison with it needs.
struct BaseRow {
    explicit BaseRow(std::span<const float> logits);

    std::span<const float> logits;
    double logSum;
    std::array<std::size_t, 5> five;  ///< the most probable tokens, descending; fewer tokens repeat the first
};

/// Of the original itself.
TokenFigures figuresOf(const BaseRow& base, token::Id target);
/// Of another model's logits for the same position.
TokenFigures figuresOf(const BaseRow& base, std::span<const float> logits, token::Id target);

}  // namespace halftone::evaluate
