// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/settings.h"
#include "core/plan/plan.h"
#include "core/plan/recipe.h"

#include <QList>
#include <QObject>
#include <QString>
#include <QUndoStack>

#include <filesystem>
#include <memory>

namespace halftone {
class Error;
class Executor;
}
namespace halftone::model {
class Model;
}
namespace halftone::plan {
struct ImportanceMatrix;
}

namespace halftone::app {

class Devices;
class Forecast;
class JobManager;
class TypeSpeeds;
class WeightCounter;

/// What all screens share: the open model, the recipe with its undo history, the plan it makes, and one linked selection.
/// Lives on the UI thread. Screens read it, ask it for changes, and redraw on its signals; no screen knows another.
class Workspace : public QObject {
    Q_OBJECT
public:
    explicit Workspace(QObject* parent = nullptr);
    ~Workspace() override;

    JobManager& jobs() { return *m_jobs; }
    Forecast& forecast() { return *m_forecast; }
    Devices& devices() { return *m_devices; }
    TypeSpeeds& speeds() { return *m_speeds; }
    /// All cores, for jobs; shared so that a job may outlive the workspace's interest in it.
    std::shared_ptr<const Executor> executor() const { return m_executor; }
    /// Counts weights on what the user chose; jobs take it along.
    WeightCounter counter() const;

    /// Opens in a job; ends in modelChanged or openFailed. The open model stays until the new one is there.
    void open(const std::filesystem::path& path);
    void openSample();
    void close();
    /// The bundled model: beside the program, in the install prefix or in the source tree. Empty if missing.
    static std::filesystem::path samplePath();

    std::shared_ptr<const model::Model> model() const { return m_model; }   ///< null when none is open
    std::filesystem::path path() const { return m_path; }

    const plan::Recipe& recipe() const { return m_recipe; }
    const plan::Plan& plan() const { return m_plan; }    ///< of recipe() on model(); empty without a model
    /// What quantizing is told of the columns' importance; null: nothing. Belongs to the model, not to the recipe.
    std::shared_ptr<const plan::ImportanceMatrix> importance() const { return m_importance; }
    /// What plans of the open model are made with.
    plan::PlanOptions planOptions() const;
    void setImportance(std::shared_ptr<const plan::ImportanceMatrix> importance, ImportanceOrigin origin = {});
    const ImportanceOrigin& importanceOrigin() const { return m_importanceOrigin; }
    /// In jobs; end in importanceChanged or openFailed.
    void readImportance(const std::filesystem::path& file);
    void makeImportance(const std::filesystem::path& text);
    void restoreImportance(const ImportanceOrigin& origin);   ///< one of these two

    QUndoStack& undoStack() { return m_undo; }

    /// One undoable step; strokes with the same non-empty `mergeKey` in a row become one step.
    void setRecipe(plan::Recipe recipe, const QString& undoText, const QString& mergeKey = {});
    /// Takes a preset or "pure:TYPE" as the base; pinned tensors keep their type.
    void applyBase(const QString& base);
    /// Chooses a type by hand for these tensors (indices into Model::tensors). Tensors that cannot take it are skipped.
    void chooseType(const QList<int>& tensors, quant::Type type, const QString& mergeKey = {});
    /// Back to what the recipe's base says.
    void clearChoice(const QList<int>& tensors);
    void setPinned(const QList<int>& tensors, bool pinned);

    const QList<int>& selection() const { return m_selection; }   ///< indices into Model::tensors, the current one last
    int current() const { return m_selection.isEmpty() ? -1 : m_selection.last(); }
    void select(const QList<int>& tensors);

Q_SIGNALS:
    void modelChanged();       ///< a model was opened or closed; recipe, plan and selection are already the new ones
    void recipeChanged();      ///< recipe() and plan() are new
    void importanceChanged();  ///< importance() is new; recipeChanged comes after it
    void selectionChanged();
    void openFailed(const QString& file, const QString& reason);
    void message(const QString& text);   ///< one line for the log, which people send to others: no folders in it

private:
    struct Opened;
    void setModel(Opened opened);
    void replaceRecipe(const plan::Recipe& recipe);
    class RecipeCommand;

    std::unique_ptr<JobManager> m_jobs;
    std::shared_ptr<const Executor> m_executor;
    std::unique_ptr<Devices> m_devices;
    std::unique_ptr<const WeightCounter> m_counter;
    std::shared_ptr<const model::Model> m_model;
    std::filesystem::path m_path;
    std::shared_ptr<const plan::ImportanceMatrix> m_importance;
    ImportanceOrigin m_importanceOrigin;
    plan::Recipe m_recipe;
    plan::Plan m_plan;
    QUndoStack m_undo;
    QList<int> m_selection;
    std::unique_ptr<TypeSpeeds> m_speeds;   ///< before the forecast, which reads them
    std::unique_ptr<Forecast> m_forecast;   ///< last: it is told of every change before the screens are, and goes first
};

}  // namespace halftone::app
