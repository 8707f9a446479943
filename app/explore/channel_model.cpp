// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/channel_model.h"

#include "app/widgets/format_text.h"

#include <QLocale>

namespace halftone::app {
namespace {

QString timesText(double ratio)
{
    return QLocale().toString(ratio, 'f', ratio < 10 ? 2 : 1) + QStringLiteral(" ×");
}

}  // namespace

ChannelModel::ChannelModel(QObject* parent) : QAbstractTableModel(parent) {}

void ChannelModel::setSide(inspect::ChannelSide side, const QString& channelName)
{
    m_side = std::move(side);
    m_channelName = channelName;
    arrange();
}

void ChannelModel::arrange()
{
    beginResetModel();
    m_order = inspect::strongest(m_side, m_measure, kListed);
    endResetModel();
}

void ChannelModel::sort(int column, Qt::SortOrder)
{
    const auto wanted = column == Max ? inspect::ChannelMeasure::Max : inspect::ChannelMeasure::Mean;
    if (wanted == m_measure)
        return;
    m_measure = wanted;
    arrange();
}

int ChannelModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : int(m_order.size());
}

int ChannelModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ChannelModel::describe(std::size_t channel) const
{
    return tr("%1 %2: mean |w| %3, %4 the median\nlargest %5, %6 the median")
        .arg(m_channelName, QString::number(channel), numberText(double(m_side.mean[channel])), timesText(m_side.meanRatio(channel)),
             numberText(double(m_side.max[channel])), timesText(m_side.maxRatio(channel)));
}

QVariant ChannelModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const std::size_t channel = channelAt(index.row());
    if (role == Qt::ToolTipRole)
        return describe(channel);
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Index: return QString::number(channel);
    case Mean: return timesText(m_side.meanRatio(channel));
    default: return timesText(m_side.maxRatio(channel));
    }
}

QVariant ChannelModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section >= ColumnCount)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section != Index)
        return tr("As a multiple of the median channel's; click to sort by it");
    if (role != Qt::DisplayRole)
        return {};
    return section == Index ? m_channelName : section == Mean ? tr("mean") : tr("max");
}

}  // namespace halftone::app
