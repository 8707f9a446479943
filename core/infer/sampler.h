// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/tokenizer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace halftone::infer {

/// How the next token is drawn. temperature 0 is greedy (the first of the largest logits); filters apply in the order
/// top-k, top-p, min-p, then temperature, as llama.cpp's default chain does.
struct SamplingOptions {
    double temperature = 0.0;
    int topK = 0;          ///< 0: off
    double topP = 1.0;     ///< 1: off
    double minP = 0.0;     ///< 0: off
    std::uint64_t seed = 1;
};

/// A token and its probability under the model's plain softmax (temperature 1, no filters).
struct Candidate {
    token::Id id = 0;
    float probability = 0;
};

/// Draws tokens; the same seed and logits give the same text on every machine and thread count.
class Sampler {
public:
    explicit Sampler(SamplingOptions options);
    token::Id next(std::span<const float> logits);

private:
    SamplingOptions m_options;
    std::uint64_t m_state;
};

/// The `count` most probable tokens, descending; ties by id.
std::vector<Candidate> mostProbable(std::span<const float> logits, std::size_t count);
/// Probability of one token.
float probability(std::span<const float> logits, token::Id id);

}  // namespace halftone::infer
