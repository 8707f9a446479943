// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/token_details.h"

#include "app/widgets/theme.h"

#include <QFont>
#include <QLocale>

#include <algorithm>
#include <map>

namespace halftone::app {
namespace {

constexpr std::size_t kRows = 4;

QString shown(const std::string& text)
{
    QString visible = QString::fromStdString(text);
    visible.replace(QLatin1Char('\n'), QStringLiteral("⏎"));
    return visible.trimmed().isEmpty() ? QStringLiteral("“%1”").arg(visible) : visible.trimmed();
}

}  // namespace

void TokenDetailsModel::show(int token, const std::vector<Column>& columns)
{
    beginResetModel();
    m_titles.clear();
    m_rows.clear();
    m_subject.clear();
    std::map<token::Id, Row> rows;
    std::map<token::Id, double> weight;  // the highest probability any column gives it, to order the rows
    for (std::size_t c = 0; c < columns.size(); ++c) {
        m_titles << (columns[c].sameContext ? columns[c].title : tr("%1 (other text)").arg(columns[c].title));
        const auto* tokens = columns[c].tokens;
        if (!tokens || token < 0 || token >= int(tokens->size()))
            continue;
        const ColumnToken& here = (*tokens)[std::size_t(token)];
        const auto add = [&](token::Id id, const std::string& text, double probability, bool chosen) {
            Row& row = rows[id];
            row.text = shown(text);
            row.probability.resize(columns.size(), -1);
            row.chosen.resize(columns.size(), false);
            row.probability[c] = probability;
            row.chosen[c] = row.chosen[c] || chosen;
            weight[id] = std::max(weight[id], probability + (chosen ? 1.0 : 0.0));
        };
        for (std::size_t i = 0; i < here.alternatives.size(); ++i)
            add(here.alternatives[i].id, here.spellings[i], here.alternatives[i].probability, false);
        const auto listed = std::ranges::find(here.alternatives, here.id, &infer::Candidate::id);
        const std::string text =
            listed != here.alternatives.end() ? here.spellings[std::size_t(listed - here.alternatives.begin())] : here.text;
        add(here.id, text, here.probability, true);
        if (c == 0)
            m_subject = shown(text);
    }
    std::vector<std::pair<double, token::Id>> order;
    for (const auto& [id, value] : weight)
        order.emplace_back(-value, id);
    std::ranges::sort(order);
    for (std::size_t i = 0; i < std::min(kRows, order.size()); ++i)
        m_rows.push_back(rows[order[i].second]);
    endResetModel();
}

void TokenDetailsModel::clear()
{
    show(-1, {});
}

int TokenDetailsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int TokenDetailsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_titles.size()) + 1;
}

QVariant TokenDetailsModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const Row& row = m_rows[std::size_t(index.row())];
    if (index.column() == 0)
        return role == Qt::DisplayRole ? QVariant(row.text) : QVariant();
    const auto column = std::size_t(index.column() - 1);
    switch (role) {
    case Qt::DisplayRole: return row.probability[column] < 0 ? QStringLiteral("–") : QLocale().toString(row.probability[column], 'f', 3);
    case Qt::TextAlignmentRole: return int(Qt::AlignRight | Qt::AlignVCenter);
    case Qt::FontRole: return row.chosen[column] ? QVariant(strongFont(QFont())) : QVariant();
    case Qt::ToolTipRole:
        return row.probability[column] < 0 ? tr("not among this column's likeliest tokens")
            : row.chosen[column]           ? tr("this column's choice")
                                           : QString();
    default: return {};
    }
}

QVariant TokenDetailsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section > m_titles.size())
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(section == 0 ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("token") : m_titles[section - 1];
}

}  // namespace halftone::app
