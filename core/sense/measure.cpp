// SPDX-License-Identifier: Apache-2.0
#include "core/sense/measure.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/base/system.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/matmul.h"
#include "core/infer/text_memory.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/quantizable.h"
#include "core/sense/input_moments.h"
#include "core/sense/sample_plans.h"
#include "core/sense/weight_errors.h"

#include <algorithm>
#include <set>

namespace halftone::sense {
namespace {

using quant::Type;

/// A tensor and the types that are still to be tried on it.
struct Trial {
    std::size_t tensor;
    std::vector<Type> types;
};

std::vector<Trial> missingTrials(const model::Model& model, const Request& request, const Sensitivity& result)
{
    std::set<std::pair<std::string_view, Type>> known;
    for (const TensorError& one : result.tensors)
        known.emplace(one.tensor, one.type);
    const std::vector<Type> wanted = request.types.empty() ? makeableTypes() : request.types;
    std::vector<Trial> trials;
    for (std::size_t i = 0; i < model.tensors().size(); ++i) {
        const model::Tensor& tensor = model.tensors()[i];
        if (!plan::quantizable(tensor) || !quant::info(tensor.type).canDequantize)
            continue;
        const bool importance = request.importance && !request.importance->find(tensor.name).empty();
        Trial trial{i, candidatesFor(tensor, wanted, importance)};
        const bool runs = request.level == Level::Output;
        std::erase_if(trial.types, [&](Type type) { return known.contains({tensor.name, type}) || (runs && !infer::canMultiply(type)); });
        if (!trial.types.empty())
            trials.push_back(std::move(trial));
    }
    return trials;
}

/// The text's windows, the first for tensors, the others for recipes.
struct Texts {
    Text tensors, recipes;
};

Texts split(const Text& text)
{
    const std::size_t window = text.windows.window, begun = text.tokenizer.addsBos() ? 1 : 0;
    const std::size_t count = (text.tokens.size() + begun) / std::max<std::size_t>(1, window);
    std::size_t half = std::max<std::size_t>(1, count / 2);
    if (text.windows.maxWindows > 0)
        half = std::min(half, text.windows.maxWindows);
    const std::size_t skipped = count < 2 ? 0 : half * window;
    Text tensors = text, recipes{text.tokenizer, text.tokens.subspan(skipped), text.windows};
    tensors.windows.maxWindows = recipes.windows.maxWindows = half;
    return {tensors, recipes};
}

/// Before anything is measured. What stays in memory of every window is the stream that enters a layer and the original's logits.
void checkText(const model::Model& model, const Text& text, std::uint64_t memory)
{
    const infer::Hyperparameters h = infer::readHyperparameters(model);
    evaluate::checkWindows(h, text.tokenizer, text.tokens, text.windows);
    const std::size_t length = text.windows.window, scored = evaluate::scoredPredictions(length);
    const std::size_t windows = split(text).tensors.windows.maxWindows;
    const double each = (double(length) * double(h.width) + double(scored) * double(h.vocabulary)) * sizeof(float);
    const double fixed = infer::textBytes(h, length, infer::KvType::F16, scored);
    if (memory == 0 || double(windows) * each + fixed <= double(memory))
        return;
    const auto fits = std::size_t(std::max(0.0, (double(memory) - fixed) / each));
    throw Error(ErrorCode::OutOfMemory,
                {.problem = std::to_string(windows) + " windows of " + std::to_string(length) + " tokens need "
                     + infer::megabytes(double(windows) * each + fixed) + " of memory, and " + infer::megabytes(double(memory))
                     + " are free",
                 .advice = fits > 0 ? "measure on " + std::to_string(fits) + " windows or fewer"
                                    : "choose shorter windows, or close other programs"});
}

class Measurement {
public:
    Measurement(std::shared_ptr<const model::Model> model, const Request& request, Sensitivity& result, const std::function<void()>& kept,
                const Executor& executor, Progress& progress)
        : m_model(std::move(model)),
          m_request(request),
          m_result(result),
          m_kept(kept),
          m_executor(executor),
          m_progress(progress)
    {
    }

    void run()
    {
        const std::vector<Trial> trials = missingTrials(*m_model, m_request, m_result);
        if (m_request.level != Level::Weights && !m_request.text)
            throw Error(ErrorCode::Usage, {.problem = "this level is measured on a text", .advice = "give a text"});
        if (m_request.text && (m_request.level != Level::Weights || m_request.recipes > 0))
            checkText(*m_model, *m_request.text, m_request.memory ? m_request.memory : availableBytes());
        switch (m_request.level) {
        case Level::Weights: tryWeights(trials); break;
        case Level::Activations: tryActivations(trials); break;
        case Level::Output: tryOutputs(trials); break;
        }
        if (m_request.text && m_result.fit.samples.size() < m_request.recipes)
            tryRecipes();
        m_result.complete = true;
        keep();
    }

private:
    const model::Tensor& tensor(const Trial& trial) const { return m_model->tensors()[trial.tensor]; }
    void keep() const
    {
        if (m_kept)
            m_kept();
    }

