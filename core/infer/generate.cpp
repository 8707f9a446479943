// SPDX-License-Identifier: Apache-2.0
#include "core/infer/generate.h"

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/infer/context.h"

#include <algorithm>
#include <chrono>

namespace halftone::infer {

namespace {

using Clock = std::chrono::steady_clock;

double perSecond(std::size_t count, Clock::time_point start)
{
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return count > 0 && seconds > 0 ? double(count) / seconds : 0;
}

GeneratedToken describe(std::span<const float> logits, token::Id id, int alternatives)
{
    GeneratedToken token{id, probability(logits, id), {}};
    if (alternatives > 0)
        token.alternatives = mostProbable(logits, std::size_t(alternatives));
    return token;
}

}  // namespace

Generation generate(Context& context, const token::Tokenizer& tokenizer, std::span<const token::Id> prompt, const GenerateOptions& options,
                    const std::function<bool(const GeneratedToken&, const std::string& text)>& onToken, Progress& progress)
{
    if (prompt.empty())
        throw Error(ErrorCode::Usage, "there is no prompt to continue");
    const std::size_t most = std::size_t(std::max(0, options.maxTokens));
    progress.begin("generating", prompt.size() + most, Unit::Tokens);
    context.clear();

    Generation result;
    auto start = Clock::now();
    std::span<const float> logits = context.evaluate(prompt, 1, progress);
    result.promptTokensPerSecond = perSecond(prompt.size(), start);

    Sampler sampler(options.sampling);
    token::StreamDecoder decoder;
    start = Clock::now();
    std::size_t decoded = 0;
    while (result.tokens.size() < most) {
        progress.checkpoint();
        const token::Id id = sampler.next(logits);
        if (tokenizer.endsGeneration(id)) {
            result.ended = true;
            break;
        }
        result.tokens.push_back(describe(logits, id, options.alternatives));
        const std::string text = decoder.push(tokenizer.bytes(id));
        result.text += text;
        if ((onToken && !onToken(result.tokens.back(), text)) || result.tokens.size() == most || context.position() == context.capacity())
            break;
        logits = context.evaluate({&id, 1}, 1, progress);
        ++decoded;
    }
    result.tokensPerSecond = perSecond(decoded, start);
    result.text += decoder.finish();
    return result;
}

}  // namespace halftone::infer
