// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/forecast.h"

#include "app/jobs/job_manager.h"
#include "app/plan/plan_text.h"
#include "app/plan/size_rows.h"
#include "app/widgets/placement_text.h"
#include "app/widgets/format_text.h"
#include "app/window/devices.h"
#include "app/window/forecast_measures.h"
#include "app/window/sensitivity_store.h"
#include "app/window/type_speeds.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/infer/kv_cache.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/preset.h"
#include "core/plan/solver.h"
#include "core/sense/content_hash.h"

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

const QString kMeasureTag = QStringLiteral("forecast.measure");
const QString kOutlookTag = QStringLiteral("forecast.outlook");
const QString kSolveTag = QStringLiteral("forecast.solve");
constexpr std::uint64_t kQuickToHash = std::uint64_t(2) << 30;   ///< larger models are not read at opening only to find old figures
constexpr double kSenseBits = 3.4;

}  // namespace

struct Forecast::Figures {
    sense::Sensitivity sensitivity;
    plan::ErrorTable table;
    std::vector<double> shares;      ///< by tensor, see sensitivity()
};

struct Forecast::Outlook {
    plan::Problem problem;
    plan::Frontier frontier;
    plan::Frontier bySpeed;   ///< without points while no speeds are known
    QList<Point> curve, speedCurve, presets;
};

namespace {

/// Errors at about three bits, as shares between a thousandth of the largest and the largest.
std::vector<double> sharesOf(const plan::ErrorTable& table)
{
    std::vector<double> errors;
    for (const auto& types : table) {
        const auto nearest = std::ranges::min_element(types, {}, [](const plan::TypeError& each) { return std::abs(quant::info(each.type).bitsPerWeight() - kSenseBits); });
        errors.push_back(nearest == types.end() ? 0 : nearest->error);
    }
    const double largest = errors.empty() ? 0 : std::ranges::max(errors);
    constexpr double kDecades = 3;
    for (double& error : errors)
        error = error > 0 && largest > 0 ? std::clamp(1 + std::log10(error / largest) / kDecades, 0.0, 1.0) : 0;
    return errors;
}

/// Does the table hold every type that the plan changes a tensor to?
bool isKnown(const model::Model& model, const plan::ErrorTable& table, const plan::Plan& plan)
{
    for (std::size_t i = 0; i < table.size(); ++i) {
        const quant::Type type = plan.choices[i].type;
        if (type != model.tensors()[i].type && std::ranges::find(table[i], type, &plan::TypeError::type) == table[i].end())
            return false;
    }
    return true;
}

/// Every preset over the pinned tensors; of those that make the same file the one of the most bits, which says it best.
QList<Forecast::Point> presetPoints(const model::Model& model, const plan::ErrorTable& table, const sense::Fit& fit, plan::Recipe pinned, const plan::PlanOptions& options)
{
    std::vector<std::pair<const plan::Preset*, plan::Plan>> plans;
    for (const plan::Preset& preset : plan::presets()) {
        const quant::TypeInfo& info = quant::info(preset.type);
        if (info.isFloat())
            continue;
        pinned.base = preset.name;
        const plan::Plan plan = plan::makePlan(model, pinned, options);
        if (!isKnown(model, table, plan))
            continue;
        const auto same = std::ranges::find_if(plans, [&](const auto& entry) { return std::ranges::equal(entry.second.choices, plan.choices, {}, &plan::Choice::type, &plan::Choice::type); });
        if (same == plans.end())
            plans.emplace_back(&preset, plan);
        else if (quant::info(same->first->type).bits < info.bits)
            same->first = &preset;
    }
    QList<Forecast::Point> points;
    for (const auto& [preset, plan] : plans)
        points.append({QString::fromUtf8(preset->name.data(), qsizetype(preset->name.size())), plan.fileBytes, sense::predict(fit, plan::totalError(model, table, plan)), plan.tensorBytes});
    return points;
}

QList<Forecast::Point> curveOf(const plan::Frontier& frontier, const sense::Fit& fit)
{
    QList<Forecast::Point> curve;
    for (const plan::Frontier::Point& point : frontier.points)
        curve.append({{}, point.fileBytes, sense::predict(fit, point.error), point.tensorBytes, point.seconds});
    return curve;
}

}  // namespace

