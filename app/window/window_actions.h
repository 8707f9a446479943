// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QAction;

namespace halftone::app {

/// Everything the window can do, in one place: tool bar, menus and shortcuts share these. Owned by the window.
struct WindowActions {
    QAction* open = nullptr;
    QAction* openFolder = nullptr;
    QAction* openSample = nullptr;
    QAction* close = nullptr;
    QAction* saveRecipe = nullptr;
    QAction* loadRecipe = nullptr;
    QAction* undo = nullptr;
    QAction* redo = nullptr;
    QAction* quantize = nullptr;
    QAction* compareFiles = nullptr;
    QAction* devices = nullptr;
    QAction* recipeMenu = nullptr;
    QAction* filter = nullptr;
    QAction* showTree = nullptr;
    QAction* showInspector = nullptr;
    QAction* showLog = nullptr;
    QAction* shortcuts = nullptr;
    QAction* about = nullptr;
    QAction* quit = nullptr;
};

}  // namespace halftone::app
