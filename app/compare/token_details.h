// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/comparison.h"

#include <QAbstractTableModel>

#include <vector>

namespace halftone::app {

/// What every column thinks at one place of the text: the tokens any of them finds likely, and their probabilities. Columns
/// that left the original's text before this place stand in another context and say so.
class TokenDetailsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    struct Column {
        QString title;
        const std::vector<ColumnToken>* tokens = nullptr;
        bool sameContext = true;  ///< has written the original's tokens up to here
    };

    explicit TokenDetailsModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    /// Copies what it shows; `columns` need not live on.
    void show(int token, const std::vector<Column>& columns);
    void clear();
    QString subject() const { return m_subject; }  ///< the token of the first column

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString text;
        std::vector<double> probability;  ///< per column; negative: not among the likeliest
        std::vector<bool> chosen;
    };
    QStringList m_titles;
    std::vector<Row> m_rows;
    QString m_subject;
};

}  // namespace halftone::app
