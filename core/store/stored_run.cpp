// SPDX-License-Identifier: Apache-2.0
#include "core/store/stored_run.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/evaluate/own_text.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/sense/content_hash.h"

#include <algorithm>
#include <chrono>
#include <map>

namespace halftone::store {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPause = std::chrono::milliseconds(333);
constexpr const char* kOriginal = "original";

/// Of the type that holds most weights.
int mainBits(const model::Model& model, const plan::Plan& plan)
{
    std::map<int, std::uint64_t> weights;
    for (std::size_t i = 0; i < model.tensors().size(); ++i)
        weights[quant::info(plan.choices.empty() ? model.tensors()[i].type : plan.choices[i].type).bits] +=
            model.tensors()[i].shape.elements();
    const auto most = std::ranges::max_element(weights, {}, [](const auto& entry) { return entry.second; });
    return most == weights.end() ? 16 : most->first;
}

evaluate::EvaluatedVariant aboutFile(const std::string& name, const model::Model& model)
{
    const double bits = model.parameters() ? 8.0 * double(model.tensorBytes()) / double(model.parameters()) : 0;
    return {.name = name, .bits = mainBits(model, {}), .bytes = model.fileBytes(), .bitsPerWeight = bits};
}

/// One evaluation under way: the subjects, what is known of each, and where it is kept.
class StoredRun {
public:
    StoredRun(const EvaluationRequest& request, EvaluationStore* store, const Executor& executor, Progress& progress)
        : m_request(request),
          m_store(store),
          m_executor(executor),
          m_progress(progress),
          m_tokenizer(token::Tokenizer::fromMetadata(request.model->metadata()))
    {
    }

    evaluate::Evaluation measure(const Watcher& watcher, std::size_t* passes);

private:
    void takeText();
    void addSubject(std::shared_ptr<const model::Model> model, plan::Plan plan, evaluate::EvaluatedVariant about);
    void addVariant(const ChosenVariant& chosen);
    std::string contentOf(std::size_t subject);
    std::string weightsOf(const evaluate::Subject& each);
    std::string hashOf(const model::Model& model);
    std::string deviceName() const { return m_request.accelerator ? m_request.accelerator->name() : std::string(); }
    void takeKnown();
    void keep(std::size_t subject, std::size_t window);
    evaluate::Evaluation result() const;