    void beginBytes(const std::vector<Trial>& trials)
    {
        std::uint64_t bytes = 0;
        for (const Trial& trial : trials)
            bytes += tensor(trial).bytes();
        m_progress.begin("measuring", bytes, Unit::Bytes);
    }

    void tryWeights(const std::vector<Trial>& trials)
    {
        beginBytes(trials);
        for (const Trial& trial : trials)
            tryTensor(trial, {});
    }

    void tryTensor(const Trial& trial, const MomentCollector::Moments& moments)
    {
        const auto importance = m_request.importance ? m_request.importance->find(tensor(trial).name) : std::span<const float>{};
        const InputMoments inputs{.importance = importance, .squares = moments.diagonal, .second = moments.full};
        for (const TypeTrial& one : tryTypes(tensor(trial), trial.types, inputs, m_executor, m_progress))
            m_result.tensors.push_back({tensor(trial).name, one.type, one.outputError, one.weights});
        keep();
    }

    /// Layer by layer, so that only one layer's second moments are held.
    void tryActivations(std::vector<Trial> trials)
    {
        if (trials.empty())
            return;
        std::ranges::stable_sort(trials, {}, [&](const Trial& trial) { return lastLayer(trial, std::size_t(m_model->layers())); });
        Progress part(m_progress);
        const auto original = infer::Variant::original(m_model, m_executor, part);
        const std::size_t layers = original->hyperparameters().layers;
        LayerWalk walk(original, split(*m_request.text).tensors, m_executor);
        beginBytes(trials);
        auto trial = trials.begin();
        for (std::size_t layer = 0; layer <= layers && trial != trials.end(); ++layer) {
            MomentCollector collector(m_executor, part);
            layer < layers ? walk.goTo(layer + 1, &collector, part) : walk.observeOutput(collector, part);
            for (; trial != trials.end() && lastLayer(*trial, layers) <= layer; ++trial)
                tryTensor(*trial, collector.of(tensor(*trial).name));
        }
    }

    /// Where a tensor's input is seen: its layer, or behind the last for the output matrix.
    std::size_t lastLayer(const Trial& trial, std::size_t layers) const
    {
        const bool tied = tensor(trial).role == model::Role::TokenEmbedding && m_model->tiedOutput();
        return tied ? layers : firstLayer(tensor(trial), layers);
    }

    void tryOutputs(std::vector<Trial> trials)
    {
        if (trials.empty())
            return;
        std::ranges::stable_sort(trials, {}, [&](const Trial& trial) { return firstLayer(tensor(trial), std::size_t(m_model->layers())); });
        m_progress.begin("running the original", 0, Unit::Tokens);
        OutputMeter meter(m_model, split(*m_request.text).tensors, m_request.importance, m_executor, m_progress);
        std::uint64_t cost = 0;
        for (const Trial& trial : trials)
            cost += meter.cost(trial.tensor) * trial.types.size();
        m_progress.begin("measuring", cost, Unit::Tokens);
        for (const Trial& trial : trials) {
            for (const Type type : trial.types)
                m_result.tensors.push_back({tensor(trial).name, type, meter.ofTensor(trial.tensor, type, m_progress)});
            keep();
        }
    }

    void tryRecipes()
    {
        m_progress.begin("running the original", 0, Unit::Tokens);
        OutputMeter meter(m_model, split(*m_request.text).recipes, m_request.importance, m_executor, m_progress);
        plan::ErrorTable table = errorTable(m_result, *m_model);
        for (auto& row : table)
            std::erase_if(row, [](const plan::TypeError& one) { return !infer::canMultiply(one.type); });
        std::vector<Sample> samples = m_result.fit.samples;
        m_progress.begin("measuring recipes", meter.costOfPlan() * (m_request.recipes - samples.size()), Unit::Tokens);
        while (samples.size() < m_request.recipes) {
            const std::size_t i = samples.size(), pairs = (m_request.recipes + 1) / 2;
            const plan::Plan plan = i % 2 ? plannedPlan(*m_model, table, i / 2, pairs) : randomPlan(*m_model, table, i / 2, pairs);
            samples.push_back({plan::totalError(*m_model, table, plan), meter.ofPlan(plan, m_progress)});
            m_result.fit = fitted(samples, guessedFit(m_request.level));
            keep();
        }
    }

    std::shared_ptr<const model::Model> m_model;
    const Request& m_request;
    Sensitivity& m_result;
    const std::function<void()>& m_kept;
    const Executor& m_executor;
    Progress& m_progress;
};

}  // namespace

void measure(const std::shared_ptr<const model::Model>& model, const Request& request, Sensitivity& result,
             const std::function<void()>& kept, const Executor& executor, Progress& progress)
{
    if (result.tensors.empty() && result.fit.samples.empty())
        result.fit = guessedFit(request.level);
    Measurement(model, request, result, kept, executor, progress).run();
}

}  // namespace halftone::sense
