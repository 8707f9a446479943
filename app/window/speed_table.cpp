// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/speed_table.h"

#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"
#include "core/model/model.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

std::optional<TypeRate> rateOf(const model::Model& model, const plan::Plan& plan, quant::Type type, const plan::DecodeSpeeds& speeds)
{
    if (std::ranges::find(speeds.types, type, &plan::TypeSpeed::type) == speeds.types.end())
        return std::nullopt;
    const double seconds = plan::secondsPerToken(model, plan, speeds);
    TypeRate rate{.tokensPerSecond = 1 / seconds};
    if (speeds.memoryBytesPerSecond > 0) {
        const std::vector<double> shares = plan::readShares(model);
        double read = 0;
        for (std::size_t i = 0; i < shares.size(); ++i)
            read += shares[i] * double(plan.choices[i].bytes);
        rate.share = read / speeds.memoryBytesPerSecond / seconds;
    }
    return rate;
}

const std::optional<TypeRate>& rateIn(const SpeedRow& row, int column)
{
    return column == SpeedTableModel::CpuColumn || column == SpeedTableModel::CpuShareColumn ? row.cpu : row.device;
}

/// For a header: without what drivers put behind a name, and not too long.
QString shortName(const QString& device)
{
    constexpr int kMost = 16;
    const QString name = device.section(QStringLiteral(" ("), 0, 0);
    return name.size() > kMost ? name.left(kMost - 1).trimmed() + QStringLiteral("…") : name;
}

QString rateText(double tokensPerSecond)
{
    return QLocale().toString(tokensPerSecond, 'f', tokensPerSecond < 9.995 ? 2 : tokensPerSecond < 99.95 ? 1 : 0);
}

}  // namespace

QList<SpeedRow> speedRows(const model::Model& model, const plan::DecodeSpeeds& cpu, const plan::DecodeSpeeds& device)
{
    QList<SpeedRow> rows;
    for (const quant::TypeInfo& info : quant::allTypes()) {
        const auto measured = [&](const plan::DecodeSpeeds& speeds) {
            return std::ranges::find(speeds.types, info.type, &plan::TypeSpeed::type) != speeds.types.end();
        };
        if (!measured(cpu) && !measured(device))
            continue;
        const plan::Plan plan = plan::makePlan(model, {.base = "pure:" + std::string(quant::name(info.type))});
        rows.append({info.type, plan.fileBytes, rateOf(model, plan, info.type, cpu), rateOf(model, plan, info.type, device)});
    }
    std::ranges::stable_sort(rows, {}, [](const SpeedRow& row) { return quant::info(row.type).bitsPerWeight(); });
    return rows;
}

void SpeedTableModel::setRows(QList<SpeedRow> rows, const QString& deviceName)
{
    beginResetModel();
    m_rows = std::move(rows);
    m_deviceName = deviceName;
    m_fastest = 0;
    for (const SpeedRow& row : m_rows)
        for (const auto& rate : {row.cpu, row.device})
            m_fastest = std::max(m_fastest, rate ? rate->tokensPerSecond : 0);
    endResetModel();
}

QString SpeedTableModel::textOf(const SpeedRow& row, int column) const
{
    if (column == TypeColumn)
        return QString::fromUtf8(quant::name(row.type).data(), qsizetype(quant::name(row.type).size()));
    if (column == SizeColumn)
        return bytesText(row.bytes);
    const auto& rate = rateIn(row, column);
    if (!rate)
        return QStringLiteral("–");
    if (column == CpuColumn || column == DeviceColumn)
        return rateText(rate->tokensPerSecond);
    return rate->share ? tr("%1 %").arg(std::lround(100 * *rate->share)) : QStringLiteral("–");
}

QVariant SpeedTableModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid())
        return {};
    const SpeedRow& row = m_rows[index.row()];
    const bool speed = index.column() == CpuColumn || index.column() == DeviceColumn;
    if (role == Qt::DisplayRole)
        return textOf(row, index.column());
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (index.column() == TypeColumn ? Qt::AlignLeft : Qt::AlignRight));
    if (role == BarRole && speed)
        if (const auto& rate = rateIn(row, index.column()))
            return rate->tokensPerSecond / m_fastest;
    return {};
}

QVariant SpeedTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (section == TypeColumn ? Qt::AlignLeft : Qt::AlignRight));
    const bool share = section == CpuShareColumn || section == DeviceShareColumn;
    if (role == Qt::ToolTipRole)
        return section == DeviceColumn ? tr("%1: tokens a second, one after the other, near the beginning of a text").arg(m_deviceName)
            : share ? tr("Of the speed at which the memory could be read once for each token; small models that fit the caches pass it")
            : section == SizeColumn ? tr("Of the file, with every matrix in this type")
            : section >= CpuColumn  ? tr("Tokens a second, one after the other, near the beginning of a text")
                                    : QVariant();
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TypeColumn: return tr("type");
    case SizeColumn: return tr("file");
    case CpuColumn: return tr("CPU, tokens / s");
    case DeviceColumn: return tr("%1, tokens / s").arg(shortName(m_deviceName));
    default: return tr("of the bound");
    }
}

void SpeedBarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    constexpr int kMargin = 3, kNumber = 56;  // the longest bar ends before the number
    if (const double share = index.data(SpeedTableModel::BarRole).toDouble(); share > 0) {
        const QRect room = option.rect.adjusted(kMargin, kMargin, -kMargin - kNumber, -kMargin);
        painter->fillRect(QRectF(room.left(), room.top(), std::max(1.0, share * room.width()), room.height()), Theme::current().histogram);
    }
    QStyledItemDelegate::paint(painter, option, index);
}

}  // namespace halftone::app