Forecast::Forecast(Workspace& workspace) : m_workspace(workspace)
{
    connect(&workspace.jobs(), &JobManager::jobCancelled, this, [this](JobId job) {
        if (job != m_measureJob)
            return;
        m_measuring = false;
        loadKept();   // what was measured so far may tell more than nothing
        Q_EMIT changed();
    });
    connect(&workspace.speeds(), &TypeSpeeds::changed, this, &Forecast::onSpeedsChanged);
    connect(&workspace.speeds(), &TypeSpeeds::failed, this, &Forecast::failed);
    connect(&workspace, &Workspace::modelChanged, this, &Forecast::onModelChanged);
    connect(&workspace, &Workspace::recipeChanged, this, &Forecast::onRecipeChanged);
    connect(&workspace, &Workspace::importanceChanged, this, &Forecast::onImportanceChanged);
}

Forecast::~Forecast() = default;

void Forecast::onModelChanged()
{
    forget();
    const auto model = m_workspace.model();
    const bool runs = model && infer::whyNotRunnable(*model).empty();
    m_hyperparameters = runs ? std::make_shared<const infer::Hyperparameters>(infer::readHyperparameters(*model)) : nullptr;
    // Later: a screen that still shows the model before must hear of the new one first.
    QMetaObject::invokeMethod(this, &Forecast::changed, Qt::QueuedConnection);
    loadKept();
}

void Forecast::forget()
{
    for (const QString& tag : {kMeasureTag, kOutlookTag, kSolveTag})
        m_workspace.jobs().cancelTag(tag);
    m_figures.reset();
    m_outlook.reset();
    m_frontier.clear();
    m_speedFrontier.clear();
    m_basePerplexity.reset();
    m_presets.clear();
    m_measured.clear();
    m_chosen.reset();
    m_measuring = false;
}

/// Figures without the matrix do not hold with it, nor the other way round.
void Forecast::onImportanceChanged()
{
    forget();
    loadKept();
}

void Forecast::onRecipeChanged()
{
    if (!m_applying)
        m_chosen.reset();
    if (m_figures && pinnedPart(*m_workspace.model(), m_workspace.recipe(), m_workspace.plan()) != m_outlookFor)
        requestOutlook();
    Q_EMIT changed();
}

void Forecast::loadKept()
{
    const auto model = m_workspace.model();
    const SensitivityStore store;
    // Finding figures means reading the whole model: only where there may be some.
    if (!model || model->tensorBytes() > kQuickToHash || (store.empty() && !sameFile(m_workspace.path(), Workspace::samplePath())))
        return;
    m_workspace.jobs().start(
        {.title = tr("Looking for earlier figures"), .tag = kMeasureTag, .shown = false}, this,
        [model, importance = m_workspace.importance(), store, executor = m_workspace.executor()](Progress& progress) {
            return store.best(*model, sense::contentHash(*model, *executor, progress), importance ? sense::contentHash(*importance) : std::string());
        },
        [this](std::optional<sense::Sensitivity> figures) {
            if (figures)
                takeFigures(std::move(*figures));
        });
}

void Forecast::measure(sense::Level level, const std::filesystem::path& text)
{
    const auto model = m_workspace.model();
    if (!model)
        return;
    m_measuring = true;
    m_measureJob = m_workspace.jobs().start(
        {.title = tr("Sensitivity of the tensors"), .tag = kMeasureTag}, this,
        [model, level, text, importance = m_workspace.importance(), store = SensitivityStore(), executor = m_workspace.executor()](Progress& progress) {
            return measuredFigures(model, level, text, importance.get(), store, *executor, progress);
        },
        [this](sense::Sensitivity figures) {
            m_measuring = false;
            takeFigures(std::move(figures));
        },
        [this](const Error& error) {
            m_measuring = false;
            Q_EMIT failed(errorText(error));
        });
    Q_EMIT changed();
}

void Forecast::measureRecipe()
{
    const auto model = m_workspace.model();
    const auto sample = Workspace::samplePath();
    if (!model || sample.empty())
        return;
    const plan::Plan plan = m_workspace.plan();
    m_workspace.jobs().start(
        {.title = tr("KL divergence of %1").arg(QString::fromStdString(m_workspace.recipe().name)), .tag = QStringLiteral("forecast.truth"), .device = m_workspace.devices().target().ofJob()}, this,
        [model, plan, importance = m_workspace.importance(), text = sample.parent_path() / "eval.txt",
         device = m_workspace.devices().target(), executor = m_workspace.executor()](Progress& progress) {
            return measuredDivergence(model, plan, importance.get(), text, device, *executor, progress);
        },
        [this, model, importance = m_workspace.importance(), name = QString::fromStdString(m_workspace.recipe().name), bytes = quint64(plan.fileBytes)](const MeasuredDivergence& truth) {
            for (const QString& note : truth.notes)
                Q_EMIT m_workspace.message(note);
            if (m_workspace.model() != model || m_workspace.importance() != importance)
                return;
            const double kld = truth.divergence.meanKld;
            m_measured.append({.name = name, .bytes = bytes, .kld = {kld, kld, kld}, .measuredOn = onDeviceText(truth.device)});
            m_basePerplexity = truth.divergence.base.perplexity;
            Q_EMIT changed();
        },
        [this](const Error& error) { Q_EMIT failed(errorText(error)); });
}

