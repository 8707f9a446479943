// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QSortFilterProxyModel;
class QTableView;

namespace halftone::app {

class PlanTableModel;
class Workspace;

/// The tensor table with its filter. Sortable, multi-select, linked with the workspace's selection. Number keys set bits
/// for all selected rows; a type picked from a cell's menu goes to all selected rows too.
class PlanTableView : public QWidget {
    Q_OBJECT
public:
    PlanTableView(Workspace& workspace, PlanTableModel& model, QWidget* parent = nullptr);

    QTableView* table() { return m_table; }
    QLineEdit* filter() { return m_filter; }

Q_SIGNALS:
    void exploreRequested(int tensor);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildTable();
    void showSelection();
    void takeSelection();
    bool handleKey(int key);
    void chooseForSelected(int edited, quint32 type);
    QList<int> selectedTensors() const;

    Workspace& m_workspace;
    PlanTableModel& m_model;
    QSortFilterProxyModel* m_sorted;
    QLineEdit* m_filter;
    QTableView* m_table;
    bool m_syncing = false;
};

}  // namespace halftone::app
