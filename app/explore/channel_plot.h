// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/channels.h"

#include <QWidget>

#include <optional>

class QPainter;

namespace halftone::app {

/// Every channel of a matrix as a bar as high as it stands above the median. Where a pixel holds several, the highest.
class ChannelPlot : public QWidget {
    Q_OBJECT
public:
    explicit ChannelPlot(QWidget* parent = nullptr);

    /// `side` must outlive this or the next call; null shows nothing.
    void setSide(const inspect::ChannelSide* side, inspect::ChannelMeasure measure);
    void setMarked(std::optional<std::size_t> channel);
    /// The highest of the channels at x.
    std::optional<std::size_t> channelAt(int x) const { return channelAt(x, size()); }
    void draw(QPainter& painter, QSize size) const;

    QSize sizeHint() const override { return {200, 120}; }
    QSize minimumSizeHint() const override { return {90, 60}; }

Q_SIGNALS:
    void hovered(std::size_t channel, const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    QRect area(QSize size) const;
    std::size_t count() const { return m_side ? m_side->mean.size() : 0; }
    double ratio(std::size_t channel) const;
    std::optional<std::size_t> channelAt(int x, QSize size) const;
    void drawScale(QPainter& painter, QSize size, double highest) const;

    const inspect::ChannelSide* m_side = nullptr;
    inspect::ChannelMeasure m_measure = inspect::ChannelMeasure::Mean;
    std::optional<std::size_t> m_marked;
    double m_highest = 0;
};

}  // namespace halftone::app
