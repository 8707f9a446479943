// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/channel_model.h"
#include "app/widgets/chart_export.h"

#include <QStackedWidget>

class QLabel;
class QTableView;

namespace halftone::app {

class ChannelPlot;

/// The rows, or the columns, of a matrix: how far each stands above the median, and a list of the strongest. A channel chosen in
/// the list is marked in the plot; the list's header chooses the measure.
class ChannelsView : public QStackedWidget {
    Q_OBJECT
public:
    explicit ChannelsView(QWidget* parent = nullptr);

    void setSide(inspect::ChannelSide side, const QString& channelName);
    void setMessage(const QString& message);
    QString message() const;
    const ChannelModel& model() const { return *m_model; }
    Chart chart(const QString& name) const;

Q_SIGNALS:
    void contextMenuRequested(const QPoint& globalPosition);

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void buildTable();
    QString csv() const;

    ChannelModel* m_model;
    ChannelPlot* m_plot;
    QTableView* m_table;
    QLabel* m_message;
};

}  // namespace halftone::app
