// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluate/evaluation.h"

#include <QAbstractTableModel>

namespace halftone::app {

/// The variants of an evaluation in rows, the original first.
class EvaluationModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Size, BitsPerWeight, Perplexity, MeanKld, P99Kld, SameFirst, SameFive, Calibration, MsPerToken, ColumnCount };
    static constexpr int SortRole = Qt::UserRole;  ///< numbers stay numbers
    static constexpr int BitsRole = Qt::UserRole + 1;  ///< of the variant, for its chip

    using QAbstractTableModel::QAbstractTableModel;

    void setEvaluation(evaluate::Evaluation evaluation);
    const evaluate::Evaluation& evaluation() const { return m_evaluation; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString text(int row, int column) const;
    QVariant sortKey(int row, int column) const;
    QString details(int row) const;

    evaluate::Evaluation m_evaluation;
};

}  // namespace halftone::app
