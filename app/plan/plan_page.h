// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/plan/size_rows.h"
#include "app/window/page.h"

#include <QHash>
#include <QList>

class QLabel;
class QStackedLayout;
class QStackedWidget;

namespace halftone::app {

class BitChips;
class Card;
class HeldRecipe;
class PlanMatrixModel;
class PlanMatrixView;
class PlanTableModel;
class PlanTableView;
class RulesEditor;
class RulesModel;
class Segmented;
class SizeList;
class SizeRowsModel;

/// Chooses bits: a matrix of layers by roles to paint on, the table of tensors, what presets, roles and layers weigh, what
/// decides, and the recipe's rules.
class PlanPage : public Page {
    Q_OBJECT
public:
    explicit PlanPage(Workspace& workspace, QWidget* parent = nullptr);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildMatrixCard();
    QWidget* buildSizesCard();
    QWidget* buildBudgetCard();
    QWidget* buildDecisionsCard();
    QWidget* buildSummary();
    QWidget* buildMatrixSide();
    QWidget* buildExportButton();
    void copyCommand();
    void refresh();
    void requestPresets();
    void showSizes();
    void showSummary();
    void pickSize(int row);
    void followLink(const QString& link);

    HeldRecipe* m_held;                     ///< to compare with
    PlanMatrixModel* m_matrixModel;
    PlanTableModel* m_tableModel;
    RulesModel* m_rulesModel;
    SizeRowsModel* m_sizesModel;

    QStackedLayout* m_stack = nullptr;      ///< the sentence without a model, and the cards
    Card* m_matrixCard = nullptr;
    QStackedWidget* m_views = nullptr;      ///< matrix, table
    PlanMatrixView* m_matrix = nullptr;
    PlanTableView* m_table = nullptr;
    BitChips* m_chips = nullptr;
    Card* m_sizesCard = nullptr;
    Segmented* m_sizesOf = nullptr;
    QStackedWidget* m_sizesViews = nullptr; ///< quality, bars
    SizeList* m_sizes = nullptr;
    QLabel* m_sizesNote = nullptr;
    Card* m_summaryCard = nullptr;
    QLabel* m_summary = nullptr;

    QList<SizeRow> m_presets;               ///< of the open model and its pins
    plan::Recipe m_presetsFor;              ///< the pins they hold for
    bool m_stale = true;                    ///< something changed while the page was hidden
    QHash<QString, QList<int>> m_links;     ///< tensors behind the summary's lines
};

}  // namespace halftone::app
