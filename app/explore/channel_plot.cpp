// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/channel_plot.h"

#include "app/widgets/theme.h"

#include <QLocale>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kScale = 36, kRuler = 18, kTop = 6;
constexpr double kLeastHighest = 2;  // an even matrix should look even

}  // namespace

ChannelPlot::ChannelPlot(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setAccessibleName(tr("|w| of every channel as a multiple of the median channel's"));
}

void ChannelPlot::setSide(const inspect::ChannelSide* side, inspect::ChannelMeasure measure)
{
    m_side = side;
    m_measure = measure;
    m_marked.reset();
    m_highest = kLeastHighest;
    for (std::size_t i = 0; i < count(); ++i)
        m_highest = std::max(m_highest, ratio(i));
    update();
}

void ChannelPlot::setMarked(std::optional<std::size_t> channel)
{
    m_marked = channel;
    update();
}

double ChannelPlot::ratio(std::size_t channel) const
{
    return m_measure == inspect::ChannelMeasure::Mean ? m_side->meanRatio(channel) : m_side->maxRatio(channel);
}

QRect ChannelPlot::area(QSize size) const
{
    return QRect(QPoint(0, 0), size).adjusted(kScale, kTop, 0, -kRuler);
}

std::optional<std::size_t> ChannelPlot::channelAt(int x, QSize size) const
{
    const QRect rect = area(size);
    if (count() == 0 || x < rect.left() || x > rect.right())
        return std::nullopt;
    const std::size_t at = std::size_t(x - rect.left()), width = std::size_t(rect.width());
    const std::size_t first = at * count() / width, end = std::max(first + 1, (at + 1) * count() / width);
    std::size_t highest = first;
    for (std::size_t i = first; i < end; ++i)
        if (ratio(i) > ratio(highest))
            highest = i;
    return highest;
}

void ChannelPlot::drawScale(QPainter& painter, QSize size, double highest) const
{
    const Theme& theme = Theme::current();
    const QRect rect = area(size);
    const auto yOf = [&](double value) { return rect.bottom() - int(value / highest * (rect.height() - 1)); };
    double drawn = rect.bottom() + kRuler;
    for (const double value : {1.0, inspect::kOutlierRatio, highest}) {
        const int y = yOf(value);
        if (value > highest || drawn - y < painter.fontMetrics().height())
            continue;
        drawn = y;
        painter.setPen(QPen(value == 1.0 ? theme.muted : theme.grid, 1, value == inspect::kOutlierRatio ? Qt::DashLine : Qt::SolidLine));
        painter.drawLine(rect.left(), y, rect.right(), y);
        painter.setPen(theme.muted);
        const QString text = QLocale().toString(value, 'f', value < 10 && value != int(value) ? 1 : 0) + QStringLiteral(" ×");
        painter.drawText(QRect(0, y - 10, kScale - 6, 20), Qt::AlignRight | Qt::AlignVCenter, text);
    }
    const QRect ruler(rect.left(), rect.bottom() + 3, rect.width(), kRuler - 2);
    painter.drawText(ruler, Qt::AlignLeft, QStringLiteral("0"));
    painter.drawText(ruler, Qt::AlignRight, QString::number(count() - 1));
}

void ChannelPlot::draw(QPainter& painter, QSize size) const
{
    if (count() == 0)
        return;
    const Theme& theme = Theme::current();
    const QRect rect = area(size);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    painter.setFont(small);
    for (int x = rect.left(); x <= rect.right(); ++x) {
        const double value = ratio(*channelAt(x, size));
        const int height = int(value / m_highest * (rect.height() - 1));
        painter.fillRect(QRect(x, rect.bottom() - height, 1, height + 1), value > inspect::kOutlierRatio ? theme.error : theme.histogram);
    }
    drawScale(painter, size, m_highest);
    if (m_marked && *m_marked < count()) {
        const int x = rect.left() + int((double(*m_marked) + 0.5) * rect.width() / double(count()));
        painter.setPen(QPen(theme.text, 1.5));
        painter.drawLine(x, rect.top() - kTop, x, rect.bottom());
    }
}

void ChannelPlot::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    draw(painter, size());
}

void ChannelPlot::mouseMoveEvent(QMouseEvent* event)
{
    if (const auto channel = channelAt(int(event->position().x())))
        Q_EMIT hovered(*channel, event->globalPosition().toPoint());
}

}  // namespace halftone::app
