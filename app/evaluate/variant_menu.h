// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/stored_run.h"

#include <QMenu>

#include <filesystem>
#include <vector>

namespace halftone::app {

class Workspace;

/// Which variants are measured: presets, the current recipe, saved recipes and quantized files, each to be ticked. Stays open
/// while entries are ticked.
class VariantMenu : public QMenu {
    Q_OBJECT
public:
    explicit VariantMenu(Workspace& workspace, QWidget* parent = nullptr);

    /// The recipes that are ticked, from many bits to few; then those of files.
    std::vector<store::ChosenVariant> recipes() const;
    std::vector<std::filesystem::path> files() const;  ///< quantized models that are ticked
    int chosen() const;  ///< entries ticked

Q_SIGNALS:
    void chosenChanged();
    void problem(const QString& sentence);

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    QAction* addChoice(const QString& text, bool ticked);
    void addPresets();
    void addRecipeFile();
    void addModelFile();
    void refresh();

    Workspace& m_workspace;
    QAction* m_current = nullptr;  ///< the recipe of the workspace
    QAction* m_added = nullptr;  ///< entries of files stand before this one
};

}  // namespace halftone::app
