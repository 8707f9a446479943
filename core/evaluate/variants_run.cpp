// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/variants_run.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/base/system.h"
#include "core/evaluate/speed.h"
#include "core/infer/context.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/text_memory.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/packed_tensors.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace halftone::evaluate {

namespace {

constexpr std::size_t kFewestRows = 16;  ///< fewer make matrix products slow

/// Rows of logits that are made at once, of all `scored` in a window.
std::size_t rowsAtOnce(const VariantsRequest& request, std::size_t scored, std::uint64_t vocabulary)
{
    return std::min(scored, std::max(kFewestRows, std::size_t(request.logitBytes / (vocabulary * sizeof(float)))));
}

/// What a subject adds to the memory: weights that are made unless `held` has them, past keys and values, logits and a window's
/// activations.
std::uint64_t bytesOf(const VariantsRequest& request, const Subject& subject, std::size_t scored, plan::PackedTensors& held)
{
    const infer::Hyperparameters numbers = infer::readHyperparameters(*subject.model);
    const std::uint64_t packed = subject.plan.choices.empty() ? 0 : plan::addPacked(*subject.model, subject.plan, held);
    return packed
        + std::uint64_t(infer::textBytes(numbers, request.windows.window, subject.kvType, rowsAtOnce(request, scored, numbers.vocabulary)));
}

/// Everything about one model that can be wrong before it is run.
void checkSubject(const Subject& subject, const VariantsRequest& request, std::uint64_t vocabulary)
{
    if (const infer::NotRunnable why = infer::whyNotRunnable(*subject.model); !why.empty())
        throw Error(ErrorCode::Unsupported, textOf(why));
    const infer::Hyperparameters numbers = infer::readHyperparameters(*subject.model);
    if (numbers.vocabulary != vocabulary)
        throw Error(ErrorCode::Usage, "the models have different vocabularies, so their predictions cannot be compared");
    checkWindows(numbers, request.tokenizer, request.tokens, request.windows);
}

/// Of the original and one variant that share nothing.
std::uint64_t pairBytes(const VariantsRequest& request, const Subject& subject, std::size_t scored)
{
    plan::PackedTensors original, alone;
    return bytesOf(request, request.subjects[0], scored, original) + bytesOf(request, subject, scored, alone);
}

[[noreturn]] void refuseMemory(VariantsRequest request, const Subject& subject, std::size_t scored, std::uint64_t memory)
{
    const std::uint64_t needed = pairBytes(request, subject, scored);
    std::size_t& window = request.windows.window;
    do
        window /= 2;
    while (window >= 4 && pairBytes(request, subject, scoredPredictions(window)) > memory);
    throw Error(ErrorCode::OutOfMemory,
                {.problem = "the original and one variant need " + infer::megabytes(double(needed)) + " of memory, and "
                     + infer::megabytes(double(memory)) + " are free",
                 .advice = window >= 4 ? "choose a context of at most " + std::to_string(window) + " tokens, or variants of fewer bits"
                                       : "choose variants of fewer bits, or close other programs"});
}

/// About what a subject takes of a device, which holds all of its weights.
std::uint64_t deviceBytesOf(const VariantsRequest& request, const Subject& subject, std::size_t scored)
{
    constexpr std::uint64_t kSlack = 32u << 20;
    const std::uint64_t weights = subject.plan.choices.empty() ? subject.model->tensorBytes() : subject.plan.tensorBytes;
    plan::PackedTensors none;
    const Subject alone{subject.model, {}, subject.kvType};
    return kSlack + weights + weights / 32 + bytesOf(request, alone, scored, none);
}

/// What a pass takes.
struct Load {
    std::uint64_t memory = 0, device = 0;  ///< bytes
};

/// Takes subjects in their order as long as they fit together.
void groupSubjects(const VariantsRequest& request, Schedule& schedule)
{
    const Load free{.memory = request.memory ? request.memory : availableBytes(),
                    .device = request.accelerator ? request.accelerator->freeBytes() : 0};
    const auto exceeds = [](std::uint64_t bytes, std::uint64_t limit) { return limit > 0 && bytes > limit; };
    plan::PackedTensors held;
    const Load base{bytesOf(request, request.subjects[0], schedule.scored, held),
                    deviceBytesOf(request, request.subjects[0], schedule.scored)};
    Load used = base;
    schedule.bytes = base.memory;
    for (std::size_t i = 1; i < request.subjects.size(); ++i) {
        const Subject& subject = request.subjects[i];
        plan::PackedTensors alone, together = held;
        const std::uint64_t bytes = bytesOf(request, subject, schedule.scored, alone);
        const std::uint64_t added = bytesOf(request, subject, schedule.scored, together);
        const std::uint64_t onDevice = deviceBytesOf(request, subject, schedule.scored);
        if (exceeds(base.memory + bytes, free.memory))
            refuseMemory(request, subject, schedule.scored, free.memory);
        const bool wholeAlone = !exceeds(base.device + onDevice, free.device);
        const bool begins = schedule.passes.empty() || exceeds(used.memory + added, free.memory)
            || (wholeAlone && exceeds(used.device + onDevice, free.device));
        if (begins)
            schedule.passes.emplace_back();
        schedule.passes.back().push_back(i);
        used = begins ? Load{base.memory + bytes, base.device + onDevice} : Load{used.memory + added, used.device + onDevice};
        held = begins ? std::move(alone) : std::move(together);
        schedule.bytes = std::max(schedule.bytes, used.memory);
    }
    if (schedule.passes.empty())
        schedule.passes.emplace_back();  // the original alone
}

/// One model in a pass.
struct Runner {
    std::size_t subject;
    std::shared_ptr<const infer::Variant> variant;
    infer::Context context;
    std::span<const float> logits;  ///< of the rows made last
    std::size_t windowsDone;
    std::vector<TokenFigures> window = {};  ///< of the window under way

