// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/histogram_bars.h"

#include <algorithm>
#include <cmath>

namespace halftone::app {

int HistogramBars::barAt(double x) const
{
    if (width <= 0 || x < low || x > left(counts.size()))
        return -1;
    return std::min(int((x - low) / width), int(counts.size()) - 1);
}

HistogramBars joinBins(const inspect::Histogram& histogram, double low, double high, int maxBars)
{
    HistogramBars bars;
    const double binWidth = histogram.binWidth();
    const std::size_t bins = histogram.counts.size();
    if (bins == 0 || !(binWidth > 0) || !(high > low) || maxBars < 1)
        return bars;
    const double visible = std::min(high, histogram.high) - std::max(low, histogram.low);
    if (visible <= 0)
        return bars;
    bars.binsPerBar = std::max<std::size_t>(1, std::size_t(std::ceil(visible / binWidth / maxBars)));
    const auto binAt = [&](double x) { return std::clamp((x - histogram.low) / binWidth, 0.0, double(bins)); };
    bars.firstBin = std::size_t(binAt(low)) / bars.binsPerBar * bars.binsPerBar;
    const std::size_t end = std::size_t(std::ceil(binAt(high)));
    bars.low = histogram.low + double(bars.firstBin) * binWidth;
    bars.width = double(bars.binsPerBar) * binWidth;
    for (std::size_t bin = bars.firstBin; bin < end; bin += bars.binsPerBar) {
        double count = 0;
        for (std::size_t i = bin; i < std::min(bin + bars.binsPerBar, bins); ++i)
            count += double(histogram.counts[i]);
        bars.counts.push_back(count);
    }
    return bars;
}

double meanOverBar(const inspect::Histogram& histogram, std::span<const double> perBin, const HistogramBars& bars, int bar)
{
    if (bar < 0 || perBin.size() != histogram.counts.size())
        return 0;
    double sum = 0, count = 0;
    const std::size_t first = bars.firstBin + std::size_t(bar) * bars.binsPerBar;
    for (std::size_t i = first; i < std::min(first + bars.binsPerBar, perBin.size()); ++i) {
        sum += perBin[i] * double(histogram.counts[i]);
        count += double(histogram.counts[i]);
    }
    return count > 0 ? sum / count : 0;
}

std::size_t nearestLevel(std::span<const float> levels, double x)
{
    const auto above = std::lower_bound(levels.begin(), levels.end(), float(x));
    if (above == levels.begin())
        return 0;
    if (above == levels.end() || x - *(above - 1) <= *above - x)
        return std::size_t(above - levels.begin()) - 1;
    return std::size_t(above - levels.begin());
}

}  // namespace halftone::app
