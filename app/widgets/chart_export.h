// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>
#include <QString>

#include <functional>

class QPaintDevice;
class QPainter;
class QPoint;
class QWidget;

namespace halftone::app {

/// What the context menu of any chart needs to save it: how to draw it anew as vectors, and its numbers.
struct Chart {
    QString name;  ///< proposed file name, without suffix
    QSize size;  ///< in device-independent pixels
    std::function<void(QPaintDevice&, QSize)> draw;  ///< background included
    std::function<QString()> csv;  ///< with a header line; decimal point "."
};

/// A chart of the surface's colour that `draw` paints on.
Chart paintedChart(QString name, QSize size, std::function<void(QPainter&, QSize)> draw, std::function<QString()> csv);

enum class ChartFormat { Png, Svg, Csv };

/// Writes the chart at twice its size on screen (PNG), as vectors (SVG) or as numbers (CSV). Empty on success, otherwise a
/// translated sentence.
QString saveChart(const Chart& chart, ChartFormat format, const QString& path);

/// The menu of a right-click: save as PNG, SVG or CSV, copy as picture.
void showChartMenu(QWidget* parent, const QPoint& globalPosition, const Chart& chart);

}  // namespace halftone::app
