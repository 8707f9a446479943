// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/channels.h"

#include <QAbstractTableModel>

namespace halftone::app {

/// The channels of a matrix that stand out most, by their mean or their largest |w| as a multiple of the median channel's.
class ChannelModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Columns { Index, Mean, Max, ColumnCount };
    static constexpr int kListed = 50;

    explicit ChannelModel(QObject* parent = nullptr);

    void setSide(inspect::ChannelSide side, const QString& channelName);
    const inspect::ChannelSide& side() const { return m_side; }
    inspect::ChannelMeasure measure() const { return m_measure; }
    std::size_t channelAt(int row) const { return m_order[std::size_t(row)]; }
    /// "column 531: mean |w| 0.12, 3.4 × the median; largest 0.5, 2.1 ×"
    QString describe(std::size_t channel) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// By the mean or the largest; always the strongest first.
    void sort(int column, Qt::SortOrder order) override;

private:
    void arrange();

    inspect::ChannelSide m_side;
    QString m_channelName;
    inspect::ChannelMeasure m_measure = inspect::ChannelMeasure::Mean;
    std::vector<std::size_t> m_order;
};

}  // namespace halftone::app
