// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"
#include "core/plan/plan.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QList>

namespace halftone::app {

class HeldRecipe;
class Workspace;

/// The plan as a matrix: a row for each layer (and one for what stands before and one for what stands after them), a
/// column for each role that the model has. A cell holds every tensor of its layer and role.
class PlanMatrixModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Roles {
        TensorsRole = Qt::UserRole,   ///< QList<int>, indices into Model::tensors; empty where there is none
        BitsRole,                     ///< int: nominal bits, 0 for an empty cell, the widest of a mixed one
        FallbackRole,                 ///< bool: a tensor's rows do not fit what the rule asked for
        PinnedRole,                   ///< bool
        ByHandRole,                   ///< bool: chosen for this very tensor
        SensitivityRole,              ///< double, 0 (or unknown) to 1: the cell's most sensitive tensor
        EditableRole,                 ///< bool: at least one of its tensors can be given another type
        HeldBitsRole,                 ///< int: as BitsRole, of the held recipe; 0 where that gives no tensor another type
        HeldTextRole,                 ///< QString: what the held recipe's cell would show
    };

    /// `held` may be null, or must live longer.
    explicit PlanMatrixModel(Workspace& workspace, const HeldRecipe* held = nullptr, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

    QList<int> tensorsAt(const QModelIndex& index) const;
    QList<int> tensorsInRow(int row) const;
    QList<int> tensorsInColumn(int column) const;
    /// The cell that holds a tensor; invalid if there is none.
    QModelIndex indexOf(int tensor) const;

private:
    struct Row { int layer; bool after; };   // layer -1 outside the blocks
    void rebuild();
    void refresh();
    int rowOf(const model::Tensor& tensor) const;
    QString cellText(const QList<int>& tensors, const plan::Plan& plan) const;
    int cellBits(const QList<int>& tensors, const plan::Plan& plan) const;
    bool isSplit(const QList<int>& tensors) const;
    QString toolTip(const QList<int>& tensors) const;
    QString accessibleText(const QModelIndex& index) const;

    Workspace& m_workspace;
    const HeldRecipe* m_held;
    QList<Row> m_rows;
    QList<model::Role> m_roles;
    QHash<QPair<int, int>, QList<int>> m_cells;   // (row, column)
};

}  // namespace halftone::app