void Forecast::onSpeedsChanged()
{
    if (m_figures)
        requestOutlook();
    Q_EMIT changed();
}

std::optional<double> Forecast::secondsPerToken() const
{
    const plan::DecodeSpeeds& speeds = m_workspace.speeds().current();
    if (speeds.empty() || !m_workspace.model())
        return std::nullopt;
    return plan::secondsPerToken(*m_workspace.model(), m_workspace.plan(), speeds);
}

void Forecast::setOnlyFastTypes(bool only)
{
    if (m_onlyFast == only)
        return;
    m_onlyFast = only;
    if (m_figures)
        requestOutlook();
}

std::optional<double> Forecast::cacheBytes(std::size_t context) const
{
    return m_hyperparameters ? std::optional(infer::KvCache::bytes(*m_hyperparameters, context)) : std::nullopt;
}

void Forecast::takeFigures(sense::Sensitivity figures)
{
    if (!m_workspace.model())
        return;
    auto known = std::make_shared<Figures>();
    known->table = sense::errorTable(figures, *m_workspace.model());
    known->shares = sharesOf(known->table);
    known->sensitivity = std::move(figures);
    m_figures = std::move(known);
    requestOutlook();
    Q_EMIT changed();
}

void Forecast::requestOutlook()
{
    const auto model = m_workspace.model();
    const plan::Recipe pinned = pinnedPart(*model, m_workspace.recipe(), m_workspace.plan());
    m_outlookFor = pinned;
    const plan::DecodeSpeeds& speeds = m_workspace.speeds().current();
    const plan::ProblemOptions options{.types = m_onlyFast && !speeds.empty() ? plan::fastTypes(speeds) : std::vector<quant::Type>(),
                                       .current = pinned,
                                       .name = tr("tuned").toStdString(),
                                       .plan = m_workspace.planOptions(),
                                       .speeds = speeds};
    m_workspace.jobs().start(
        {.title = tr("The best recipe for every size"), .tag = kOutlookTag, .shown = false}, this,
        [model, figures = m_figures, pinned, options](Progress&) {
            const sense::Fit& fit = figures->sensitivity.fit;
            Outlook outlook{.problem = plan::makeProblem(*model, figures->table, options), .frontier = {}, .bySpeed = {}, .curve = {}, .speedCurve = {}, .presets = {}};
            outlook.frontier = plan::makeFrontier(outlook.problem);
            outlook.curve = curveOf(outlook.frontier, fit);
            if (outlook.problem.timed)
                outlook.bySpeed = plan::makeFrontier(outlook.problem, plan::Cost::SecondsPerToken);
            outlook.speedCurve = curveOf(outlook.bySpeed, fit);
            outlook.presets = presetPoints(*model, figures->table, fit, pinned, options.plan);
            return std::make_shared<const Outlook>(std::move(outlook));
        },
        [this](std::shared_ptr<const Outlook> outlook) {
            m_outlook = std::move(outlook);
            m_frontier = m_outlook->curve;
            m_speedFrontier = m_outlook->speedCurve;
            m_presets = m_outlook->presets;
            Q_EMIT changed();
        },
        [this](const Error& error) { Q_EMIT failed(errorText(error)); });
}

sense::Level Forecast::level() const
{
    return m_figures->sensitivity.source.level;
}

const sense::Fit& Forecast::fit() const
{
    return m_figures->sensitivity.fit;
}

std::optional<sense::Prediction> Forecast::own() const
{
    return predictionOf(m_workspace.plan());
}

std::optional<sense::Prediction> Forecast::predictionOf(const plan::Plan& plan) const
{
    if (!m_figures || !m_workspace.model())
        return std::nullopt;
    return sense::predict(m_figures->sensitivity.fit, plan::totalError(*m_workspace.model(), m_figures->table, plan));
}

double Forecast::sensitivity(int tensor) const
{
    return m_figures ? m_figures->shares.at(std::size_t(tensor)) : 0;
}

