// SPDX-License-Identifier: Apache-2.0
#include "core/infer/text_memory.h"

#include "core/base/error.h"
#include "core/infer/forward_pass.h"
#include "core/infer/kv_cache.h"

#include <algorithm>
#include <cmath>

namespace halftone::infer {
namespace {

/// Rows of activations that are held at a time, of width or of ffnWidth; counted generously.
constexpr double kActivationRows = 8;

/// The most tokens, of `tokens` that are too many, that `memory` bytes hold.
std::size_t tokensWithin(const Hyperparameters& numbers, std::size_t tokens, KvType kvType, double memory)
{
    std::size_t fits = 0;
    while (fits + 1 < tokens) {
        const std::size_t middle = fits + (tokens - fits) / 2;
        (textBytes(numbers, middle, kvType) <= memory ? fits : tokens) = middle;
    }
    return fits;
}

}  // namespace

double textBytes(const Hyperparameters& numbers, std::size_t tokens, KvType kvType, std::size_t logitRows)
{
    const double batch = double(std::min(tokens, kLongestBatch));
    const double activations = kActivationRows * double(numbers.width + numbers.ffnWidth) * sizeof(float) * batch;
    const double logits = double(numbers.vocabulary) * sizeof(float) * double(logitRows);
    return KvCache::bytes(numbers, tokens, kvType) + activations + logits;
}

void checkMemory(const Hyperparameters& numbers, std::uint64_t weights, std::size_t tokens, KvType kvType, std::uint64_t memory)
{
    const double text = textBytes(numbers, tokens, kvType);
    if (memory == 0 || double(weights) + text <= double(memory))
        return;
    const std::size_t fits = tokensWithin(numbers, tokens, kvType, double(memory) - double(weights));
    throw Error(ErrorCode::OutOfMemory,
                {.problem = megabytes(double(weights)) + " of memory are needed for weights and " + megabytes(text) + " for a text of "
                     + std::to_string(tokens) + " tokens, and " + megabytes(double(memory)) + " are free",
                 .advice = fits > 0 ? "a text of " + std::to_string(fits) + " tokens would fit"
                                    : "choose fewer bits per weight, or close other programs"});
}

void checkPrompt(const Hyperparameters& numbers, std::size_t tokens)
{
    const std::uint64_t context = numbers.contextLength;
    if (context == 0 || tokens < context)
        return;
    throw Error(ErrorCode::Usage,
                {.problem = "the prompt has " + std::to_string(tokens) + " tokens and the model was trained for texts of "
                     + std::to_string(context),
                 .advice = "shorten it to at most " + std::to_string(context - 1) + " tokens"});
}

std::string megabytes(double bytes)
{
    return std::to_string(std::uint64_t(std::ceil(std::min(bytes, 1e18) / 1e6))) + " MB";
}

}  // namespace halftone::infer
