// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/split_search.h"

#include <limits>

// What the searches for splits have in common.
namespace halftone::quant {

/// The best split so far. Splits are offered in the reference's order, because rounding lets a later equal one win at times.
struct BestSplit {
    float score = -std::numeric_limits<float>::max();
    float scale = 0;
    std::size_t first = 0, second = 0;  ///< weights before `first` get level 0, those before `second` level 1
    int choice = -1;  ///< of shifts

    void offer(float product, float square, std::size_t i1, std::size_t i2, int shifts)
    {
        if (!(square > 0 && product * product > score * square))
            return;
        scale = product / square;
        score = scale * product;
        first = i1;
        second = i2;
        choice = shifts;
    }
};

/// Levels of the weights, whose places in ascending order are `order`. A negative scale turns everything round.
template <std::size_t length>
std::optional<SplitFit> splitFit(const BestSplit& best, const std::array<std::uint8_t, length>& order, std::array<bool, 2> down)
{
    if (best.choice < 0)
        return std::nullopt;
    SplitFit fit;
    const bool turned = best.scale < 0;
    for (std::size_t j = 0; j < length; ++j) {
        const int level = int(j >= best.first) + int(j >= best.second);
        fit.levels[order[j]] = std::uint8_t(turned ? 2 - level : level);
    }
    fit.scale = turned ? -best.scale : best.scale;
    fit.down = {down[0] != turned, down[1] != turned};
    return fit;
}

}  // namespace halftone::quant