std::optional<double> Forecast::errorAt(int tensor, quant::Type type) const
{
    const auto& types = m_figures->table.at(std::size_t(tensor));
    const auto found = std::ranges::find(types, type, &plan::TypeError::type);
    return found == types.end() ? std::nullopt : std::optional(found->error);
}

std::optional<double> Forecast::alone(int tensor) const
{
    if (!m_figures)
        return std::nullopt;
    const auto error = errorAt(tensor, m_workspace.plan().choices.at(std::size_t(tensor)).type);
    return error ? std::optional(sense::predict(m_figures->sensitivity.fit, *error).kld) : std::nullopt;
}

std::vector<plan::TypeError> Forecast::divergences(int tensor) const
{
    if (!m_figures)
        return {};
    std::vector<plan::TypeError> all = m_figures->table.at(std::size_t(tensor));
    for (plan::TypeError& one : all)
        one.error = sense::predict(m_figures->sensitivity.fit, one.error).kld;
    std::ranges::stable_sort(all, {}, [](const plan::TypeError& one) { return quant::info(one.type).bitsPerWeight(); });
    return all;
}

QList<Forecast::TypeCost> Forecast::costs(int tensor) const
{
    const model::Tensor& shown = m_workspace.model()->tensors().at(std::size_t(tensor));
    QList<quant::Type> types = typesFor(shown);
    const std::vector<plan::TypeError> known = divergences(tensor);
    for (const plan::TypeError& one : known)
        if (!types.contains(one.type))
            types.append(one.type);
    std::ranges::stable_sort(types, {}, [](quant::Type type) { return quant::info(type).bitsPerWeight(); });
    QList<TypeCost> costs;
    for (const quant::Type type : types) {
        TypeCost cost{type, quant::rowBytes(type, shown.shape.columns()) * shown.shape.rows()};
        if (const auto found = std::ranges::find(known, type, &plan::TypeError::type); found != known.end())
            cost.kld = found->error;
        costs.append(cost);
    }
    if (m_figures)
        addMeasured(costs, shown.name);
    return costs;
}

/// What was measured itself, where that is not the divergence.
void Forecast::addMeasured(QList<TypeCost>& costs, const std::string& tensor) const
{
    const sense::Sensitivity& figures = m_figures->sensitivity;
    for (const sense::TensorError& one : figures.tensors) {
        const auto cost = one.tensor == tensor ? std::ranges::find(costs, one.type, &TypeCost::type) : costs.end();
        if (cost == costs.end())
            continue;
        cost->carried = one.carried;
        if (figures.source.level != sense::Level::Output)
            cost->error = one.error;
    }
}

bool Forecast::carried() const
{
    return m_figures && std::ranges::any_of(m_figures->sensitivity.tensors, &sense::TensorError::carried);
}

std::vector<plan::Explanation> Forecast::reasons() const
{
    return m_figures && m_workspace.model() ? plan::explain(*m_workspace.model(), m_figures->table, m_workspace.plan()) : std::vector<plan::Explanation>();
}

void Forecast::choose(const plan::Budget& budget, const QString& mergeKey)
{
    const bool byTime = std::holds_alternative<plan::MaxSecondsPerToken>(budget);
    if (!m_outlook || (byTime ? m_speedFrontier : m_frontier).isEmpty())
        return;
    m_chosen = budget;
    const plan::Problem& problem = m_outlook->problem;
    const plan::Frontier& frontier = byTime ? m_outlook->bySpeed : m_outlook->frontier;
    const std::size_t nearest = frontier.within(problem, budget);
    apply(plan::recipeOf(problem, plan::solutionAt(problem, frontier, nearest)), mergeKey);
    ++m_choices;
    if (!plan::Frontier::meets(frontier.points[nearest], problem, budget))
        return;   // nothing does
    m_workspace.jobs().start(
        {.title = tr("The best recipe within the budget"), .tag = kSolveTag, .shown = false}, this,
        [outlook = m_outlook, budget](Progress&) { return plan::recipeOf(outlook->problem, plan::solve(outlook->problem, budget)); },
        [this, choice = m_choices, mergeKey](plan::Recipe recipe) {
            if (m_chosen && m_choices == choice)
                apply(std::move(recipe), mergeKey);
        });
}

void Forecast::apply(plan::Recipe recipe, const QString& mergeKey)
{
    m_applying = true;
    m_workspace.setRecipe(std::move(recipe), tr("budget"), mergeKey);
    m_applying = false;
}

}  // namespace halftone::app
