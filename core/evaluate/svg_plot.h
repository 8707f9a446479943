// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace halftone::evaluate {

/// Points of one colour; joined by a line where `joined`, else each with the series' name beside it.
struct SvgSeries {
    std::string name;
    std::string colour;  ///< "#4c86bd"
    std::vector<double> x, y;  ///< as many; what has no place on the axes is left out
    bool joined = false;
};

struct SvgPlot {
    std::string title, xLabel, yLabel;
    bool logarithmic = false;  ///< the y axis
    std::vector<SvgSeries> series;
};

/// Text for markup: quotes, angle brackets and ampersands as entities, control characters left out.
std::string escaped(const std::string& text);
/// The plot as an <svg> element of 520 x 300 for a page. Empty axes where nothing can be shown.
std::string toSvg(const SvgPlot& plot);

}  // namespace halftone::evaluate
