// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tensor_tree_model.h"

#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"
#include "core/model/model.h"

#include <algorithm>
#include <map>
#include <ranges>

namespace halftone::app {
namespace {

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

/// Which group a tensor stands in; groups sort by this. Layers lie between embedding and output.
int groupKey(const model::Tensor& tensor)
{
    constexpr int kOutput = model::kMaxLayers + 1;
    switch (tensor.role) {
    case model::Role::TokenEmbedding: return -1;
    case model::Role::Output: return kOutput;
    case model::Role::Norm: return kOutput + 1;
    default: return tensor.layer >= 0 ? tensor.layer : kOutput + 2;
    }
}

}  // namespace

void TensorTreeModel::setModel(std::shared_ptr<const model::Model> model, const plan::Recipe& recipe, const plan::Plan& plan)
{
    beginResetModel();
    m_model = std::move(model);
    m_sensitivities.clear();
    buildGroups();
    updateChoices(recipe, plan);
    endResetModel();
}

void TensorTreeModel::setPlan(const plan::Recipe& recipe, const plan::Plan& plan)
{
    updateChoices(recipe, plan);
    announceAll();
}

void TensorTreeModel::setSensitivities(std::vector<double> sensitivities)
{
    if (sensitivities == m_sensitivities)
        return;
    m_sensitivities = std::move(sensitivities);
    announceAll();
}

double TensorTreeModel::sensitivity(int tensor) const
{
    return std::size_t(tensor) < m_sensitivities.size() ? m_sensitivities[std::size_t(tensor)] : 0;
}

void TensorTreeModel::announceAll()
{
    if (m_groups.empty())
        return;
    const int last = int(m_groups.size()) - 1;
    Q_EMIT dataChanged(index(0, 0), index(last, ColumnCount - 1));
    for (int group = 0; group <= last; ++group) {
        const QModelIndex parent = index(group, 0);
        Q_EMIT dataChanged(index(0, 0, parent), index(rowCount(parent) - 1, ColumnCount - 1, parent));
    }
}

void TensorTreeModel::buildGroups()
{
    m_groups.clear();
    m_places.clear();
    if (!m_model)
        return;
    std::map<int, QList<int>> byKey;
    const auto& tensors = m_model->tensors();
    for (std::size_t i = 0; i < tensors.size(); ++i)
        byKey[groupKey(tensors[i])].append(int(i));
    m_places.resize(tensors.size());
    for (auto& [key, members] : byKey) {
        std::ranges::stable_sort(members, {}, [&](int tensor) { return tensors[std::size_t(tensor)].role; });   // as data flows
        const int group = int(m_groups.size());
        for (int row = 0; row < members.size(); ++row)
            m_places[std::size_t(members[row])] = {group, row};
        const QString name = key < 0                          ? tr("Embedding")
                             : key < model::kMaxLayers        ? tr("Layer %1").arg(key)
                             : key == model::kMaxLayers + 1   ? tr("Output")
                             : key == model::kMaxLayers + 2   ? tr("Norms")
                                                              : tr("Others");
        m_groups.push_back({name, std::move(members)});
    }
}

void TensorTreeModel::updateChoices(const plan::Recipe& recipe, const plan::Plan& plan)
{
    m_choices = plan.choices;
    m_pinned.assign(m_places.size(), false);
    for (std::size_t i = 0; i < m_pinned.size(); ++i)
        m_pinned[i] = recipe.pins.contains(m_model->tensors()[i].name);
}

QModelIndex TensorTreeModel::indexOf(int tensor) const
{
    if (tensor < 0 || std::size_t(tensor) >= m_places.size())
        return {};
    const auto [group, row] = m_places[std::size_t(tensor)];
    return index(row, 0, index(group, 0));
}

// A group's internal id is 0, a tensor's the number of its group plus one.
QModelIndex TensorTreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row() + 1) : quintptr(0));
}

QModelIndex TensorTreeModel::parent(const QModelIndex& child) const
{
    return child.isValid() && child.internalId() ? createIndex(int(child.internalId() - 1), 0, quintptr(0)) : QModelIndex();
}

int TensorTreeModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return int(m_groups.size());
    return parent.internalId() || parent.column() ? 0 : int(m_groups[std::size_t(parent.row())].tensors.size());
}

