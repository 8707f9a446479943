// SPDX-License-Identifier: Apache-2.0
#include "core/sense/output_meter.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"
#include "core/infer/vector_math.h"
#include "core/model/model.h"
#include "core/plan/plan.h"

#include <algorithm>
#include <numeric>

namespace halftone::sense {

struct OutputMeter::State {
    State(std::shared_ptr<const model::Model> m, const Text& text, const plan::ImportanceMatrix* i, const Executor& e, Progress& progress)
        : model(std::move(m)),
          importance(i),
          executor(e),
          original(originalOf(progress)),
          h(original->hyperparameters()),
          walk(original, text, executor),
          windows(walk.windows())
    {
        keepLogits(progress);
    }

    std::shared_ptr<const infer::Variant> originalOf(Progress& progress) const
    {
        Progress part(progress);
        return infer::Variant::original(model, executor, part);
    }

    void keepLogits(Progress& progress);
    double run(const plan::Plan& plan, std::size_t from, Progress& progress);
    double divergence(std::size_t window, std::span<const float> changed) const;
    std::size_t firstOf(std::size_t tensor) const { return firstLayer(model->tensors()[tensor], h.layers); }
    std::uint64_t windowCost(std::size_t from) const { return windows.length() * (h.layers + 1 - from) / (h.layers + 1); }

    std::shared_ptr<const model::Model> model;
    const plan::ImportanceMatrix* importance;
    const Executor& executor;
    std::shared_ptr<const infer::Variant> original;
    const infer::Hyperparameters& h;
    LayerWalk walk;  ///< of the original
    const evaluate::TextWindows& windows;
    std::vector<std::vector<float>> logits;  ///< of the original, by window: scored x vocabulary
    std::vector<std::vector<double>> logSums;  ///< of the rows of logits
};

void OutputMeter::State::keepLogits(Progress& progress)
{
    Progress part(progress);
    walk.goTo(h.layers, nullptr, part);
    for (std::size_t w = 0; w < windows.count(); ++w) {
        const auto rows = walk.logits(w, part);
        logits.emplace_back(rows.begin(), rows.end());
        auto& sums = logSums.emplace_back(windows.scored());
        executor.forRanges(sums.size(), 8, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin; i < end; ++i)
                sums[i] = infer::logSumExp(rows.subspan(i * h.vocabulary, h.vocabulary));
        });
    }
}

/// The sum over the window's scored positions.
double OutputMeter::State::divergence(std::size_t window, std::span<const float> changed) const
{
    std::vector<double> kld(windows.scored());
    executor.forRanges(kld.size(), 8, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
            const auto x = std::span(logits[window]).subspan(i * h.vocabulary, h.vocabulary),
                       y = changed.subspan(i * h.vocabulary, h.vocabulary);
            kld[i] = infer::klDivergence(x, logSums[window][i], y, infer::logSumExp(y));
        }
    });
    return std::accumulate(kld.begin(), kld.end(), 0.0);
}

/// The plan over the text; layers before `from` are the original's.
double OutputMeter::State::run(const plan::Plan& plan, std::size_t from, Progress& progress)
{
    Progress part(progress);
    walk.goTo(from, nullptr, part);
    const auto variant = infer::Variant::prepare(model, plan, importance, executor, part);
    infer::Context changed(variant, windows.length(), executor);
    std::vector<float> stream;
    double sum = 0;
    for (std::size_t w = 0; w < windows.count(); ++w) {
        stream = walk.stream(w);
        if (from == 0)
            changed.embed(windows.input(w), stream);
        changed.runLayers(stream, from, h.layers, nullptr, part);
        sum += divergence(w, changed.project(std::span(stream).last(windows.scored() * h.width), nullptr, part));
        progress.advance(windowCost(from));
    }
    // Rounding may leave the mean of a text without any change below zero.
    return std::max(0.0, sum / double(windows.count() * windows.scored()));
}

OutputMeter::OutputMeter(std::shared_ptr<const model::Model> model, const Text& text, const plan::ImportanceMatrix* importance,
                         const Executor& executor, Progress& progress)
    : m_state(std::make_unique<State>(std::move(model), text, importance, executor, progress))
{
}

OutputMeter::~OutputMeter() = default;

double OutputMeter::ofTensor(std::size_t tensor, quant::Type type, Progress& progress)
{
    plan::Plan plan;
    for (const model::Tensor& one : m_state->model->tensors())
        plan.choices.push_back({.type = one.type, .wanted = one.type, .reason = plan::Reason::KeepsSource});
    plan.choices[tensor].type = plan.choices[tensor].wanted = type;
    return m_state->run(plan, m_state->firstOf(tensor), progress);
}

double OutputMeter::ofPlan(const plan::Plan& plan, Progress& progress)
{
    return m_state->run(plan, 0, progress);
}

std::uint64_t OutputMeter::cost(std::size_t tensor) const
{
    return m_state->windows.count() * m_state->windowCost(m_state->firstOf(tensor));
}

std::uint64_t OutputMeter::costOfPlan() const
{
    return m_state->windows.count() * m_state->windowCost(0);
}

std::size_t firstLayer(const model::Tensor& tensor, std::size_t layers)
{
    if (tensor.role == model::Role::Output)
        return layers;
    return tensor.layer >= 0 ? std::min(std::size_t(tensor.layer), layers) : 0;
}

}  // namespace halftone::sense
