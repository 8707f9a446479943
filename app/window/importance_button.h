// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

namespace halftone::app {

class Workspace;

/// Which importance matrix the recipe is quantized with, and a menu to make one from a text, open, save or drop it.
class ImportanceButton : public QToolButton {
    Q_OBJECT
public:
    explicit ImportanceButton(Workspace& workspace, QWidget* parent = nullptr);

private:
    void buildMenu();
    void refresh();
    void makeFromText();
    void openFile();

    Workspace& m_workspace;
};

}  // namespace halftone::app
