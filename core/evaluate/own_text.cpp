// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/own_text.h"

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/sampler.h"
#include "core/infer/variant.h"

#include <algorithm>

namespace halftone::evaluate {

namespace {

constexpr std::size_t kPiece = 512;

token::Id firstToken(const token::Tokenizer& tokenizer)
{
    if (const auto bos = tokenizer.bos())
        return *bos;
    if (const auto eos = tokenizer.eos())  // ends a document, so it stands before the next
        return *eos;
    throw Error(ErrorCode::Usage,
                {.problem = "the model has no token that begins a text, so it cannot write one itself", .advice = "give a text"});
}

}  // namespace

std::vector<token::Id> ownText(const std::shared_ptr<const infer::Variant>& variant, const token::Tokenizer& tokenizer, std::size_t tokens,
                               std::uint64_t seed, const Executor& executor, Progress& progress, infer::Accelerator* accelerator)
{
    const token::Id begin = firstToken(tokenizer);
    const std::size_t piece = std::min<std::size_t>(kPiece, std::max<std::size_t>(variant->contextLength(), 2));
    progress.begin("writing a text", tokens, Unit::Tokens);
    infer::Context context(variant, piece, executor, infer::KvType::F16, accelerator);
    infer::Sampler sampler({.temperature = 1.0, .seed = seed});
    std::vector<token::Id> text;
    while (text.size() < tokens) {
        context.clear();
        auto logits = context.evaluate(std::span(&begin, 1), 1, progress);
        while (text.size() < tokens) {
            text.push_back(sampler.next(logits));
            if (tokenizer.endsGeneration(text.back()) || context.position() == context.capacity())
                break;
            logits = context.evaluate(std::span(&text.back(), 1), 1, progress);
        }
    }
    return text;
}

}  // namespace halftone::evaluate
