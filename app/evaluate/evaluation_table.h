// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

class QSortFilterProxyModel;

namespace halftone::app {

class EvaluationModel;

/// The variants with their figures. Sorted by any column; the original stays on top.
class EvaluationTable : public QTableView {
    Q_OBJECT
public:
    explicit EvaluationTable(EvaluationModel& model, QWidget* parent = nullptr);

    int current() const;  ///< row of the model; -1: none
    void setCurrent(int row);

Q_SIGNALS:
    void currentChosen(int row);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void fit();
    int neededWidth(int column) const;

    EvaluationModel& m_model;
    QSortFilterProxyModel* m_sorted;
};

}  // namespace halftone::app
