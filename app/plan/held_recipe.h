// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"
#include "core/plan/recipe.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <optional>

namespace halftone::app {

class Workspace;

/// A second recipe, held beside the workspace's to compare with: its plan follows the model and the importance matrix. Another model lets
/// it go. Lives on the UI thread.
class HeldRecipe : public QObject {
    Q_OBJECT
public:
    explicit HeldRecipe(Workspace& workspace, QObject* parent = nullptr);

    void holdCurrent();
    void holdPreset(const QString& preset);
    /// In a job; ends in changed() or failed().
    void holdFile(const std::filesystem::path& file);
    void letGo();
    /// Exchanges it with the workspace's recipe, one undo step.
    void swap();

    bool holds() const { return m_recipe.has_value(); }
    const plan::Recipe& recipe() const { return *m_recipe; }  ///< only while holds()
    const plan::Plan& plan() const { return m_plan; }  ///< the same
    /// Whether it gives a tensor another type than the workspace's; false while nothing is held.
    bool differs(int tensor) const;

Q_SIGNALS:
    void changed();
    void failed(const QString& reason);

private:
    void hold(plan::Recipe recipe);
    void makePlan();

    Workspace& m_workspace;
    std::optional<plan::Recipe> m_recipe;
    plan::Plan m_plan;
};

}  // namespace halftone::app
