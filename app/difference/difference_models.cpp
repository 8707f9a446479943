// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/difference/difference_models.h"

#include "app/plan/plan_text.h"
#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"

#include <QLocale>

#include <cmath>

namespace halftone::app {
namespace {

const QString kNothing = QStringLiteral("–");

QString shapesText(const inspect::Difference::Line& line)
{
    if (!line.a || !line.b || line.a->shape == line.b->shape)
        return shapeText((line.a ? line.a : line.b)->shape);
    return shapeText(line.a->shape) + QStringLiteral(" / ") + shapeText(line.b->shape);
}

QString bytesOf(const model::Tensor* tensor)
{
    return tensor ? countText(tensor->bytes()) : kNothing;
}

QString typeOf(const model::Tensor* tensor)
{
    return tensor ? typeText(tensor->type) : kNothing;
}

QString errorOf(double error)
{
    return error == 0 ? QStringLiteral("0") : numberText(error);
}

QString decibelText(double snr)
{
    return std::isfinite(snr) ? QLocale().toString(snr, 'f', 1) + QStringLiteral(" dB") : kNothing;
}

}  // namespace

void TensorDifferenceModel::setPair(std::shared_ptr<const ModelPair> pair)
{
    beginResetModel();
    m_pair = std::move(pair);
    endResetModel();
}

int TensorDifferenceModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_pair ? 0 : int(m_pair->difference.tensors.size());
}

int TensorDifferenceModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TensorDifferenceModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const auto& line = m_pair->difference.tensors[std::size_t(index.row())];
    const auto* tensor = index.column() == TypeA ? line.a : index.column() == TypeB ? line.b : nullptr;
    switch (role) {
    case Qt::DisplayRole: return text(line, index.column());
    case Qt::ToolTipRole: return index.column() == Name ? QVariant(QString::fromStdString(line.name).toHtmlEscaped()) : QVariant();
    case Qt::DecorationRole: return tensor ? QVariant(Theme::current().bits(quant::info(tensor->type).bits)) : QVariant();
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment((index.column() >= BytesA ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case SortRole: return sortKey(line, index.column());
    case DiffersRole: return !isSame(line);
    default: return {};
    }
}

QVariant TensorDifferenceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && section >= BytesA)
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("Tensor");
    case Shape: return tr("Shape");
    case TypeA: return tr("Type in A");
    case TypeB: return tr("Type in B");
    case BytesA: return tr("Bytes in A");
    case BytesB: return tr("Bytes in B");
    case Rmse: return tr("RMSE");
    case Snr: return tr("Signal / noise");
    case MaxError: return tr("Largest error");
    default: return {};
    }
}

QString TensorDifferenceModel::text(const inspect::Difference::Line& line, int column) const
{
    switch (column) {
    case Name: return QString::fromStdString(line.name);
    case Shape: return shapesText(line);
    case TypeA: return typeOf(line.a);
    case TypeB: return typeOf(line.b);
    case BytesA: return bytesOf(line.a);
    case BytesB: return bytesOf(line.b);
    case Rmse: return line.distortion ? errorOf(line.distortion->rmse) : kNothing;
    case Snr: return line.distortion ? decibelText(line.distortion->snrDb) : kNothing;
    case MaxError: return line.distortion ? errorOf(line.distortion->maxError) : kNothing;
    default: return {};
    }
}

QVariant TensorDifferenceModel::sortKey(const inspect::Difference::Line& line, int column) const
{
    const auto bits = [](const model::Tensor* tensor) { return tensor ? quant::info(tensor->type).bitsPerWeight() : 0.0; };
    const auto bytes = [](const model::Tensor* tensor) { return quint64(tensor ? tensor->bytes() : 0); };
    switch (column) {
    case TypeA: return bits(line.a);
    case TypeB: return bits(line.b);
    case BytesA: return bytes(line.a);
    case BytesB: return bytes(line.b);
    case Rmse: return line.distortion ? line.distortion->rmse : -1;
    case Snr: return line.distortion ? line.distortion->snrDb : -INFINITY;
    case MaxError: return line.distortion ? line.distortion->maxError : -1;
    default: return text(line, column);
    }
}

void MetadataDifferenceModel::setPair(std::shared_ptr<const ModelPair> pair)
{
    beginResetModel();
    m_pair = std::move(pair);
    m_entries.clear();
    if (m_pair)
        for (const auto& entry : m_pair->difference.metadata)
            if (isTokenizerKey(entry.key) == (m_part == Part::Tokenizer))
                m_entries.push_back(&entry);
    endResetModel();
}

int MetadataDifferenceModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int MetadataDifferenceModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant MetadataDifferenceModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const auto& entry = *m_entries[std::size_t(index.row())];
    if (index.column() == Key)
        return role == Qt::DisplayRole ? QVariant(QString::fromStdString(entry.key)) : QVariant();
    const auto* mine = index.column() == A ? entry.a : entry.b;
    const auto* other = index.column() == A ? entry.b : entry.a;
    const QString text = mine ? differingText(mine, other) : kNothing;
    return role == Qt::ToolTipRole ? text.toHtmlEscaped() : text;  // Qt reads tool tips as markup where they look like it
}

QVariant MetadataDifferenceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == Key ? tr("Key") : section == A ? tr("A") : tr("B");
}

}  // namespace halftone::app
