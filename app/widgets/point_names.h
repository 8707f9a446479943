// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QRectF>

class QPainter;

namespace halftone::app {

/// Names beside the points of a plot, kept apart from the points and from each other. Those named first find room first.
class PointNames {
public:
    /// Points have this radius in pixels; names stay within `area`.
    PointNames(double radius, const QRectF& area) : m_radius(radius), m_area(area) {}

    void addPoint(const QPointF& point);
    /// Writes the name at the first free place around the point, or not at all.
    void draw(QPainter& painter, const QPointF& point, const QString& name);

private:
    double m_radius;
    QRectF m_area;
    QList<QRectF> m_taken;
};

}  // namespace halftone::app