    bool needs(std::size_t index) const { return index >= windowsDone; }
};

/// Scored predictions of a window.
struct Rows {
    std::size_t window, first, count;
};

TokenFigures tokenFigures(const infer::PredictedToken& predicted)
{
    return {.nll = float(std::max(0.0, predicted.nll)),
            .entropy = float(std::max(0.0, predicted.entropy)),
            .confidence = float(std::min(1.0, predicted.confidence)),
            .right = predicted.right};
}

/// Of what is compared with the original.
TokenFigures tokenFigures(const infer::ComparedPrediction& compared)
{
    TokenFigures figures = tokenFigures(compared.y);
    figures.kld = float(compared.divergence);
    figures.sameFirst = compared.sameFirst;
    figures.sameFive = std::uint8_t(compared.sameFive);
    return figures;
}

/// One pass over the text.
class Pass {
public:
    Pass(const VariantsRequest& request, const TextWindows& cut, std::vector<Series>& series, const Executor& executor, Progress& progress)
        : m_request(request),
          m_cut(cut),
          m_series(series),
          m_executor(executor),
          m_progress(progress)
    {
    }

    void run(std::span<const std::size_t> subjects, const WindowDone& windowDone);

private:
    void prepare(std::size_t subject);
    void openDevices();
    std::vector<Runner*> runnersFor(std::size_t window);
    void keep(std::size_t window, std::span<Runner* const> runners, const WindowDone& windowDone);
    void runWindow(std::size_t window, std::span<Runner* const> runners);
    bool runOnDevice(std::size_t window, std::span<Runner* const> runners);
    void runHere(std::size_t window, std::span<Runner* const> runners);
    bool compareOnDevice(const Rows& rows, std::span<Runner* const> runners);
    void compareHere(const Rows& rows, std::span<Runner* const> runners);

