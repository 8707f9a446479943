// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/widgets/chart_export.h"

#include <QSet>
#include <QTableView>

namespace halftone::app {

class PlanMatrixModel;
class Workspace;

/// The matrix of bits. With a brush, clicks and drags paint cells and headers paint a whole role or layer, one undo step
/// a stroke; without one they select. Keys: arrows, 2-8 bits, 0 the source's type, Delete back to the recipe, Space the
/// brush, P pins, Escape puts the brush down.
class PlanMatrixView : public QTableView {
    Q_OBJECT
public:
    PlanMatrixView(Workspace& workspace, PlanMatrixModel& model, QWidget* parent = nullptr);

    /// Bits to paint with; 0 selects instead.
    void setBrush(int bits);
    int brush() const { return m_brush; }
    /// The whole matrix with its headers, whatever is scrolled to.
    Chart chart(const QString& name) const;

Q_SIGNALS:
    void brushDropped();               ///< Escape was pressed
    void exploreRequested(int tensor); ///< double-click

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;
    QSize sizeHint() const override;

private:
    void fitCells();
    void draw(QPaintDevice& device, QSize size) const;
    QString csv() const;
    void paintCell(const QModelIndex& index);
    void onHeaderClicked(Qt::Orientation orientation, int section);
    void showSelection();
    QList<int> selectedTensors() const;
    QString newStroke();

    Workspace& m_workspace;
    PlanMatrixModel& m_matrix;
    int m_brush = 0;
    bool m_painting = false;
    bool m_syncing = false;            ///< the selection is being set from the workspace
    QString m_stroke;                  ///< merge key of the stroke under way
    quint64 m_strokes = 0;
    QSet<int> m_painted;               ///< tensors of this stroke
    QModelIndex m_lastPainted;
};

}  // namespace halftone::app
