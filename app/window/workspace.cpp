// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace.h"

#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/widgets/warning_text.h"
#include "app/window/devices.h"
#include "app/window/forecast.h"
#include "app/window/sensitivity_store.h"
#include "app/window/type_speeds.h"
#include "app/window/weight_counter.h"
#include "core/base/executor.h"
#include "core/base/file.h"
#include "core/evaluate/collect_importance.h"
#include "core/format/open.h"
#include "core/infer/variant.h"
#include "core/model/model.h"
#include "core/plan/importance.h"
#include "core/plan/preset.h"

#include <QCoreApplication>
#include <QPointer>
#include <QUndoCommand>

#include <algorithm>
#include <utility>

namespace halftone::app {
namespace {

const QString kOpenTag = QStringLiteral("open");
const QString kImportanceTag = QStringLiteral("importance");
const char* const kFirstPreset = "Q4_K_M";   ///< what a newly opened model is planned as: the field's usual choice

bool canBe(const model::Tensor& tensor, quant::Type type)
{
    const auto& target = quant::info(type);
    return type == tensor.type
        || (quant::info(tensor.type).canDequantize && target.canQuantize && tensor.shape.rank > 1 && tensor.shape.columns() % target.blockSize == 0);
}

ImportanceOrigin originOf(const std::filesystem::path& path, bool isText)
{
    std::error_code ignored;
    const auto absolute = std::filesystem::absolute(path, ignored);
    return {QString::fromStdString(toUtf8(ignored ? path : absolute)), isText};
}

/// What jobs say on their threads becomes a message.
backend::Say logOf(Workspace* workspace)
{
    return [workspace = QPointer<Workspace>(workspace)](const std::string& line) {
        QMetaObject::invokeMethod(qApp, [workspace, line] {
            if (workspace)
                Q_EMIT workspace->message(QString::fromStdString(line));
        });
    };
}

}  // namespace

/// What a job brings back of an opened model: the first plan is made off the UI thread too. All empty: none is open.
struct Workspace::Opened {
    std::shared_ptr<const model::Model> model;
    std::filesystem::path path;   ///< the folder, where a file in it was named
    plan::Recipe recipe = {};
    plan::Plan plan = {};