    const VariantsRequest& m_request;
    const TextWindows& m_cut;
    std::vector<Series>& m_series;
    const Executor& m_executor;
    Progress& m_progress;
    std::vector<Runner> m_runners;  ///< the original first
};

void Pass::prepare(std::size_t subject)
{
    const Subject& each = m_request.subjects[subject];
    std::vector<std::shared_ptr<const infer::Variant>> others;
    for (const Runner& runner : m_runners)
        others.push_back(runner.variant);
    auto variant = each.plan.choices.empty()
        ? infer::Variant::original(each.model, m_executor, m_progress)
        : infer::Variant::prepare(each.model, each.plan, m_request.importance, m_executor, m_progress, std::move(others));
    m_runners.push_back({subject,
                         variant,
                         infer::Context(variant, m_cut.length(), m_executor, each.kvType, m_request.accelerator),
                         {},
                         m_series[subject].tokens.size() / m_cut.scored()});
}

/// Where a device has no room for all, those of fewer bits come first: it takes more of their layers.
void Pass::openDevices()
{
    for (auto runner = m_runners.rbegin(); runner != m_runners.rend(); ++runner) {
        Series& series = m_series[runner->subject];
        runner->context.mostKept(m_progress);
        if (series.decodeMs == 0)
            series.decodeMs = decodeMilliseconds(runner->context, runner->variant->vocabularySize(), m_progress);
        series.share = runner->context.deviceShare();
    }
}

void Pass::run(std::span<const std::size_t> subjects, const WindowDone& windowDone)
{
    const auto lacks = [&](std::size_t subject) { return m_series[subject].tokens.size() < m_cut.count() * m_cut.scored(); };
    if (!lacks(0) && std::ranges::none_of(subjects, lacks))
        return;
    m_runners.reserve(subjects.size() + 1);
    prepare(0);
    for (const std::size_t subject : subjects)
        if (lacks(subject))
            prepare(subject);
    openDevices();
    const std::size_t first = std::ranges::min_element(m_runners, {}, &Runner::windowsDone)->windowsDone;
    std::uint64_t models = 0;
    for (std::size_t window = first; window < m_cut.count(); ++window)
        models += runnersFor(window).size();
    m_progress.begin("measuring variants", models * m_cut.length(), Unit::Tokens);
    for (std::size_t window = first; window < m_cut.count(); ++window) {
        const std::vector<Runner*> runners = runnersFor(window);
        runWindow(window, runners);
        keep(window, runners, windowDone);
    }
}

/// The original, which the others are compared with whether it is known or not, and those that lack the window.
std::vector<Runner*> Pass::runnersFor(std::size_t window)
{
    std::vector<Runner*> runners{&m_runners[0]};
    for (Runner& runner : std::span(m_runners).subspan(1))
        if (runner.needs(window))
            runners.push_back(&runner);
    return runners;
}

void Pass::keep(std::size_t window, std::span<Runner* const> runners, const WindowDone& windowDone)
{
    for (Runner* runner : runners) {
        if (!runner->needs(window))
            continue;
        auto& tokens = m_series[runner->subject].tokens;
        tokens.insert(tokens.end(), runner->window.begin(), runner->window.end());
        m_series[runner->subject].share = runner->context.deviceShare();
        ++runner->windowsDone;
        if (windowDone)
            windowDone(runner->subject, window);
    }
}

void Pass::runWindow(std::size_t window, std::span<Runner* const> runners)
{
    for (Runner* runner : runners)
        runner->window.assign(m_cut.scored(), {});
    if (!runOnDevice(window, runners))
        runHere(window, runners);
    m_progress.advance(runners.size());  // the token that is only predicted
}

/// What is compared where it was made. False where not all models' predictions can be: then nothing of the window counts.
bool Pass::runOnDevice(std::size_t window, std::span<Runner* const> runners)
{
    const std::vector<token::Id> input = m_cut.input(window);
    std::size_t most = m_cut.scored();
    for (Runner* runner : runners) {
        runner->context.clear();
        most = std::min(most, runner->context.mostKept(m_progress));
    }
    if (most == 0)
        return false;
    for (std::size_t first = 0, begin = 0; first < m_cut.scored(); first += most) {
        const Rows rows{window, first, std::min(most, m_cut.scored() - first)};
        const std::size_t end = input.size() - m_cut.scored() + first + rows.count;
        for (Runner* runner : runners)
            if (!runner->context.evaluateKept(std::span(input).subspan(begin, end - begin), rows.count, m_progress))
                return false;
        begin = end;
        if (!compareOnDevice(rows, runners))
            return false;
    }
    return true;
}

bool Pass::compareOnDevice(const Rows& rows, std::span<Runner* const> runners)
{
    std::vector<token::Id> targets(rows.count);
    for (std::size_t i = 0; i < rows.count; ++i)
        targets[i] = m_cut.target(rows.window, rows.first + i);
    std::vector<infer::ComparedPrediction> compared(rows.count);
    Runner& original = *runners[0];
    for (Runner* runner : runners.size() > 1 ? runners.subspan(1) : runners) {
        if (!original.context.compare(runner->context, targets, compared, m_progress))
            return false;
        for (std::size_t i = 0; i < rows.count; ++i) {
            original.window[rows.first + i] = tokenFigures(compared[i].x);
            if (runner != &original)
                runner->window[rows.first + i] = tokenFigures(compared[i]);
        }
    }
    return true;
}

/// The unscored half first, then the scored one in as many rows at once as the logits may take.
void Pass::runHere(std::size_t window, std::span<Runner* const> runners)
{
    const std::vector<token::Id> input = m_cut.input(window);
    const std::size_t scored = m_cut.scored(), most = rowsAtOnce(m_request, scored, runners[0]->variant->vocabularySize());
    for (Runner* runner : runners)
        runner->context.clear();
    for (std::size_t first = 0, begin = 0; first < scored; first += most) {
        const Rows rows{window, first, std::min(most, scored - first)};
        const std::size_t end = input.size() - scored + first + rows.count;
        for (Runner* runner : runners)
            runner->logits = runner->context.evaluate(std::span(input).subspan(begin, end - begin), rows.count, m_progress);
        begin = end;
        compareHere(rows, runners);
    }
}

void Pass::compareHere(const Rows& rows, std::span<Runner* const> runners)
{
    const std::size_t vocabulary = runners[0]->variant->vocabularySize();
    m_executor.forRanges(rows.count, 4, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const BaseRow base(runners[0]->logits.subspan(i * vocabulary, vocabulary));
            const token::Id target = m_cut.target(rows.window, rows.first + i);
            runners[0]->window[rows.first + i] = figuresOf(base, target);
            for (Runner* runner : runners.subspan(1))
                runner->window[rows.first + i] = figuresOf(base, runner->logits.subspan(i * vocabulary, vocabulary), target);
        }
    });
}

}  // namespace

Schedule planRun(const VariantsRequest& request)
{
    const std::uint64_t vocabulary = infer::readHyperparameters(*request.subjects[0].model).vocabulary;
    for (const Subject& subject : request.subjects)
        checkSubject(subject, request, vocabulary);
    const TextWindows cut(request.tokenizer, request.tokens, request.windows, vocabulary);
    Schedule schedule;
    schedule.windows = cut.count();
    schedule.scored = cut.scored();
    groupSubjects(request, schedule);
    return schedule;
}

void runVariants(const VariantsRequest& request, std::vector<Series>& series, const WindowDone& windowDone, const Executor& executor,
                 Progress& progress)
{
    const Schedule schedule = planRun(request);
    const TextWindows cut(request.tokenizer, request.tokens, request.windows,
                          infer::readHyperparameters(*request.subjects[0].model).vocabulary);
    series.resize(request.subjects.size());
    for (Series& each : series)  // what is no whole window, or more than this text has, counts for nothing
        each.tokens.resize(std::min(each.tokens.size() / cut.scored(), cut.count()) * cut.scored());
    for (const auto& subjects : schedule.passes)
        Pass(request, cut, series, executor, progress).run(subjects, windowDone);
}

}  // namespace halftone::evaluate
