// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/plan_matrix_model.h"

#include "app/plan/held_recipe.h"
#include "app/plan/plan_text.h"
#include "app/widgets/format_text.h"
#include "app/window/forecast.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <algorithm>
#include <numeric>

namespace halftone::app {
namespace {

/// What stands behind the last layer: the output matrix and its norm.
bool isAfterLayers(const model::Tensor& tensor)
{
    return tensor.layer < 0 && (tensor.role == model::Role::Output || tensor.name.starts_with("output"));
}

/// The order of the columns: the way of the data through the model, the output at the end.
int order(model::Role role)
{
    switch (role) {
    case model::Role::Norm: return 100;
    case model::Role::Bias: return 101;
    case model::Role::RopeFactors: return 102;
    case model::Role::Other: return 103;
    case model::Role::Output: return 104;
    default: return int(role);
    }
}

}  // namespace

PlanMatrixModel::PlanMatrixModel(Workspace& workspace, const HeldRecipe* held, QObject* parent) : QAbstractTableModel(parent), m_workspace(workspace), m_held(held)
{
    if (held)
        connect(held, &HeldRecipe::changed, this, &PlanMatrixModel::refresh);
    connect(&workspace, &Workspace::modelChanged, this, &PlanMatrixModel::rebuild);
    connect(&workspace, &Workspace::recipeChanged, this, &PlanMatrixModel::refresh);
    connect(&workspace.forecast(), &Forecast::changed, this, &PlanMatrixModel::refresh);
    rebuild();
}

void PlanMatrixModel::rebuild()
{
    beginResetModel();
    m_rows.clear();
    m_roles.clear();
    m_cells.clear();
    if (const auto model = m_workspace.model()) {
        const auto& tensors = model->tensors();
        if (std::any_of(tensors.begin(), tensors.end(), [](const auto& t) { return t.layer < 0 && !isAfterLayers(t); }))
            m_rows.append({-1, false});
        for (int layer = 0; layer < model->layers(); ++layer)
            m_rows.append({layer, false});
        if (std::any_of(tensors.begin(), tensors.end(), isAfterLayers))
            m_rows.append({-1, true});
        for (const auto& tensor : tensors)
            if (!m_roles.contains(tensor.role))
                m_roles.append(tensor.role);
        std::sort(m_roles.begin(), m_roles.end(), [](auto a, auto b) { return order(a) < order(b); });
        for (int i = 0; i < int(tensors.size()); ++i)
            m_cells[{rowOf(tensors[std::size_t(i)]), int(m_roles.indexOf(tensors[std::size_t(i)].role))}].append(i);
    }
    endResetModel();
}

void PlanMatrixModel::refresh()
{
    if (!m_rows.isEmpty() && !m_roles.isEmpty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

int PlanMatrixModel::rowOf(const model::Tensor& tensor) const
{
    const bool after = isAfterLayers(tensor);
    const auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& row) { return row.layer == tensor.layer && row.after == after; });
    return int(at - m_rows.begin());
}

int PlanMatrixModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int PlanMatrixModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_roles.size());
}

QList<int> PlanMatrixModel::tensorsAt(const QModelIndex& index) const
{
    return m_cells.value({index.row(), index.column()});
}

QList<int> PlanMatrixModel::tensorsInRow(int row) const
{
    QList<int> tensors;
    for (int column = 0; column < columnCount(); ++column)
        tensors += m_cells.value({row, column});
    return tensors;
}

QList<int> PlanMatrixModel::tensorsInColumn(int column) const
{
    QList<int> tensors;
    for (int row = 0; row < rowCount(); ++row)
        tensors += m_cells.value({row, column});
    return tensors;
}

QModelIndex PlanMatrixModel::indexOf(int tensor) const
{
    const auto model = m_workspace.model();
    if (!model || tensor < 0 || tensor >= int(model->tensors().size()))
        return {};
    const auto& found = model->tensors()[std::size_t(tensor)];
    return index(rowOf(found), int(m_roles.indexOf(found.role)));
}

Qt::ItemFlags PlanMatrixModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return tensorsAt(index).isEmpty() ? Qt::ItemIsEnabled : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

