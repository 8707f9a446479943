// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/sampler.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace halftone {
class Progress;
}

namespace halftone::infer {

class Context;

struct GeneratedToken {
    token::Id id = 0;
    float probability = 0;                  ///< of this token, plain softmax
    std::vector<Candidate> alternatives;    ///< the most probable ones, this among them or not
};

struct GenerateOptions {
    int maxTokens = 128;
    SamplingOptions sampling = {};
    int alternatives = 0;         ///< how many to report per token
};

struct Generation {
    std::vector<GeneratedToken> tokens;
    std::string text;                       ///< of the generated tokens, valid UTF-8
    double promptTokensPerSecond = 0;
    double tokensPerSecond = 0;             ///< of decoding alone
    bool ended = false;                     ///< the model ended the text itself
};

/// Continues `prompt` (ids, BOS included by the caller) in an empty context. `onToken` (may be empty) sees each token and
/// the text it completed as soon as it is there, on the calling thread; it returns false to stop early. Stops at an end
/// token, at maxTokens or at the context's capacity.
Generation generate(Context& context, const token::Tokenizer& tokenizer, std::span<const token::Id> prompt, const GenerateOptions& options,
                    const std::function<bool(const GeneratedToken&, const std::string& text)>& onToken, Progress& progress);

}  // namespace halftone::infer