    static Opened open(const std::filesystem::path& path)
    {
        Opened opened{.model = format::openModel(path), .path = format::modelPath(path)};
        const bool vocabularyOnly = opened.model->tensors().empty();
        opened.recipe.base = vocabularyOnly ? "source" : kFirstPreset;
        opened.recipe.name = vocabularyOnly ? tr("unchanged").toStdString() : opened.recipe.base;
        opened.plan = plan::makePlan(*opened.model, opened.recipe);
        return opened;
    }
};

/// One step of the recipe's history.
class Workspace::RecipeCommand : public QUndoCommand {
public:
    RecipeCommand(Workspace& workspace, plan::Recipe after, const QString& text, QString mergeKey)
        : QUndoCommand(text), m_workspace(workspace), m_before(workspace.m_recipe), m_after(std::move(after)), m_mergeKey(std::move(mergeKey))
    {
    }
    void undo() override { m_workspace.replaceRecipe(m_before); }
    void redo() override { m_workspace.replaceRecipe(m_after); }
    int id() const override { return m_mergeKey.isEmpty() ? -1 : 1; }
    bool mergeWith(const QUndoCommand* next) override
    {
        const auto* other = static_cast<const RecipeCommand*>(next);   // same id(): the same class
        if (other->m_mergeKey != m_mergeKey)
            return false;
        m_after = other->m_after;
        return true;
    }

private:
    Workspace& m_workspace;
    plan::Recipe m_before, m_after;
    QString m_mergeKey;
};

Workspace::Workspace(QObject* parent)
    : QObject(parent),
      m_jobs(std::make_unique<JobManager>()),
      m_executor(std::make_shared<const Executor>()),
      m_devices(std::make_unique<Devices>()),
      m_counter(std::make_unique<const WeightCounter>(m_executor, logOf(this))),
      m_speeds(std::make_unique<TypeSpeeds>(*this)),
      m_forecast(std::make_unique<Forecast>(*this))
{
}

Workspace::~Workspace() = default;

WeightCounter Workspace::counter() const
{
    return m_counter->on(m_devices->target());
}

void Workspace::open(const std::filesystem::path& path)
{
    const QString file = QString::fromStdString(toUtf8(path));
    m_jobs->start(
        {.title = tr("Opening %1").arg(QString::fromStdString(toUtf8(path.filename()))), .tag = kOpenTag}, this,
        [path](Progress&) { return Opened::open(path); },
        [this](Opened opened) { setModel(std::move(opened)); },
        [this, file](const Error& error) { Q_EMIT openFailed(file, errorText(error)); });
}

void Workspace::openSample()
{
    const auto path = samplePath();
    if (path.empty())
        Q_EMIT openFailed(tr("sample model"), tr("The sample model is missing; install the program again."));
    else
        open(path);
}

void Workspace::close()
{
    m_jobs->cancelTag(kOpenTag);
    setModel({});
}

std::filesystem::path Workspace::samplePath()
{
    const auto program = fromUtf8(QCoreApplication::applicationDirPath().toStdString());
    const std::filesystem::path name = std::filesystem::path("sample") / "fairytale-7m-f16.gguf";
    for (const auto& folder : {program / "../share/halftone", program / "../../../resources", std::filesystem::path(HALFTONE_SOURCE_DIR) / "resources"}) {
        std::error_code ignored;
        if (std::filesystem::exists(folder / name, ignored))
            return std::filesystem::weakly_canonical(folder / name, ignored);
    }
    return {};
}

void Workspace::setModel(Opened opened)
{
    m_undo.clear();
    m_model = std::move(opened.model);
    m_path = std::move(opened.path);
    m_jobs->cancelTag(kImportanceTag);
    m_importanceOrigin = {};
    const bool hadImportance = bool(std::exchange(m_importance, nullptr));
    m_recipe = std::move(opened.recipe);
    m_plan = std::move(opened.plan);
    m_selection.clear();
    if (m_model) {
        const auto& tensors = m_model->tensors();
        const auto matrix = std::ranges::find_if(tensors, [](const model::Tensor& t) { return t.layer == 0 && t.role == model::Role::FfnDown; });
        if (!tensors.empty())
            m_selection = {int((matrix == tensors.end() ? tensors.begin() : matrix) - tensors.begin())};
        Q_EMIT message(tr("Opened %1").arg(QString::fromStdString(toUtf8(m_path.filename()))));
        for (const model::Warning& warning : m_model->warnings())
            Q_EMIT message(warningText(warning));
    }
    Q_EMIT modelChanged();
    if (hadImportance)
        Q_EMIT importanceChanged();
}

plan::PlanOptions Workspace::planOptions() const
{
    if (!m_importance)
        return {};
    return {.importance = true, .provenance = plan::provenanceOf(*m_importance)};
}

void Workspace::setImportance(std::shared_ptr<const plan::ImportanceMatrix> importance, ImportanceOrigin origin)
{
    if (!m_model || importance == m_importance)
        return;
    m_importance = std::move(importance);
    m_importanceOrigin = std::move(origin);
    m_plan = plan::makePlan(*m_model, m_recipe, planOptions());
    Q_EMIT importanceChanged();
    Q_EMIT recipeChanged();
}

void Workspace::readImportance(const std::filesystem::path& file)
{
    m_jobs->start(
        {.title = tr("Reading %1").arg(QString::fromStdString(toUtf8(file.filename()))), .tag = kImportanceTag}, this,
        [file](Progress&) { return std::make_shared<const plan::ImportanceMatrix>(plan::readImportance(file)); },
        [this, file](std::shared_ptr<const plan::ImportanceMatrix> importance) { setImportance(std::move(importance), originOf(file, false)); },
        [this, file](const Error& error) { Q_EMIT openFailed(QString::fromStdString(toUtf8(file)), errorText(error)); });
}

void Workspace::makeImportance(const std::filesystem::path& text)
{
    if (!m_model)
        return;
    m_jobs->start(
        {.title = tr("Importance matrix of %1").arg(QString::fromStdString(toUtf8(text.filename()))), .tag = kImportanceTag}, this,
        [model = m_model, text, executor = m_executor](Progress& progress) {
            const auto tokenizer = token::Tokenizer::fromMetadata(model->metadata());
            const auto tokens = tokenizer->encode(readText(text), {.addSpecial = false});
            const auto original = infer::Variant::original(model, *executor, progress);
            plan::ImportanceSums sums = evaluate::collectImportance(original, *tokenizer, tokens, {}, *executor, progress);
            sums.datasets = {toUtf8(text.filename())};
            return std::make_shared<const plan::ImportanceMatrix>(plan::meansOf(sums));
        },
        [this, text](std::shared_ptr<const plan::ImportanceMatrix> importance) { setImportance(std::move(importance), originOf(text, true)); },
        [this, text](const Error& error) { Q_EMIT openFailed(QString::fromStdString(toUtf8(text)), errorText(error)); });
}

void Workspace::restoreImportance(const ImportanceOrigin& origin)
{
    const std::filesystem::path path = fromUtf8(origin.path.toStdString());
    origin.isText ? makeImportance(path) : readImportance(path);
}

void Workspace::setRecipe(plan::Recipe recipe, const QString& undoText, const QString& mergeKey)
{
    if (m_model && recipe != m_recipe)
        m_undo.push(new RecipeCommand(*this, std::move(recipe), undoText, mergeKey));   // the stack owns its commands
}

void Workspace::replaceRecipe(const plan::Recipe& recipe)
{
    m_plan = plan::makePlan(*m_model, recipe, planOptions());
    m_recipe = recipe;
    Q_EMIT recipeChanged();
}

void Workspace::applyBase(const QString& base)
{
    if (!m_model)
        return;
    // Choices by hand go, unless pinned: a pin holds the type a tensor has now, wherever it came from.
    plan::Recipe recipe;
    recipe.base = base.toStdString();
    recipe.name = base.startsWith(QLatin1String("pure:")) ? tr("all %1").arg(base.mid(5)).toStdString()
                : base == QLatin1String("source")        ? tr("unchanged").toStdString()
                                                          : recipe.base;
    recipe.pins = m_recipe.pins;
    for (std::size_t i = 0; i < m_plan.choices.size(); ++i)
        if (const auto& name = m_model->tensors()[i].name; recipe.pins.contains(name))
            recipe.exact[name] = m_plan.choices[i].type;
    const QString name = QString::fromStdString(recipe.name);
    setRecipe(std::move(recipe), tr("recipe %1").arg(name));
}

void Workspace::chooseType(const QList<int>& tensors, quant::Type type, const QString& mergeKey)
{
    if (!m_model)
        return;
    plan::Recipe recipe = m_recipe;
    for (const int index : tensors)
        if (const auto& tensor = m_model->tensors().at(std::size_t(index)); canBe(tensor, type))
            recipe.exact[tensor.name] = type;
    setRecipe(std::move(recipe), tr("choose %1").arg(QString::fromUtf8(quant::name(type).data())), mergeKey);
}

void Workspace::clearChoice(const QList<int>& tensors)
{
    if (!m_model)
        return;
    plan::Recipe recipe = m_recipe;
    for (const int index : tensors)
        recipe.exact.erase(m_model->tensors().at(std::size_t(index)).name);
    setRecipe(std::move(recipe), tr("back to the recipe"));
}

void Workspace::setPinned(const QList<int>& tensors, bool pinned)
{
    if (!m_model)
        return;
    plan::Recipe recipe = m_recipe;
    for (const int index : tensors) {
        const auto& name = m_model->tensors().at(std::size_t(index)).name;
        pinned ? void(recipe.pins.insert(name)) : void(recipe.pins.erase(name));
    }
    setRecipe(std::move(recipe), pinned ? tr("pin") : tr("unpin"));
}

void Workspace::select(const QList<int>& tensors)
{
    QList<int> valid;
    const auto count = m_model ? qsizetype(m_model->tensors().size()) : 0;
    std::ranges::copy_if(tensors, std::back_inserter(valid), [count](int index) { return index >= 0 && index < count; });
    if (std::ranges::equal(valid, m_selection))
        return;
    m_selection = std::move(valid);
    Q_EMIT selectionChanged();
}

}  // namespace halftone::app
