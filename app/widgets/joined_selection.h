// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QItemSelection>

namespace halftone::app {

/// These cells of one model, each with its row up to `lastColumn` (-1: the cell alone), in as few ranges as may be: neighbours in a column
/// are one. Views take time that grows with the square of the number of ranges, so a range for each of ten thousand rows stalls them.
QItemSelection joinedSelection(const QModelIndexList& cells, int lastColumn = -1);

}  // namespace halftone::app
