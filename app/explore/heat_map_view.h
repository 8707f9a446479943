// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/widgets/chart_export.h"
#include "core/inspect/heat_map.h"

#include <QImage>
#include <QWidget>

namespace halftone::app {

/// |w| by rows and columns. Hover tells which rows and columns a cell stands for, their mean and their largest weight.
class HeatMapView : public QWidget {
    Q_OBJECT
public:
    enum class Measure { Mean, Max };

    explicit HeatMapView(QWidget* parent = nullptr);

    void setMap(inspect::HeatMap map);
    void setMeasure(Measure measure);
    void setMessage(const QString& message);
    QString message() const { return m_message; }
    QString readOut(const QPoint& position) const;   ///< empty outside the map
    Chart chart(const QString& name) const;

    QSize minimumSizeHint() const override { return {160, 100}; }

Q_SIGNALS:
    void contextMenuRequested(const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void draw(QPainter& painter, QSize size) const;
    void colour();
    QRect area(QSize size) const;
    QString csv() const;

    inspect::HeatMap m_map;
    Measure m_measure = Measure::Mean;
    QImage m_image;         ///< one pixel per cell, in the theme's colours
    QPoint m_hovered{-1, -1};
    QString m_message;
};

}  // namespace halftone::app
