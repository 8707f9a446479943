// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/recipe.h"

#include <QAbstractListModel>
#include <QList>
#include <QString>

#include <map>

namespace halftone::model {
class Model;
}
namespace halftone::plan {
struct Plan;
struct PlanOptions;
}

namespace halftone::app {

/// A bar: bytes by bits.
struct SizeRow {
    QString label;
    std::map<int, quint64> bytesByBits;
    quint64 bytes = 0;           ///< of the whole bar
    quint64 before = 0;          ///< the same part of the source; 0: not drawn
    QList<int> tensors = {};     ///< what a click selects
    QString base = {};           ///< what a click applies: a preset's name
    bool own = false;            ///< the user's recipe
};

QList<SizeRow> rowsByRole(const model::Model& model, const plan::Plan& plan);
QList<SizeRow> rowsByLayer(const model::Model& model, const plan::Plan& plan);
/// The whole file under `recipe`.
SizeRow fileRow(const model::Model& model, const plan::Plan& plan, const QString& label);
/// The pinned tensors with the types they have now: what applying a preset leaves alone.
plan::Recipe pinnedPart(const model::Model& model, const plan::Recipe& recipe, const plan::Plan& plan);
/// The file that each preset would make over `pinned` (of the float types only the source's own). May run in a job.
QList<SizeRow> rowsByPreset(const model::Model& model, const plan::Recipe& pinned, const plan::PlanOptions& options);

/// Bars as a list model, for SizeDelegate.
class SizeRowsModel : public QAbstractListModel {
    Q_OBJECT
public:
    using QAbstractListModel::QAbstractListModel;

    void setRows(QList<SizeRow> rows);
    const SizeRow& row(int index) const { return m_rows[index]; }
    quint64 largest() const { return m_largest; }      ///< of bytes and before
    quint64 own() const { return m_own; }              ///< bytes of the user's recipe, 0 if it is not among the rows

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

private:
    QList<SizeRow> m_rows;
    quint64 m_largest = 0, m_own = 0;
};

}  // namespace halftone::app