    const EvaluationRequest& m_request;
    EvaluationStore* m_store;
    const Executor& m_executor;
    Progress& m_progress;
    std::shared_ptr<const token::Tokenizer> m_tokenizer;
    std::string m_modelHash, m_textHash;
    std::vector<token::Id> m_tokens;
    std::vector<evaluate::Subject> m_subjects;
    std::vector<evaluate::EvaluatedVariant> m_abouts;
    std::vector<evaluate::Series> m_series;
    std::vector<VariantId> m_ids;
    std::vector<bool> m_speedKept;
    std::size_t m_windows = 0, m_scored = 1;
};

void StoredRun::takeText()
{
    const ChosenText& text = m_request.text;
    if (!text.content.empty()) {
        m_tokens = m_tokenizer->encode(text.content, {.addSpecial = false});
        m_textHash = sense::contentHash(text.content);
        return;
    }
    const std::vector<token::Id> asLong(text.ownTokens, 0);  // what is wrong with its length is told before it is written
    evaluate::checkWindows(infer::readHyperparameters(*m_request.model), *m_tokenizer, asLong, m_request.windows);
    const auto original = infer::Variant::original(m_request.model, m_executor, m_progress);
    m_tokens = evaluate::ownText(original, *m_tokenizer, text.ownTokens, text.seed, m_executor, m_progress, m_request.accelerator);
    m_textHash = "own-" + std::to_string(text.ownTokens) + "-" + std::to_string(text.seed);
    if (m_request.accelerator)  // may have failed half-way, and then it is another text
        m_textHash += '-' + sense::contentHash({reinterpret_cast<const char*>(m_tokens.data()), m_tokens.size() * sizeof(token::Id)});
}

/// The original comes first and keeps its past as halves.
void StoredRun::addSubject(std::shared_ptr<const model::Model> model, plan::Plan plan, evaluate::EvaluatedVariant about)
{
    const infer::KvType kvType = m_subjects.empty() ? infer::KvType::F16 : m_request.kvType;
    if (kvType != infer::KvType::F16)
        about.name += ", KV " + std::string(infer::kvTypeName(kvType));
    m_subjects.push_back({std::move(model), std::move(plan), kvType});
    m_abouts.push_back(std::move(about));
}

void StoredRun::addVariant(const ChosenVariant& chosen)
{
    if (chosen.file)
        return addSubject(chosen.file, {}, aboutFile(chosen.name, *chosen.file));
    plan::Plan plan = plan::makePlan(*m_request.model, chosen.recipe, m_request.planOptions);
    evaluate::EvaluatedVariant about{.name = chosen.name,
                                     .bits = mainBits(*m_request.model, plan),
                                     .bytes = plan.unchanged ? m_request.model->fileBytes() : plan.fileBytes,
                                     .bitsPerWeight = plan.bitsPerWeight};
    addSubject(m_request.model, std::move(plan), std::move(about));
}

std::string StoredRun::hashOf(const model::Model& model)
{
    m_progress.begin("reading", model.tensorBytes(), Unit::Bytes);
    return sense::contentHash(model, m_executor, m_progress);
}

/// By the types that the tensors get, so that equal files are equal whatever their recipes are called, and how it is run.
std::string StoredRun::contentOf(std::size_t subject)
{
    if (subject == 0)
        return kOriginal;
    const infer::KvType kvType = m_subjects[subject].kvType;
    return weightsOf(m_subjects[subject]) + (kvType == infer::KvType::F16 ? "" : "-kv-" + std::string(infer::kvTypeName(kvType)));
}

std::string StoredRun::weightsOf(const evaluate::Subject& each)
{
    if (each.plan.choices.empty())
        return "file-" + hashOf(*each.model);
    std::string types;
    for (const plan::Choice& choice : each.plan.choices)
        types += std::to_string(std::uint32_t(choice.type)) + ',';
    return "types-" + sense::contentHash(types) + (m_request.importance ? '-' + sense::contentHash(*m_request.importance) : std::string());
}

void StoredRun::takeKnown()
{
    m_series.resize(m_subjects.size());
    m_speedKept.assign(m_subjects.size(), false);
    if (!m_store)
        return;
    m_modelHash = hashOf(*m_request.model);
    const RunKey key{m_modelHash, m_textHash, m_request.windows.window, m_windows, deviceName()};
    const RunId run = m_store->run(key, m_request.model->name(), m_request.text.name);
    for (std::size_t i = 0; i < m_subjects.size(); ++i) {
        m_ids.push_back(m_store->variant(run, contentOf(i), m_abouts[i]));
        m_series[i] = {.tokens = m_store->tokens(m_ids[i], m_scored), .decodeMs = m_store->decodeMs(m_ids[i])};
        m_speedKept[i] = m_series[i].decodeMs > 0;
    }
}

void StoredRun::keep(std::size_t subject, std::size_t window)
{
    if (!m_store)
        return;
    m_store->addWindow(m_ids[subject], window, std::span(m_series[subject].tokens).subspan(window * m_scored, m_scored));
    if (!m_speedKept[subject])
        m_store->setDecodeMs(m_ids[subject], m_series[subject].decodeMs);
    m_speedKept[subject] = true;
}

evaluate::Evaluation StoredRun::result() const
{
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    evaluate::Evaluation evaluation{
        m_request.model->name(), m_request.text.name, m_request.windows.window, m_windows, now.count(), deviceName(), m_abouts};
    const auto& base = m_series[0].tokens;
    for (std::size_t i = 0; i < m_series.size(); ++i) {
        const std::size_t known = std::min(m_series[i].tokens.size(), base.size());
        evaluate::EvaluatedVariant& variant = evaluation.variants[i];
        variant.windows = known / m_scored;
        variant.decodeMs = m_series[i].decodeMs;
        variant.share = m_series[i].share;
        if (known > 0)
            variant.figures = evaluate::summarize(std::span(m_series[i].tokens).first(known), std::span(base).first(known), m_scored);
    }
    return evaluation;
}

evaluate::Evaluation StoredRun::measure(const Watcher& watcher, std::size_t* passes)
{
    addSubject(m_request.model, {}, aboutFile("Original", *m_request.model));
    for (const ChosenVariant& chosen : m_request.variants)
        addVariant(chosen);
    takeText();
    const evaluate::VariantsRequest request{.subjects = m_subjects,
                                            .importance = m_request.importance.get(),
                                            .tokenizer = *m_tokenizer,
                                            .tokens = m_tokens,
                                            .windows = m_request.windows,
                                            .memory = m_request.memory,
                                            .accelerator = m_request.accelerator};
    const evaluate::Schedule schedule = evaluate::planRun(request);
    m_windows = schedule.windows;
    m_scored = schedule.scored;
    if (passes)
        *passes = schedule.passes.size();
    takeKnown();
    if (watcher)
        watcher(result());
    auto next = Clock::now() + kPause;
    const auto windowDone = [&](std::size_t subject, std::size_t window) {
        keep(subject, window);
        const auto now = Clock::now();
        if (!watcher || now < next)
            return;
        watcher(result());
        next = Clock::now() + std::max<Clock::duration>(kPause, 20 * (Clock::now() - now));  // looking may not slow the run down
    };
    evaluate::runVariants(request, m_series, windowDone, m_executor, m_progress);
    return result();
}

}  // namespace

evaluate::Evaluation evaluateVariants(const EvaluationRequest& request, EvaluationStore* store, const Watcher& watcher,
                                      const Executor& executor, Progress& progress, std::size_t* passes)
{
    return StoredRun(request, store, executor, progress).measure(watcher, passes);
}

}  // namespace halftone::store
