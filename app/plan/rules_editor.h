// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QTableView;
class QToolButton;

namespace halftone::app {

class RulesModel;

/// The recipe's patterns: a list to edit and reorder, and a line to add one that says while typing what it would match.
class RulesEditor : public QWidget {
    Q_OBJECT
public:
    explicit RulesEditor(RulesModel& model, QWidget* parent = nullptr);

    QLineEdit* pattern() { return m_pattern; }
    QTableView* table() { return m_table; }
    QString remark() const;

private:
    void buildTable();
    QWidget* buildAddLine();
    QToolButton* button(const QString& text, const QString& tip);
    void add();
    void showMatches();
    void showRemark(const QString& text, bool warning);
    int currentRow() const;

    RulesModel& m_model;
    QTableView* m_table;
    QLineEdit* m_pattern;
    QComboBox* m_type;
    QLabel* m_remark;
};

}  // namespace halftone::app
