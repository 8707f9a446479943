// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace halftone::app {

// Figures of the lessons, localised. Small ones keep their digits, as errors are compared.
QString digitsText(double value);  ///< four significant digits, no zeros at the end: "0.004283", "4.5"
QString percentText(double share);  ///< "87.3 %"

}  // namespace halftone::app
