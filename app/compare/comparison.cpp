// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/comparison.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/plan.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace halftone::app {
namespace {

constexpr std::size_t kAlternatives = 8;

/// One column while it writes.
class Writer {
public:
    Writer(std::shared_ptr<const infer::Variant> variant, const token::Tokenizer& tokenizer, const ComparisonRequest& request,
           std::size_t capacity, const Executor& executor)
        : m_tokenizer(tokenizer),
          m_context(std::move(variant), capacity, executor),
          m_sampler(request.options.sampling)
    {
    }

    void read(std::span<const token::Id> prompt, Progress& progress) { m_logits = m_context.evaluate(prompt, 1, progress); }
    bool ended() const { return m_ended; }
    double tokensPerSecond() const { return m_seconds > 0 ? m_steps / m_seconds : 0; }

    /// Draws the next token, or takes `forced`, and runs the model on it.
    ColumnToken step(std::optional<token::Id> forced, Progress& progress)
    {
        const auto start = std::chrono::steady_clock::now();
        ColumnToken token;
        token.id = forced.value_or(m_sampler.next(m_logits));
        token.probability = infer::probability(m_logits, token.id);
        token.alternatives = infer::mostProbable(m_logits, kAlternatives);
        for (const auto& candidate : token.alternatives)
            token.spellings.push_back(spell(candidate.id));
        m_ended = m_tokenizer.endsGeneration(token.id);
        if (!m_ended) {
            token.text = m_decoder.push(m_tokenizer.bytes(token.id));
            if (m_context.position() < m_context.capacity())
                m_logits = m_context.evaluate(std::span(&token.id, 1), 1, progress);
            else
                m_ended = true;
        }
        ++m_steps;
        m_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return token;
    }

private:
    std::string spell(token::Id id) const
    {
        token::StreamDecoder decoder;
        const std::string text = decoder.push(m_tokenizer.bytes(id)) + decoder.finish();
        return text.empty() ? std::string(m_tokenizer.spelling(id)) : text;
    }

    const token::Tokenizer& m_tokenizer;
    infer::Context m_context;
    infer::Sampler m_sampler;
    token::StreamDecoder m_decoder;
    std::span<const float> m_logits;
    double m_seconds = 0;
    int m_steps = 0;
    bool m_ended = false;
};

/// `others`: columns prepared before, whose equal tensors are shared.
std::shared_ptr<const infer::Variant> prepare(const ComparisonRequest& request, std::size_t column, const Variants& others,
                                              const Executor& executor, Progress& progress)
{
    if (column < request.known.size() && request.known[column])
        return request.known[column];
    Variants sharing = others;
    sharing.insert(sharing.end(), request.known.begin(), request.known.end());
    if (request.columns[column].base == "source" && request.columns[column].rules.empty() && request.columns[column].exact.empty())
        return infer::Variant::original(request.model, executor, progress);
    return infer::Variant::prepare(request.model, plan::makePlan(*request.model, request.columns[column], request.planOptions),
                                   request.importance.get(), executor, progress, sharing);
}

/// One round: every column that has not ended writes one token. Returns whether any is left.
bool writeRound(std::vector<Writer>& writers, bool follow, ColumnStream& stream, Progress& progress)
{
    std::optional<token::Id> led;
    bool more = false;
    for (std::size_t i = 0; i < writers.size(); ++i) {
        if (writers[i].ended())
            continue;
        progress.checkpoint();
        ColumnEvent event{.kind = ColumnEvent::Kind::Token, .column = int(i), .token = writers[i].step(led, progress)};
        if (follow && i == 0)
            led = event.token.id;
        event.tokensPerSecond = writers[i].tokensPerSecond();
        stream.push(std::move(event));
        more = more || !writers[i].ended();
    }
    return more;
}

}  // namespace

void ColumnStream::push(ColumnEvent event)
{
    const std::scoped_lock lock(m_mutex);
    m_events.push_back(std::move(event));
}

std::vector<ColumnEvent> ColumnStream::take()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_events, {});
}

Variants runComparison(const ComparisonRequest& request, ColumnStream& stream, const Executor& executor, Progress& progress)
{
    const auto tokenizer = token::Tokenizer::fromMetadata(request.model->metadata());
    const auto prompt = tokenizer->encode(request.prompt, {.addSpecial = true, .parseSpecial = true});
    const std::size_t capacity = prompt.size() + std::size_t(request.options.maxTokens);

    Variants variants;
    std::vector<Writer> writers;
    writers.reserve(request.columns.size());
    for (std::size_t i = 0; i < request.columns.size(); ++i) {
        variants.push_back(prepare(request, i, variants, executor, progress));
        const std::size_t most = std::max<std::size_t>(variants[i]->contextLength(), 1);
        writers.emplace_back(variants[i], *tokenizer, request, std::min(capacity, most), executor);
        writers[i].read(prompt, progress);
        stream.push({.kind = ColumnEvent::Kind::Ready, .column = int(i), .tensorBytes = variants[i]->tensorBytes(), .token = {}});
    }
    progress.begin("writing", std::uint64_t(request.options.maxTokens) * writers.size(), Unit::Tokens);
    bool more = true;
    for (int step = 0; step < request.options.maxTokens && more; ++step)
        more = writeRound(writers, request.followOriginal, stream, progress) && !(request.followOriginal && writers[0].ended());
    for (std::size_t i = 0; i < writers.size(); ++i)
        stream.push({.kind = ColumnEvent::Kind::Finished,
                     .column = int(i),
                     .token = {},
                     .tokensPerSecond = writers[i].tokensPerSecond(),
                     .ended = writers[i].ended()});
    return variants;
}

Measurement measureColumns(const ComparisonRequest& request, const std::string& text, std::size_t windows, const Executor& executor,
                           Progress& progress)
{
    const auto tokenizer = token::Tokenizer::fromMetadata(request.model->metadata());
    const auto tokens = tokenizer->encode(text, {.addSpecial = false});
    Measurement result;
    for (std::size_t i = 0; i < request.columns.size(); ++i) {
        result.variants.push_back(prepare(request, i, result.variants, executor, progress));
        const std::size_t window = std::min<std::size_t>(512, std::max<std::size_t>(result.variants[i]->contextLength(), 8));
        result.columns.push_back(evaluate::divergence(result.variants[0], result.variants[i], *tokenizer, tokens,
                                                      {.window = window, .maxWindows = windows}, executor, progress));
    }
    return result;
}

}  // namespace halftone::app