QVariant PlanMatrixModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const QList<int> tensors = tensorsAt(index);
    const auto& choices = m_workspace.plan().choices;
    const auto any = [&](auto test) { return std::any_of(tensors.begin(), tensors.end(), [&](int i) { return i < int(choices.size()) && test(i); }); };
    const auto name = [&](int i) { return m_workspace.model()->tensors()[std::size_t(i)].name; };
    switch (role) {
    case Qt::DisplayRole:
        return tensors.isEmpty() ? QStringLiteral("–") : cellText(tensors, m_workspace.plan());
    case Qt::ToolTipRole:
        return tensors.isEmpty() ? QVariant() : toolTip(tensors);
    case Qt::AccessibleTextRole:
        return accessibleText(index);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment(Qt::AlignCenter));
    case TensorsRole:
        return QVariant::fromValue(tensors);
    case BitsRole:
        return cellBits(tensors, m_workspace.plan());
    case HeldBitsRole:
        return isSplit(tensors) ? cellBits(tensors, m_held->plan()) : 0;
    case HeldTextRole:
        return isSplit(tensors) ? cellText(tensors, m_held->plan()) : QString();
    case FallbackRole:
        return any([&](int i) { return choices[std::size_t(i)].fallback; });
    case PinnedRole:
        return any([&](int i) { return m_workspace.recipe().pins.contains(name(i)); });
    case ByHandRole:
        return any([&](int i) { return isByHand(m_workspace, i); });
    case SensitivityRole:
        return std::accumulate(tensors.begin(), tensors.end(), 0.0, [&](double most, int i) { return std::max(most, m_workspace.forecast().sensitivity(i)); });
    case EditableRole:
        return any([&](int i) { return isEditable(choices[std::size_t(i)]); });
    default:
        return {};
    }
}

QVariant PlanMatrixModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    const bool columns = orientation == Qt::Horizontal;
    if (section < 0 || section >= (columns ? m_roles.size() : m_rows.size()) || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    if (columns)
        return role == Qt::DisplayRole ? roleLabel(m_roles[section]) : roleText(m_roles[section]);
    const Row& row = m_rows[section];
    if (role == Qt::ToolTipRole)
        return {};
    return row.layer >= 0 ? tr("layer %1").arg(row.layer) : row.after ? tr("output") : tr("embedding");
}

/// "4", "F16", or "4·6" where the cell's tensors differ.
QString PlanMatrixModel::cellText(const QList<int>& tensors, const plan::Plan& plan) const
{
    QStringList texts;
    for (int i : tensors)
        if (i < int(plan.choices.size()))
            if (const QString text = chipText(plan.choices[std::size_t(i)].type); !texts.contains(text))
                texts.append(text);
    std::sort(texts.begin(), texts.end());
    return texts.size() > 2 ? tr("mix") : texts.join(QStringLiteral("·"));
}

int PlanMatrixModel::cellBits(const QList<int>& tensors, const plan::Plan& plan) const
{
    int bits = 0;
    for (int i : tensors)
        if (i < int(plan.choices.size()))
            bits = std::max(bits, quant::info(plan.choices[std::size_t(i)].type).bits);
    return bits;
}

bool PlanMatrixModel::isSplit(const QList<int>& tensors) const
{
    return m_held && std::ranges::any_of(tensors, [this](int i) { return m_held->differs(i); });
}

QString PlanMatrixModel::toolTip(const QList<int>& tensors) const
{
    constexpr int kMostLines = 8;
    QStringList lines;
    for (int i : tensors.mid(0, kMostLines))
        lines << (m_held && m_held->differs(i) ? choiceText(m_workspace, i) + QLatin1Char('\n') + tr("held recipe: %1").arg(typeText(m_held->plan().choices[std::size_t(i)].type)) : choiceText(m_workspace, i));
    if (const QString costs = tensors.size() == 1 ? typeCostsText(m_workspace, tensors.first()) : QString(); !costs.isEmpty())
        lines << costs;
    if (tensors.size() > kMostLines)
        lines << tr("and %n more", nullptr, int(tensors.size()) - kMostLines);
    return lines.join(QStringLiteral("\n\n"));
}

QString PlanMatrixModel::accessibleText(const QModelIndex& index) const
{
    const QString place = tr("%1, %2").arg(headerData(index.row(), Qt::Vertical, Qt::DisplayRole).toString(), headerData(index.column(), Qt::Horizontal, Qt::ToolTipRole).toString());
    if (tensorsAt(index).isEmpty())
        return tr("%1: none").arg(place);
    QString text = tr("%1: %2 bits").arg(place, data(index, Qt::DisplayRole).toString());
    if (const QString held = data(index, HeldTextRole).toString(); !held.isEmpty())
        text += tr(", %1 in the held recipe").arg(held);
    if (data(index, PinnedRole).toBool())
        text += tr(", pinned");
    if (data(index, FallbackRole).toBool())
        text += tr(", fall-back");
    return text;
}

}  // namespace halftone::app
