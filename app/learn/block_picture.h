// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/learn/number_line.h"
#include "core/lesson/grid.h"

#include <span>

namespace halftone::app {

/// Each weight and the nearest level of the grid, shown from `low` to `high` with a little room at both ends.
NumberLine::Picture blockPicture(std::span<const float> weights, const lesson::Grid& grid, double low, double high);

}  // namespace halftone::app
