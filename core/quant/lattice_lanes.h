// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/lattice_search.h"

namespace halftone::quant {

/// searchLattice with all scales tried side by side in SIMD lanes, and the neighbours of a point side by side: the same operations in the
/// same order for each, so the same result bit for bit.
LatticeFit searchLatticeLanes(const LatticeBlock& block, const LatticeSearch& search, const CodeBook& book, float largest, float start);

}  // namespace halftone::quant
