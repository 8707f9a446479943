// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/plot_style.h"

#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

namespace halftone::app {

void stylePlot(QCustomPlot& plot)
{
    const Theme& theme = Theme::current();
    plot.setBackground(QBrush(theme.surface));
    QFont labels = plot.font();
    labels.setPointSizeF(labels.pointSizeF() * 0.9);
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) {
        axis->setTickLabelFont(labels);
        axis->setLabelFont(labels);
        axis->setTickLabelColor(theme.muted);
        axis->setLabelColor(theme.muted);
        axis->setBasePen(QPen(theme.line));
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->grid()->setPen(QPen(theme.grid));
        axis->grid()->setZeroLinePen(QPen(theme.grid));
    }
    plot.xAxis->grid()->setVisible(false);
    plot.yAxis->setBasePen(Qt::NoPen);
}

void drawPlot(QCustomPlot& plot, QPaintDevice& device, QSize size)
{
    QCPPainter painter;
    painter.begin(&device);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNonCosmetic);
    painter.fillRect(QRect(QPoint(0, 0), size), Theme::current().surface);
    plot.toPainter(&painter, size.width(), size.height());
    painter.end();
    plot.replot(QCustomPlot::rpQueuedReplot);   // toPainter laid the plot out for another size
}

}  // namespace halftone::app
