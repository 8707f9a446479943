// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/number_line.h"
#include "app/learn/number_texts.h"

#include "app/widgets/theme.h"

#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

constexpr int kMargin = 10, kTop = 8;
constexpr int kStick = 16;  // height of a level's stick on the line at the foot
constexpr double kDot = 3.2;

/// A round number such that about `count` of them fill the range: 1, 2 or 5 times a power of ten.
double tickStep(double range, int count)
{
    const double rough = range / count, power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (factor * power >= rough)
            return factor * power;
    return 10 * power;
}

QColor faded(QColor colour, double alpha)
{
    colour.setAlphaF(float(alpha));
    return colour;
}

}  // namespace

NumberLine::NumberLine(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setAccessibleName(tr("Weights of a block and their levels"));
}

void NumberLine::setPicture(Picture picture)
{
    m_picture = std::move(picture);
    double worst = 0;
    for (const Point& point : m_picture.points)
        worst = std::max(worst, std::abs(point.weight - point.stored));
    setAccessibleDescription(
        tr("%1 weights, %2 levels, largest error %3").arg(m_picture.points.size()).arg(m_picture.levels.size()).arg(digitsText(worst)));
    update();
}

QRect NumberLine::area() const
{
    return rect().adjusted(kMargin, kTop, -kMargin, -(kStick + 12 + fontMetrics().height()));
}

double NumberLine::xOf(double value) const
{
    const QRect rows = area();
    return rows.left() + (value - m_picture.low) / (m_picture.high - m_picture.low) * rows.width();
}

double NumberLine::yOf(qsizetype point) const
{
    const QRect rows = area();
    return rows.top() + (double(point) + 0.5) * rows.height() / double(std::max<qsizetype>(1, m_picture.points.size()));
}

qsizetype NumberLine::pointAt(const QPoint& position) const
{
    const QRect rows = area();
    if (m_picture.points.isEmpty() || !rows.adjusted(-kMargin, 0, kMargin, 0).contains(position))
        return -1;
    return (position.y() - rows.top()) * m_picture.points.size() / std::max(1, rows.height());
}

void NumberLine::drawLevels(QPainter& painter) const
{
    const Theme& theme = Theme::current();
    const QRect rows = area();
    const double foot = rows.bottom() + kStick;
    // Levels closer than three pixels would paint the ground.
    const double apart = rows.width() / double(std::max<qsizetype>(1, m_picture.levels.size()));
    painter.setRenderHint(QPainter::Antialiasing, apart < 6);
    for (const double level : m_picture.levels) {
        if (level < m_picture.low || level > m_picture.high)
            continue;
        painter.setPen(QPen(faded(theme.error, std::clamp(apart / 60, 0.08, 0.3)), 1));
        painter.drawLine(QPointF(xOf(level), rows.top()), QPointF(xOf(level), rows.bottom()));
        painter.setPen(QPen(theme.error, apart < 4 ? 0.6 : 1.6));
        painter.drawLine(QPointF(xOf(level), rows.bottom() + 2), QPointF(xOf(level), foot));
    }
    painter.setRenderHint(QPainter::Antialiasing);
}

void NumberLine::drawPoint(QPainter& painter, qsizetype index) const
{
    const Theme& theme = Theme::current();
    const Point& point = m_picture.points[index];
    const QPointF from(xOf(point.weight), yOf(index)), to(xOf(point.stored), yOf(index));
    const double dot = std::min(kDot, area().height() / double(m_picture.points.size()) * 0.42);
    if (index == m_hovered) {
        painter.setPen(QPen(theme.grid, 1));
        painter.drawLine(QPointF(area().left(), from.y()), QPointF(area().right(), from.y()));
    }
    painter.setPen(QPen(theme.error, 2));
    painter.drawLine(from, to);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.error);
    painter.drawRect(QRectF(to.x() - 1, to.y() - dot, 2, 2 * dot));
    const QColor ink = theme.dark ? theme.histogram.lighter(130) : theme.histogram.darker(135);
    if (point.mark == Mark::KeptAside) {
        painter.setBrush(theme.surface);
        painter.setPen(QPen(theme.accent, 2));
    } else {
        painter.setBrush(point.mark == Mark::Enlarged ? theme.accent : ink);
    }
    const double radius = point.mark == Mark::None ? dot : dot + 1.5;
    painter.drawEllipse(from, radius, radius);
}

/// The line itself: its numbers below, the weights on it.
void NumberLine::drawFoot(QPainter& painter) const
{
    const Theme& theme = Theme::current();
    const QRect rows = area();
    const double y = rows.bottom() + kStick;
    painter.setPen(QPen(theme.muted, 1));
    painter.drawLine(QPointF(rows.left(), y), QPointF(rows.right(), y));
    painter.setPen(Qt::NoPen);
    painter.setBrush(faded(theme.dark ? theme.histogram.lighter(130) : theme.histogram.darker(135), 0.6));
    for (const Point& point : m_picture.points)
        painter.drawEllipse(QPointF(xOf(point.weight), y), 2.2, 2.2);
    painter.setPen(theme.muted);
    const int widest = fontMetrics().horizontalAdvance(QStringLiteral("−0.0001")) + 24;
    const double step = tickStep(m_picture.high - m_picture.low, std::max(1, rows.width() / widest));
    for (double value = std::ceil(m_picture.low / step) * step; value <= m_picture.high; value += step) {
        const double shown = std::abs(value) < step / 2 ? 0 : value;
        const QRectF place(xOf(shown) - widest / 2.0, y + 6, widest, fontMetrics().height());
        painter.drawLine(QPointF(xOf(shown), y), QPointF(xOf(shown), y + 4));
        if (place.left() >= 0 && place.right() <= width())
            painter.drawText(place, Qt::AlignCenter, digitsText(shown));
    }
}

void NumberLine::paintEvent(QPaintEvent*)
{
    if (m_picture.points.isEmpty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(rect());
    drawLevels(painter);
    drawFoot(painter);
    for (qsizetype i = 0; i < m_picture.points.size(); ++i)
        drawPoint(painter, i);
}

QString NumberLine::readOut(const QPoint& position) const
{
    const qsizetype index = pointAt(position);
    if (index < 0)
        return {};
    const Point& point = m_picture.points[index];
    if (point.mark == Mark::KeptAside)
        return tr("weight %1: %2\nkept aside at 16 bits").arg(index).arg(digitsText(point.weight));
    return tr("weight %1: %2\ncode %3, stored as %4\nerror %5")
        .arg(index)
        .arg(digitsText(point.weight))
        .arg(point.code)
        .arg(digitsText(point.stored), digitsText(point.stored - point.weight));
}

void NumberLine::mouseMoveEvent(QMouseEvent* event)
{
    m_hovered = pointAt(event->position().toPoint());
    QToolTip::showText(event->globalPosition().toPoint(), readOut(event->position().toPoint()), this);
    update();
}

void NumberLine::leaveEvent(QEvent*)
{
    m_hovered = -1;
    update();
}

}  // namespace halftone::app
