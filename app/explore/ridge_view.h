// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/explore_data.h"
#include "app/widgets/chart_export.h"

#include <QWidget>

namespace halftone::app {

/// One small histogram per layer over a common range and density, so that narrower layers stand taller. A click or the
/// up and down keys pick a layer.
class RidgeView : public QWidget {
    Q_OBJECT
public:
    explicit RidgeView(QWidget* parent = nullptr);

    void setRidge(Ridge ridge);
    void setCurrent(int tensor);           ///< index into Model::tensors
    void setMessage(const QString& message);
    QString message() const { return m_message; }
    int current() const { return m_current; }
    int rowAt(int y) const;                ///< -1 outside
    QRect rowRect(int row) const;
    QRect currentRect() const;             ///< null when no row is the current tensor's

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }
    Chart chart(const QString& name) const;

Q_SIGNALS:
    void tensorClicked(int tensor);
    void contextMenuRequested(const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override { mousePressEvent(event); }
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;

private:
    void draw(QPainter& painter, QSize size) const;
    QPolygonF outline(const RidgeRow& row, const QRectF& area, double peak) const;
    double density(const RidgeRow& row, double low, double high) const;
    QRect rowRect(int row, QSize size) const;
    QString csv() const;

    Ridge m_ridge;
    double m_reach = 0;      ///< the plot shows [-reach, reach]
    double m_peak = 0;       ///< highest density of any row
    int m_current = -1;
    QString m_message;
};

}  // namespace halftone::app
