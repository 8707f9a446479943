// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/lesson/grid.h"

#include <cstddef>
#include <span>
#include <vector>

namespace halftone::lesson {

/// A block with one weight made larger, some of its largest weights kept aside, and the grid of what is left.
struct OutlierBlock {
    std::vector<float> weights;  ///< after enlarging
    std::size_t enlarged = 0;  ///< index of the weight that was the block's largest
    std::vector<std::size_t> aside;  ///< indices of those kept as halves, largest first
    Grid grid;  ///< symmetric, reaching the largest weight that is not kept aside
    double rmseOfOthers = 0;  ///< of the weights that are neither enlarged nor kept aside
    double bitsPerWeight = 0;  ///< codes, the scale, and for each weight kept aside 16 bits and its place in the block

    bool isAside(std::size_t index) const;
    double stored(std::size_t index) const;  ///< the value that the block gives back
};

/// `size` is what the largest weight is multiplied by, `aside` how many of the (then) largest are kept; fewer than there are weights. A
/// weight kept aside still has a code, as in a dense block with a sparse correction (T. Dettmers et al., SpQR, 2023).
OutlierBlock withOutlier(std::span<const float> block, double size, std::size_t aside, int bits);

}  // namespace halftone::lesson
