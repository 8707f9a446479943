// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/comparison.h"

#include "app/compare/memory_need.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/base/system.h"
#include "core/chat/date.h"
#include "core/chat/prompt.h"
#include "core/infer/context.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/text_memory.h"
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
constexpr std::size_t kMeasuredWindow = 512;  ///< tokens that columns are measured over at once

/// One column while it writes.
class Writer {
public:
    Writer(std::shared_ptr<const infer::Variant> variant, const token::Tokenizer& tokenizer, const ComparisonRequest& request,
           std::size_t capacity, const Executor& executor, infer::Accelerator* accelerator)
        : m_tokenizer(tokenizer),
          m_context(std::move(variant), capacity, executor, request.kvType, accelerator),
          m_sampler(request.options.sampling)
    {
    }

    void read(std::span<const token::Id> prompt, Progress& progress) { m_logits = m_context.evaluate(prompt, 1, progress); }
    bool ended() const { return m_ended; }
    infer::DeviceShare share() const { return m_context.deviceShare(); }
    token::Id lastToken() const { return m_last; }
    double tokensPerSecond() const { return m_seconds > 0 ? m_steps / m_seconds : 0; }

    /// Draws the next token, or takes `forced`, and runs the model on it.
    ColumnToken step(std::optional<token::Id> forced, Progress& progress)
    {
        const auto start = std::chrono::steady_clock::now();
        ColumnToken token;
        token.id = m_last = forced.value_or(m_sampler.next(m_logits));
        token.probability = infer::probability(m_logits, token.id);
        token.alternatives = infer::mostProbable(m_logits, kAlternatives);
        for (const auto& candidate : token.alternatives)
            token.spellings.push_back(spell(candidate.id));
        m_ended = m_tokenizer.endsGeneration(token.id);
        if (!m_ended) {
            const std::string bytes = m_tokenizer.bytes(token.id);
            // Control tokens say nothing in running text; who compares wants to see them.
            token.text = m_decoder.push(bytes.empty() ? m_tokenizer.spelling(token.id) : std::string_view(bytes));
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
    token::Id m_last = 0;
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
                                   request.importance.get(), executor, progress, std::move(sharing));
}

void pushToken(int column, Writer& writer, std::optional<token::Id> forced, ColumnStream& stream, Progress& progress)
{
    ColumnEvent event{.kind = ColumnEvent::Kind::Token, .column = column, .token = writer.step(forced, progress)};
    event.tokensPerSecond = writer.tokensPerSecond();
    stream.push(std::move(event));
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
        pushToken(int(i), writers[i], led, stream, progress);
        if (follow && i == 0)
            led = writers[i].lastToken();
        more = more || !writers[i].ended();
    }
    return more;
}

chat::Prompt chatPrompt(const ComparisonRequest& request, const token::Tokenizer& tokenizer)
{
    const model::Metadata& metadata = request.model->metadata();
    try {
        return chat::renderPrompt(chat::chatTemplate(metadata), chat::conversation(*request.chatSystem, request.prompt), metadata,
                                  tokenizer, chat::localTime());
    } catch (const Error& error) {
        throw Error(error.code(),
                    {.problem = error.problem(), .place = error.place(), .advice = "switch the chat off: the prompt goes as plain text"});
    }
}

/// The text and its tokens, as every column reads them.
chat::Prompt promptOf(const ComparisonRequest& request, const token::Tokenizer& tokenizer)
{
    if (request.chatSystem)
        return chatPrompt(request, tokenizer);
    return {request.prompt, tokenizer.encode(request.prompt, {.addSpecial = true, .parseSpecial = true})};
}

/// Tells the stream what the chat template made of the prompt.
std::vector<token::Id> readPrompt(const ComparisonRequest& request, const token::Tokenizer& tokenizer, ColumnStream& stream)
{
    chat::Prompt prompt = promptOf(request, tokenizer);
    if (request.chatSystem)
        stream.push({.kind = ColumnEvent::Kind::Prompt, .prompt = std::move(prompt.text), .token = {}});
    infer::checkPrompt(infer::readHyperparameters(*request.model), prompt.ids.size());
    return std::move(prompt.ids);
}

/// The tokens a column has room for: at most as many as the model was trained for.
std::size_t capacityFor(const ComparisonRequest& request, std::size_t wanted)
{
    const std::uint64_t context = infer::readHyperparameters(*request.model).contextLength;
    return std::min<std::size_t>(wanted, std::max<std::uint64_t>(context, 1));
}

std::uint64_t memoryOf(const ComparisonRequest& request)
{
    return request.memory ? request.memory : availableBytes();
}

/// A comparison whose prompt has been read.
struct Run {
    const ComparisonRequest& request;
    const token::Tokenizer& tokenizer;
    std::span<const token::Id> prompt;
    std::size_t capacity;
    ColumnStream& stream;
    infer::Accelerator* accelerator;  ///< null: the CPU
    const Executor& executor;
    Progress& progress;

    std::string device() const { return accelerator ? accelerator->name() : std::string(); }

    Writer begin(std::size_t column, const std::shared_ptr<const infer::Variant>& variant) const
    {
        Writer writer(variant, tokenizer, request, capacity, executor, accelerator);
        writer.read(prompt, progress);
        stream.push({.kind = ColumnEvent::Kind::Ready,
                     .column = int(column),
                     .tensorBytes = variant->tensorBytes(),
                     .device = device(),
                     .share = writer.share(),
                     .token = {}});
        return writer;
    }

