// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluation_model.h"

#include "app/widgets/format_text.h"
#include "app/widgets/placement_text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

const QString kNothing = QStringLiteral("–");

/// Three significant digits without an exponent: small divergences differ in the fifth place and belong in one column.
QString kldText(double kld)
{
    constexpr int kMostDigits = 6;
    const int digits = kld > 0 ? std::clamp(2 - int(std::floor(std::log10(kld))), 2, kMostDigits) : 2;
    return QLocale().toString(kld, 'f', digits);
}

QString percent(double share, int digits)
{
    return QLocale().toString(100 * share, 'f', digits);
}

}  // namespace

/// Rows that stay keep their selection: while a run grows, its figures change and its rows do not.
void EvaluationModel::setEvaluation(evaluate::Evaluation evaluation)
{
    const bool sameRows = std::ranges::equal(evaluation.variants, m_evaluation.variants, {}, &evaluate::EvaluatedVariant::name,
                                             &evaluate::EvaluatedVariant::name);
    if (!sameRows)
        beginResetModel();
    m_evaluation = std::move(evaluation);
    if (!sameRows)
        endResetModel();
    else if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int EvaluationModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_evaluation.variants.size());
}

int EvaluationModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant EvaluationModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    switch (role) {
    case Qt::DisplayRole: return text(index.row(), index.column());
    case Qt::ToolTipRole: return details(index.row());
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::Alignment((index.column() == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    case SortRole: return sortKey(index.row(), index.column());
    case BitsRole: return m_evaluation.variants[std::size_t(index.row())].bits;
    default: return {};
    }
}

QVariant EvaluationModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::Alignment((section == Name ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter));
    if (role == Qt::ToolTipRole && section == Calibration)
        return tr("Expected calibration error: how far the model's confidence is from how often it is right");
    if (role == Qt::ToolTipRole && section == SameFive)
        return tr("How many of the original's five most probable tokens are among the variant's five");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name: return tr("variant");
    case Size: return tr("size");
    case BitsPerWeight: return tr("bpw");
    case Perplexity: return tr("perplexity");
    case MeanKld: return tr("mean KL");
    case P99Kld: return tr("99 % KL");
    case SameFirst: return tr("top-1 %");
    case SameFive: return tr("top-5 %");
    case Calibration: return tr("ECE %");
    case MsPerToken: return tr("ms / token");
    default: return {};
    }
}

QString EvaluationModel::text(int row, int column) const
{
    const evaluate::EvaluatedVariant& variant = m_evaluation.variants[std::size_t(row)];
    const evaluate::Figures& f = variant.figures;
    const QLocale locale;
    switch (column) {
    case Name: return row == 0 ? tr("Original") : QString::fromStdString(variant.name);
    case Size: return bytesText(variant.bytes);
    case BitsPerWeight: return locale.toString(variant.bitsPerWeight, 'f', 2);
    case MsPerToken: return variant.decodeMs > 0 ? locale.toString(variant.decodeMs, 'f', 2) : kNothing;
    default: break;
    }
    if (f.tokens == 0 || (row == 0 && (column == MeanKld || column == P99Kld || column == SameFirst || column == SameFive)))
        return kNothing;
    switch (column) {
    case Perplexity: return tr("%1 ± %2").arg(locale.toString(f.perplexity, 'f', 2), locale.toString(f.perplexityError, 'f', 2));
    case MeanKld: return kldText(f.meanKld);
    case P99Kld: return kldText(f.p99Kld);
    case SameFirst: return percent(f.top1Agreement, 1);
    case SameFive: return percent(f.top5Agreement, 1);
    case Calibration: return percent(f.calibrationError, 2);
    default: return {};
    }
}

QVariant EvaluationModel::sortKey(int row, int column) const
{
    const evaluate::EvaluatedVariant& variant = m_evaluation.variants[std::size_t(row)];
    const evaluate::Figures& f = variant.figures;
    switch (column) {
    case Name: return QString::fromStdString(variant.name);
    case Size: return quint64(variant.bytes);
    case BitsPerWeight: return variant.bitsPerWeight;
    case Perplexity: return f.perplexity;
    case MeanKld: return f.meanKld;
    case P99Kld: return f.p99Kld;
    case SameFirst: return f.top1Agreement;
    case SameFive: return f.top5Agreement;
    case Calibration: return f.calibrationError;
    case MsPerToken: return variant.decodeMs;
    default: return {};
    }
}

QString EvaluationModel::details(int row) const
{
    const evaluate::EvaluatedVariant& variant = m_evaluation.variants[std::size_t(row)];
    const evaluate::Figures& f = variant.figures;
    if (f.tokens == 0)
        return tr("not measured yet");
    const QString figures =
        tr("%1 windows, %2 predictions\nKL: median %3, largest %4\ntrue token: %5 percentage points on average, %6 root mean square\n"
           "entropy %7 nats")
            .arg(countText(variant.windows), countText(f.tokens), numberText(f.medianKld), numberText(f.maxKld),
                 numberText(100 * f.trueChange), numberText(100 * f.trueChangeRms), numberText(f.entropy));
    if (variant.share.allLayers == 0)
        return figures;
    return figures + QLatin1Char('\n') + shareText(QString::fromStdString(m_evaluation.device), variant.share);
}

}  // namespace halftone::app
