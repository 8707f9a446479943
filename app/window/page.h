// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace halftone::app {

class Workspace;

/// A tab of the window. A page owns its widgets, listens to the workspace, and starts no work before it is first shown.
class Page : public QWidget {
    Q_OBJECT
public:
    explicit Page(Workspace& workspace, QWidget* parent = nullptr) : QWidget(parent), m_workspace(workspace) {}

    /// Whether the page has something to say while no model is open.
    virtual bool worksWithoutModel() const { return false; }

Q_SIGNALS:
    /// The page asks the window to show another one: "explore", "plan", "compare".
    void goToPage(const QString& page);

protected:
    Workspace& workspace() const { return m_workspace; }

private:
    Workspace& m_workspace;
};

}  // namespace halftone::app
