// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/explore/cost_map.h"
#include "app/widgets/chart_export.h"

#include <QWidget>

namespace halftone::app {

/// A cost map as a heat map, with each role's sum as a bar above and each layer's sum as a bar beside it. A click on a cell, a
/// role or a layer picks its tensors; so do the arrow keys, from cell to cell.
class CostView : public QWidget {
    Q_OBJECT
public:
    explicit CostView(QWidget* parent = nullptr);

    void setMap(CostMap map);
    const CostMap& map() const { return m_map; }
    /// The cells that hold these tensors are framed; the keys start from the last one.
    void setSelection(const QList<int>& tensors);

    /// Where the cell is; row -1 is the role's bar, column -1 the layer's.
    QRect rectOf(CostMap::Place place) const { return rectOf(place, size()); }
    QRect currentRect() const { return m_framed.isEmpty() ? QRect() : rectOf(m_framed.last()); }  ///< null when nothing is framed
    QString readOut(const QPoint& position) const;  ///< empty where there is nothing

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }
    Chart chart(const QString& name) const;

Q_SIGNALS:
    void tensorsClicked(const QList<int>& tensors);
    void contextMenuRequested(const QPoint& globalPosition);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Grid {
        int left, top, cellWidth, cellHeight, bars, roleBars;
    };
    Grid gridOf(QSize size) const;
    QRect rectOf(CostMap::Place place, QSize size) const;
    std::optional<CostMap::Place> placeAt(const QPoint& position) const;
    CostMap::Cell cellAt(CostMap::Place place) const;
    QFont nameFont(int cellWidth) const;
    int namesHeight(int cellWidth) const;
    void draw(QPainter& painter, QSize size) const;
    void drawCells(QPainter& painter, QSize size) const;
    void drawRoles(QPainter& painter, QSize size) const;
    void drawLayers(QPainter& painter, QSize size) const;
    QString csv() const;

    CostMap m_map;
    QList<int> m_selection;
    QList<CostMap::Place> m_framed;  ///< the current tensor's last
};

}  // namespace halftone::app
