// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <QHash>

class QAction;
class QLabel;
class QMenu;
class QPushButton;
class QToolButton;

namespace halftone::app {

class BitsBar;
class ElidedLabel;
class ImportanceButton;
class Workspace;

/// The line under the tool bar that is always true: source, recipe, exact size of the output, bits per weight, Quantize.
class RecipeStrip : public QFrame {
    Q_OBJECT
public:
    RecipeStrip(Workspace& workspace, QAction* quantize, QWidget* parent = nullptr);
    void openRecipeMenu();   ///< as a click on the recipe's button

private:
    void buildMenu();
    void addBase(QMenu& menu, int bits, const QString& text, const QString& base);
    void refresh();
    void refreshSizes();
    void refreshQuality();
    void requestMenuSizes();

    Workspace& m_workspace;
    ElidedLabel* m_name;
    QLabel* m_source;
    QLabel* m_arrow;
    QToolButton* m_recipe;
    ImportanceButton* m_importance;
    QLabel* m_pins;
    QLabel* m_edits;
    BitsBar* m_bar;
    QLabel* m_size;
    QLabel* m_bitsPerWeight;
    QLabel* m_quality;
    QLabel* m_fallbacks;
    QPushButton* m_quantize;
    QMenu* m_menu;
    QHash<QString, QAction*> m_bases;   ///< the menu's entries by what they apply
};

}  // namespace halftone::app
