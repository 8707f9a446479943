// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace halftone::app {

class HeldRecipe;
class Workspace;

/// What a held recipe is worth beside the user's own, in a line, with the ways to swap the two and to let it go. Hidden while nothing is
/// held.
class HeldBar : public QWidget {
    Q_OBJECT
public:
    HeldBar(Workspace& workspace, HeldRecipe& held, QWidget* parent = nullptr);

private:
    void refresh();
    QString summary() const;

    Workspace& m_workspace;
    HeldRecipe& m_held;
    QLabel* m_summary;
};

/// A button with the menu of what can be held.
QToolButton* makeHoldButton(HeldRecipe& held);

}  // namespace halftone::app
