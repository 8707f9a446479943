// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractTableModel>

namespace halftone::plan {
struct Choice;
}

namespace halftone::app {

class HeldRecipe;
class Workspace;

/// Every tensor in a row: what it is, what it becomes and why. The type is editable.
class PlanTableModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Name, Layer, Role, Shape, Now, Chosen, Held, Before, After, DecidedBy, ColumnCount };
    static constexpr int SortRole = Qt::UserRole;       ///< numbers stay numbers: layers, weights, bits, bytes
    static constexpr int BitsRole = Qt::UserRole + 1;   ///< of a type column, for its chip
    static constexpr int FallbackRole = Qt::UserRole + 2;

    /// `held` may be null, or must live longer.
    explicit PlanTableModel(Workspace& workspace, const HeldRecipe* held = nullptr, QObject* parent = nullptr);
    bool holds() const;               ///< column Held says something

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    /// Column Chosen takes a quant::Type as a number (EditRole).
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    void refresh();
    QString text(int tensor, int column) const;
    QVariant sortKey(int tensor, int column) const;

    const plan::Choice* heldChoice(int tensor) const;   ///< null while nothing is held

    Workspace& m_workspace;
    const HeldRecipe* m_held;
    int m_rows = 0;   // of the model that the views know
};

}  // namespace halftone::app