    void finish(std::size_t column, const Writer& writer) const
    {
        stream.push({.kind = ColumnEvent::Kind::Finished,
                     .column = int(column),
                     .device = device(),
                     .share = writer.share(),
                     .token = {},
                     .tokensPerSecond = writer.tokensPerSecond(),
                     .ended = writer.ended()});
    }

    /// All columns are in memory and write token by token in step.
    Variants together() const
    {
        Variants variants;
        std::vector<Writer> writers;
        writers.reserve(request.columns.size());
        for (std::size_t i = 0; i < request.columns.size(); ++i) {
            variants.push_back(prepare(request, i, variants, executor, progress));
            writers.push_back(begin(i, variants[i]));
        }
        progress.begin("writing", std::uint64_t(request.options.maxTokens) * writers.size(), Unit::Tokens);
        bool more = true;
        for (int step = 0; step < request.options.maxTokens && more; ++step)
            more = writeRound(writers, request.followOriginal, stream, progress) && !(request.followOriginal && writers[0].ended());
        for (std::size_t i = 0; i < writers.size(); ++i)
            finish(i, writers[i]);
        return variants;
    }

    /// One column after the other: what an earlier run did not hold is given back before the next is made, unless it may be `kept`.
    Variants inTurns(bool kept) const
    {
        Variants held = request.known;
        held.resize(request.columns.size());
        std::vector<token::Id> original;
        for (std::size_t i = 0; i < request.columns.size(); ++i) {
            auto variant = prepare(request, i, held, executor, progress);
            if (kept)
                held[i] = variant;
            Writer writer = begin(i, std::exchange(variant, nullptr));
            progress.begin("writing", std::uint64_t(request.options.maxTokens), Unit::Tokens);
            const bool led = request.followOriginal && i > 0;
            const std::size_t most = led ? original.size() : std::size_t(request.options.maxTokens);
            for (std::size_t step = 0; step < most && !writer.ended(); ++step) {
                progress.checkpoint();
                pushToken(int(i), writer, led ? std::optional(original[step]) : std::nullopt, stream, progress);
                if (i == 0)
                    original.push_back(writer.lastToken());
            }
            finish(i, writer);
        }
        return held;
    }
};

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
    const auto prompt = readPrompt(request, *tokenizer, stream);
    const std::size_t capacity = capacityFor(request, prompt.size() + std::size_t(request.options.maxTokens));
    const MemoryNeed need = memoryNeed(request, capacity);
    const std::uint64_t memory = memoryOf(request);
    const bool fits = fitTogether(need, request, capacity, memory);
    const auto accelerator = request.device.openAccelerator(
        gpu::TextUse::Write, [&](const std::string& note) { stream.push({.kind = ColumnEvent::Kind::Note, .note = note, .token = {}}); });
    const Run run{request, *tokenizer, prompt, capacity, stream, accelerator.get(), executor, progress};
    if (fits && shareDevice(need, accelerator ? accelerator->freeBytes() : 0))
        return run.together();
    ColumnEvent turns{.kind = ColumnEvent::Kind::Turns, .neededBytes = need.together(), .freeBytes = memory, .token = {}};
    if (fits) {
        turns.neededBytes = need.onDevice;
        turns.freeBytes = accelerator->freeBytes();
        turns.device = run.device();
    }
    stream.push(std::move(turns));
    return run.inTurns(fits);
}

std::vector<PromptPiece> promptPieces(const ComparisonRequest& request)
{
    const auto tokenizer = token::Tokenizer::fromMetadata(request.model->metadata());
    token::StreamDecoder decoder;
    std::vector<PromptPiece> pieces;
    for (const token::Id id : promptOf(request, *tokenizer).ids) {
        const std::string bytes = tokenizer->bytes(id);
        pieces.push_back(bytes.empty() ? PromptPiece{std::string(tokenizer->spelling(id)), true} : PromptPiece{decoder.push(bytes)});
    }
    if (!pieces.empty())
        pieces.back().text += decoder.finish();
    return pieces;
}

Measurement measureColumns(const ComparisonRequest& request, const std::string& text, std::size_t windows, const Executor& executor,
                           Progress& progress)
{
    const auto tokenizer = token::Tokenizer::fromMetadata(request.model->metadata());
    const auto tokens = tokenizer->encode(text, {.addSpecial = false});
    const std::size_t window = capacityFor(request, kMeasuredWindow);
    evaluate::checkWindows(infer::readHyperparameters(*request.model), *tokenizer, tokens, {.window = window});
    const bool together = fitTogether(memoryNeed(request, window), request, window, memoryOf(request));
    Measurement result;
    const auto accelerator =
        request.device.openAccelerator(gpu::TextUse::Read, [&](const std::string& note) { result.notes.push_back(note); });
    if (accelerator)
        result.device = accelerator->name();
    for (std::size_t i = 0; i < request.columns.size(); ++i) {
        auto variant = prepare(request, i, result.variants, executor, progress);
        const auto& original = i == 0 ? variant : result.variants[0];
        result.columns.push_back(evaluate::divergence(original, variant, *tokenizer, tokens, {.window = window, .maxWindows = windows},
                                                      executor, progress, request.kvType, accelerator.get()));
        const bool held = together || i == 0 || (i < request.known.size() && request.known[i]);
        result.variants.push_back(held ? std::move(variant) : nullptr);
    }
    return result;
}

}  // namespace halftone::app
