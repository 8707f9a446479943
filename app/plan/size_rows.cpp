// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/size_rows.h"

#include "app/plan/plan_text.h"
#include "app/widgets/format_text.h"
#include "core/model/model.h"
#include "core/plan/plan.h"
#include "core/plan/preset.h"

#include <QCoreApplication>

#include <algorithm>

namespace halftone::app {
namespace {

struct SizeText {
    Q_DECLARE_TR_FUNCTIONS(SizeRows)
};

void addTensor(SizeRow& row, const model::Model& model, const plan::Plan& plan, std::size_t i)
{
    const plan::Choice& choice = plan.choices[i];
    row.bytesByBits[quant::info(choice.type).bits] += choice.bytes;
    row.bytes += choice.bytes;
    row.before += model.tensors()[i].bytes();
    row.tensors.append(int(i));
}

}  // namespace

QList<SizeRow> rowsByRole(const model::Model& model, const plan::Plan& plan)
{
    std::map<model::Role, SizeRow> rows;
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        SizeRow& row = rows[model.tensors()[i].role];
        row.label = roleText(model.tensors()[i].role);
        addTensor(row, model, plan, i);
    }
    QList<SizeRow> sorted;
    for (auto& [role, row] : rows)
        sorted.append(std::move(row));
    std::stable_sort(sorted.begin(), sorted.end(), [](const SizeRow& a, const SizeRow& b) { return a.before > b.before; });
    return sorted;
}

QList<SizeRow> rowsByLayer(const model::Model& model, const plan::Plan& plan)
{
    std::map<int, SizeRow> rows;
    for (std::size_t i = 0; i < plan.choices.size(); ++i) {
        const int layer = model.tensors()[i].layer;
        SizeRow& row = rows[layer];
        row.label = layer < 0 ? SizeText::tr("outside the layers") : SizeText::tr("layer %1").arg(layer);
        addTensor(row, model, plan, i);
    }
    QList<SizeRow> sorted;
    for (auto& [layer, row] : rows)
        sorted.append(std::move(row));
    return sorted;
}

SizeRow fileRow(const model::Model& model, const plan::Plan& plan, const QString& label)
{
    SizeRow row;
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        addTensor(row, model, plan, i);
    row.tensors.clear();
    row.label = label;
    row.bytes = plan.fileBytes;   // with metadata, to the byte
    row.before = 0;
    return row;
}

plan::Recipe pinnedPart(const model::Model& model, const plan::Recipe& recipe, const plan::Plan& plan)
{
    plan::Recipe pinned;
    pinned.pins = recipe.pins;
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (const auto& name = model.tensors()[i].name; recipe.pins.contains(name))
            pinned.exact[name] = plan.choices[i].type;
    return pinned;
}

QList<SizeRow> rowsByPreset(const model::Model& model, const plan::Recipe& pinned, const plan::PlanOptions& options)
{
    QList<SizeRow> rows;
    for (const plan::Preset& preset : plan::presets()) {
        // Another float type costs as much as the source or more and gains nothing.
        if (quant::info(preset.type).isFloat() && preset.type != model.mainType())
            continue;
        plan::Recipe candidate = pinned;
        candidate.name = candidate.base = std::string(preset.name);   // as applying it names it: the name is in the file too
        const QString name = QString::fromLatin1(preset.name.data(), qsizetype(preset.name.size()));
        rows.append(fileRow(model, plan::makePlan(model, candidate, options), name));
        rows.last().base = name;
    }
    return rows;
}

void SizeRowsModel::setRows(QList<SizeRow> rows)
{
    beginResetModel();
    m_rows = std::move(rows);
    m_largest = m_own = 0;
    for (const SizeRow& row : m_rows) {
        m_largest = std::max({m_largest, row.bytes, row.before});
        m_own = row.own ? row.bytes : m_own;
    }
    endResetModel();
}

int SizeRowsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

QVariant SizeRowsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const SizeRow& row = m_rows[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return row.label;
    case Qt::AccessibleTextRole:
        return row.before > 0 ? SizeText::tr("%1: %2, before %3").arg(row.label, bytesText(row.bytes), bytesText(row.before)) : SizeText::tr("%1: %2").arg(row.label, bytesText(row.bytes));
    case Qt::ToolTipRole: {
        QStringList lines{row.label, row.before > 0 ? SizeText::tr("%1, before %2").arg(exactBytesText(row.bytes), exactBytesText(row.before)) : exactBytesText(row.bytes)};
        for (const auto& [bits, bytes] : row.bytesByBits)
            lines << SizeText::tr("%1 bits: %2").arg(bits).arg(bytesText(bytes));
        return lines.join(QLatin1Char('\n'));
    }
    default:
        return {};
    }
}

}  // namespace halftone::app
