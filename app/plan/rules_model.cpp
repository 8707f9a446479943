// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/rules_model.h"

#include "app/plan/plan_text.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QRegularExpression>

#include <algorithm>

namespace halftone::app {
namespace {

/// The syntax and the manners of plan::Rule: PCRE2, searched anywhere, letter case ignored.
QRegularExpression expressionOf(const QString& pattern)
{
    return QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption);
}

}  // namespace

RulesModel::RulesModel(Workspace& workspace, QObject* parent) : QAbstractTableModel(parent), m_workspace(workspace)
{
    connect(&workspace, &Workspace::modelChanged, this, &RulesModel::refresh);
    connect(&workspace, &Workspace::recipeChanged, this, &RulesModel::refresh);
    refresh();
}

void RulesModel::refresh()
{
    const int rows = int(m_workspace.recipe().rules.size());
    if (rows != m_effects.size()) {
        beginResetModel();
        m_effects.clear();
        for (int row = 0; row < rows; ++row)
            m_effects.append(effectOf(row));
        endResetModel();
        return;
    }
    for (int row = 0; row < rows; ++row)
        m_effects[row] = effectOf(row);
    if (rows > 0)
        Q_EMIT dataChanged(index(0, 0), index(rows - 1, ColumnCount - 1));
}

RuleEffect RulesModel::effectOf(int row) const
{
    RuleEffect effect;
    const auto& choices = m_workspace.plan().choices;
    const auto expression = expressionOf(QString::fromStdString(m_workspace.recipe().rules[std::size_t(row)].pattern));
    QList<int> taken(row, 0);
    for (std::size_t i = 0; m_workspace.model() && i < choices.size(); ++i) {
        const plan::Choice& choice = choices[i];
        if (!isEditable(choice) || !expression.match(QString::fromStdString(m_workspace.model()->tensors()[i].name)).hasMatch())
            continue;
        ++effect.matches;
        effect.byHand += choice.reason == plan::Reason::Exact;
        if (choice.reason == plan::Reason::Rule && choice.rule == row)
            ++effect.decides;
        else if (choice.reason == plan::Reason::Rule && choice.rule < row)
            ++taken[choice.rule];
    }
    const auto most = std::max_element(taken.begin(), taken.end());
    if (most != taken.end() && *most > 0)
        effect.blockedBy = int(most - taken.begin());
    return effect;
}

int RulesModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_effects.size());
}

int RulesModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags RulesModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    return index.column() == Pattern || index.column() == Type ? flags | Qt::ItemIsEditable : flags;
}

QVariant RulesModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || index.row() >= int(m_workspace.recipe().rules.size()))
        return {};
    const plan::Rule& rule = m_workspace.recipe().rules[std::size_t(index.row())];
    const RuleEffect& effect = m_effects[index.row()];
    if (role == WarningRole)
        return effect.decides == 0;
    if (role == Qt::EditRole && index.column() == Type)
        return uint(rule.type);
    if (role == Qt::ToolTipRole)
        return effectText(effect);
    if (role != Qt::DisplayRole && role != Qt::EditRole)
        return {};
    switch (index.column()) {
    case Number: return index.row() + 1;
    case Pattern: return QString::fromStdString(rule.pattern);
    case Type: return typeText(rule.type);
    default: return effectText(effect);
    }
}

bool RulesModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable))
        return false;
    plan::Recipe recipe = m_workspace.recipe();
    plan::Rule& rule = recipe.rules[std::size_t(index.row())];
    if (index.column() == Pattern) {
        if (const QString problem = problemOf(value.toString()); !problem.isEmpty()) {
            Q_EMIT rejected(problem);
            return false;
        }
        rule.pattern = value.toString().toStdString();
    } else if (const auto* type = quant::findType(value.toUInt())) {
        rule.type = type->type;
    } else {
        return false;
    }
    if (recipe != m_workspace.recipe())
        m_workspace.setRecipe(std::move(recipe), tr("Change rule %1").arg(index.row() + 1));
    return true;
}

QVariant RulesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole)
        return {};
    if (orientation == Qt::Vertical)
        return section + 1;
    switch (section) {
    case Number: return QStringLiteral("#");
    case Pattern: return tr("Name matches");
    case Type: return tr("Type");
    case Effect: return tr("Effect here");
    default: return {};
    }
}

bool RulesModel::add(const QString& pattern, quint32 type)
{
    const auto* info = quant::findType(type);
    if (const QString problem = problemOf(pattern); !problem.isEmpty() || !info) {
        Q_EMIT rejected(problem);
        return false;
    }
    plan::Recipe recipe = m_workspace.recipe();
    recipe.rules.push_back({pattern.toStdString(), info->type});
    m_workspace.setRecipe(std::move(recipe), tr("Add rule"));
    return true;
}

void RulesModel::remove(int row)
{
    plan::Recipe recipe = m_workspace.recipe();
    if (row < 0 || row >= int(recipe.rules.size()))
        return;
    recipe.rules.erase(recipe.rules.begin() + row);
    m_workspace.setRecipe(std::move(recipe), tr("Remove rule %1").arg(row + 1));
}

void RulesModel::move(int row, int by)
{
    plan::Recipe recipe = m_workspace.recipe();
    const int other = row + by, count = int(recipe.rules.size());
    if (row < 0 || row >= count || other < 0 || other >= count)
        return;
    std::swap(recipe.rules[std::size_t(row)], recipe.rules[std::size_t(other)]);
    m_workspace.setRecipe(std::move(recipe), tr("Move rule %1").arg(row + 1));
}

int RulesModel::matchCount(const QString& pattern) const
{
    const auto expression = expressionOf(pattern);
    if (pattern.isEmpty() || !expression.isValid())
        return -1;
    int count = 0;
    const auto& choices = m_workspace.plan().choices;
    for (std::size_t i = 0; m_workspace.model() && i < choices.size(); ++i)
        count += isEditable(choices[i]) && expression.match(QString::fromStdString(m_workspace.model()->tensors()[i].name)).hasMatch();
    return count;
}

QString RulesModel::problemOf(const QString& pattern)
{
    if (pattern.isEmpty())
        return tr("A rule needs a pattern, such as ffn_down.");
    const auto expression = expressionOf(pattern);
    return expression.isValid() ? QString() : tr("“%1” is not a regular expression: %2, at character %3.").arg(pattern, expression.errorString()).arg(expression.patternErrorOffset() + 1);
}

QString RulesModel::effectText(const RuleEffect& effect) const
{
    if (effect.matches == 0)
        return tr("matches no tensor of this model");
    if (effect.decides == effect.matches)
        return tr("decides all %1 matches").arg(effect.decides);
    if (effect.decides > 0)
        return tr("decides %1 of %2 matches").arg(effect.decides).arg(effect.matches);
    if (effect.blockedBy >= 0)
        return tr("never decides: rule %1 matches first").arg(effect.blockedBy + 1);
    return tr("never decides: its tensors were chosen by hand");
}

}  // namespace halftone::app
