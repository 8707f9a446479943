// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/code_book.h"

#include <array>
#include <cstddef>
#include <cstdint>

// The search for scale and points of a sub-block of IQ2 and IQ3, in the order of operations of ggml's reference quantizer.
namespace halftone::quant {

/// The weights of a sub-block on the way to their code. Levels stand for 2 level + 1 here.
struct LatticeBlock {
    static constexpr std::size_t kMostWeights = 32, kMostGroups = 8;
    std::array<float, kMostWeights> x;  ///< magnitudes; one a group is negative where signs must come out even
    std::array<float, kMostWeights> weights;  ///< how much an error of each counts
    std::array<float, kMostWeights> roots;  ///< square roots of these, which choose among neighbours
    std::size_t length;  ///< 16 or 32
};

/// What tells the searches of the formats apart.
struct LatticeSearch {
    enum class Again { Always, AllIfAnyIsOff, ThoseThatAreOff };
    std::size_t groupWeights;  ///< 8 or 4
    int bits, top;  ///< of a level; the largest level
    int tries;  ///< scales tried on either side
    float step;
    Again again;  ///< which points are chosen once more for the best scale found
};

/// Scale and points. The scale may come out negative; then the signs must be turned round.
struct LatticeFit {
    float scale = 0;
    std::array<std::uint16_t, LatticeBlock::kMostGroups> points{};  ///< lattice points, all in the book
};

/// Tries scales around 1 / ((2 top + 1) / largest). `start` is the scale where none of them fits better than nothing.
LatticeFit searchLattice(const LatticeBlock& block, const LatticeSearch& search, const CodeBook& book, float largest, float start);

}  // namespace halftone::quant
