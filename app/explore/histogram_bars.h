// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/inspect/statistics.h"

#include <span>
#include <vector>

namespace halftone::app {

/// A histogram's bins joined to as many bars as a screen can show.
struct HistogramBars {
    double low = 0;                 ///< left edge of the first bar
    double width = 0;               ///< of every bar
    std::vector<double> counts;
    std::size_t firstBin = 0;       ///< fine bin at the left edge
    std::size_t binsPerBar = 1;

    double left(std::size_t bar) const { return low + double(bar) * width; }
    /// Index of the bar around x, or -1.
    int barAt(double x) const;
};

/// The bars that overlap [low, high], at most about `maxBars`. Bar edges are whole multiples of the bar's width from the
/// histogram's own low end, so that bars keep their place when the view is shifted.
HistogramBars joinBins(const inspect::Histogram& histogram, double low, double high, int maxBars);

/// Mean of `perBin` over the fine bins of one bar, weighted by their counts; 0 for an empty bar or without values.
double meanOverBar(const inspect::Histogram& histogram, std::span<const double> perBin, const HistogramBars& bars, int bar);

/// The level next to x; `levels` ascending and not empty.
std::size_t nearestLevel(std::span<const float> levels, double x);

}  // namespace halftone::app
