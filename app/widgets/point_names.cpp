// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/point_names.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace halftone::app {

void PointNames::addPoint(const QPointF& point)
{
    m_taken.append(QRectF(point - QPointF(m_radius, m_radius), QSizeF(2 * m_radius, 2 * m_radius)));
}

void PointNames::draw(QPainter& painter, const QPointF& point, const QString& name)
{
    const QSizeF size = QFontMetricsF(painter.font()).size(0, name);
    const double gap = m_radius + 4, w = size.width(), h = size.height();
    const QPointF right(gap, -h / 2), left(-gap - w, -h / 2), rightAbove(gap - 3, -h - 3), leftBelow(-gap - w + 3, 3),
        above(-w / 2, -gap - h), below(-w / 2, gap);
    for (const QPointF& offset : {right, left, rightAbove, leftBelow, above, below}) {
        const QRectF room(point + offset, size);
        if (!m_area.contains(room)
            || std::any_of(m_taken.begin(), m_taken.end(), [&](const QRectF& other) { return other.intersects(room); }))
            continue;
        painter.drawText(room, Qt::AlignCenter, name);
        m_taken.append(room);
        return;
    }
}

}  // namespace halftone::app