QVariant TensorTreeModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (!index.internalId())
        return groupData(m_groups[std::size_t(index.row())], index.row(), index.column(), role);
    return tensorData(m_groups[std::size_t(index.internalId() - 1)].tensors[index.row()], index.column(), role);
}

QVariant TensorTreeModel::chip(const Group& group, int role) const
{
    const auto& first = m_choices[std::size_t(group.tensors.first())];
    const bool same = std::ranges::all_of(group.tensors, [&](int tensor) { return m_choices[std::size_t(tensor)].type == first.type; });
    if (role == BitsRole)
        return same ? QVariant(quant::info(first.type).bits) : QVariant();
    return same ? chipText(first.type) : tr("mix");
}

QVariant TensorTreeModel::groupData(const Group& group, int row, int column, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        return column == NameColumn ? QVariant(group.name) : column == ChosenColumn ? chip(group, ChipRole) : QVariant();
    case Qt::ToolTipRole: return tr("%1, %n tensor(s)", nullptr, int(group.tensors.size())).arg(group.name);
    case TensorsRole: return QVariant::fromValue(group.tensors);
    case SortRole: return row;
    case BitsRole:
    case ChipRole: return chip(group, role);
    case FallbackRole: return std::ranges::any_of(group.tensors, [&](int tensor) { return m_choices[std::size_t(tensor)].fallback; });
    case FilterRole: return group.name.toLower();
    case SensitivityRole: return std::ranges::max(group.tensors | std::views::transform([&](int tensor) { return sensitivity(tensor); }));
    case PinnedRole: return false;
    default: return {};
    }
}

QVariant TensorTreeModel::tensorData(int tensor, int column, int role) const
{
    const auto& t = m_model->tensors()[std::size_t(tensor)];
    const auto& choice = m_choices[std::size_t(tensor)];
    switch (role) {
    case Qt::DisplayRole:
        return column == NameColumn ? shortName(t) : column == TypeColumn ? text(quant::name(t.type)) : chipText(choice.type);
    case Qt::ToolTipRole: return toolTip(tensor);
    case Qt::AccessibleTextRole:
        return column == ChosenColumn ? tr("%1, chosen").arg(text(quant::name(choice.type))) : data(indexOf(tensor).siblingAtColumn(column), Qt::DisplayRole);
    case TensorsRole: return QVariant::fromValue(QList<int>{tensor});
    case SortRole: return tensor;
    case NoteRole: return t.role == model::Role::TokenEmbedding && m_model->tiedOutput() ? tr("= output") : QString();
    case BitsRole: return quant::info(choice.type).bits;
    case ChipRole: return chipText(choice.type);
    case FallbackRole: return choice.fallback;
    case PinnedRole: return bool(m_pinned[std::size_t(tensor)]);
    case FilterRole: return text(t.name).toLower();
    case SensitivityRole: return sensitivity(tensor);
    default: return {};
    }
}

QString TensorTreeModel::toolTip(int tensor) const
{
    const auto& t = m_model->tensors()[std::size_t(tensor)];
    const auto& choice = m_choices[std::size_t(tensor)];
    QString lines = text(t.name) + QLatin1Char('\n') + text(quant::name(t.type)) + QStringLiteral(" → ") + text(quant::name(choice.type));
    if (choice.fallback)
        lines += QLatin1Char('\n') + tr("%1 was wanted; its block does not fit rows of %2").arg(text(quant::name(choice.wanted)), countText(t.shape.columns()));
    if (m_pinned[std::size_t(tensor)])
        lines += QLatin1Char('\n') + tr("pinned: presets leave it alone");
    return lines;
}

/// Without what the group says already and without ".weight".
QString TensorTreeModel::shortName(const model::Tensor& tensor) const
{
    QString name = text(tensor.name);
    if (name.endsWith(QLatin1String(".weight")))
        name.chop(7);
    const QString prefix = QStringLiteral("blk.%1.").arg(tensor.layer);
    if (tensor.layer >= 0 && tensor.role != model::Role::Norm && name.startsWith(prefix))
        name.remove(0, prefix.size());
    return name;
}

}  // namespace halftone::app
