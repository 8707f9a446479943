// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>

class QCustomPlot;
class QPaintDevice;

namespace halftone::app {

/// The common look of the plots: the theme's colours, muted tick labels, a thin horizontal grid, no frame.
void stylePlot(QCustomPlot& plot);
/// Draws the plot anew on any device, as vectors where the device has them.
void drawPlot(QCustomPlot& plot, QPaintDevice& device, QSize size);

}  // namespace halftone::app
