// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/plan_table_model.h"

#include "app/plan/held_recipe.h"
#include "app/plan/plan_text.h"
#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

namespace halftone::app {

PlanTableModel::PlanTableModel(Workspace& workspace, const HeldRecipe* held, QObject* parent) : QAbstractTableModel(parent), m_workspace(workspace), m_held(held)
{
    const auto rows = [this] { return m_workspace.model() ? int(m_workspace.plan().choices.size()) : 0; };
    connect(&workspace, &Workspace::modelChanged, this, [this, rows] {
        beginResetModel();
        m_rows = rows();
        endResetModel();
    });
    connect(&workspace, &Workspace::recipeChanged, this, &PlanTableModel::refresh);
    if (held)
        connect(held, &HeldRecipe::changed, this, &PlanTableModel::refresh);
    m_rows = rows();
}

bool PlanTableModel::holds() const
{
    return m_held && m_held->holds();
}

const plan::Choice* PlanTableModel::heldChoice(int tensor) const
{
    return holds() && tensor < int(m_held->plan().choices.size()) ? &m_held->plan().choices[std::size_t(tensor)] : nullptr;
}

void PlanTableModel::refresh()
{
    if (m_rows > 0)
        Q_EMIT dataChanged(index(0, Chosen), index(m_rows - 1, DecidedBy));
}

int PlanTableModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_rows;
}

int PlanTableModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags PlanTableModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    Qt::ItemFlags flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    if (index.column() == Chosen && !editable(m_workspace, {index.row()}).isEmpty())
        flags |= Qt::ItemIsEditable;
    return flags;
}

QVariant PlanTableModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || index.row() >= int(m_workspace.plan().choices.size()))
        return {};
    const auto& tensor = m_workspace.model()->tensors()[std::size_t(index.row())];
    const auto& choice = m_workspace.plan().choices[std::size_t(index.row())];
    const bool number = index.column() == Layer || index.column() == Before || index.column() == After;
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), index.column());
    case Qt::EditRole:
        return index.column() == Chosen ? QVariant(uint(choice.type)) : QVariant(text(index.row(), index.column()));
    case SortRole:
        return sortKey(index.row(), index.column());
    case Qt::ToolTipRole:
        return choiceText(m_workspace, index.row());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case BitsRole:
        if (const plan::Choice* held = index.column() == Held ? heldChoice(index.row()) : nullptr)
            return quant::info(held->type).bits;
        return index.column() == Chosen ? quant::info(choice.type).bits : index.column() == Now ? quant::info(tensor.type).bits : 0;
    case FallbackRole:
        return choice.fallback;
    default:
        return {};
    }
}

bool PlanTableModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    const auto* type = quant::findType(value.toUInt());
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable) || !type)
        return false;
    m_workspace.chooseType({index.row()}, type->type);
    return true;
}

QVariant PlanTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Tensor");
    case Layer: return tr("Layer");
    case Role: return tr("Role");
    case Shape: return tr("Shape");
    case Now: return tr("Now");
    case Chosen: return tr("Chosen");
    case Held: return tr("Held");
    case Before: return tr("Bytes now");
    case After: return tr("Bytes then");
    case DecidedBy: return tr("Decided by");
    default: return {};
    }
}

QString PlanTableModel::text(int row, int column) const
{
    const auto& tensor = m_workspace.model()->tensors()[std::size_t(row)];
    const auto& choice = m_workspace.plan().choices[std::size_t(row)];
    switch (column) {
    case Name: return QString::fromStdString(tensor.name);
    case Layer: return tensor.layer < 0 ? QStringLiteral("–") : QString::number(tensor.layer);
    case Role: return roleText(tensor.role);
    case Shape: return shapeText(tensor.shape);
    case Now: return typeText(tensor.type);
    case Chosen: return typeText(choice.type);
    case Held: return heldChoice(row) ? typeText(heldChoice(row)->type) : QString();
    case Before: return countText(tensor.bytes());
    case After: return countText(choice.bytes);
    case DecidedBy: {
        const bool pinned = m_workspace.recipe().pins.contains(tensor.name);
        QString reason = reasonText(choice, m_workspace.recipe());
        if (choice.fallback)
            reason += tr(", fall-back from %1").arg(typeText(choice.wanted));
        return pinned ? tr("%1, pinned").arg(reason) : reason;
    }
    default: return {};
    }
}

QVariant PlanTableModel::sortKey(int row, int column) const
{
    const auto& tensor = m_workspace.model()->tensors()[std::size_t(row)];
    const auto& choice = m_workspace.plan().choices[std::size_t(row)];
    switch (column) {
    case Layer: return tensor.layer;
    case Role: return int(tensor.role);
    case Shape: return quint64(tensor.shape.elements());
    case Now: return quant::info(tensor.type).bitsPerWeight();
    case Chosen: return quant::info(choice.type).bitsPerWeight();
    case Held: return heldChoice(row) ? quant::info(heldChoice(row)->type).bitsPerWeight() : 0;
    case Before: return quint64(tensor.bytes());
    case After: return quint64(choice.bytes);
    default: return text(row, column);
    }
}

}  // namespace halftone::app
