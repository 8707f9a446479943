// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/block_picture.h"

namespace halftone::app {
namespace {

constexpr double kRoom = 0.04;

}  // namespace

NumberLine::Picture blockPicture(std::span<const float> weights, const lesson::Grid& grid, double low, double high)
{
    NumberLine::Picture picture;
    for (const float each : weights) {
        const double weight = double(each);
        const int code = grid.code(weight);
        picture.points.append({weight, grid.level(code), code, NumberLine::Mark::None});
    }
    for (const double level : grid.levels())
        picture.levels.append(level);
    const double room = high > low ? (high - low) * kRoom : 1;
    picture.low = low - room;
    picture.high = high + room;
    return picture;
}

}  // namespace halftone::app
