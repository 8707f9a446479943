// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/lesson/grid.h"
#include "core/quant/type.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace halftone::lesson {

/// A part of a packed block. Of a k-quant Scale and Minimum are what the sub-blocks' whole numbers are multiplied by.
enum class FieldKind { Scale, Minimum, SubScales, SubScalesAndMinimums, Codes, LowBits, HighBits };
struct Field {
    FieldKind kind;
    std::uint32_t bits;
};

/// The types that are taken apart here: Q8_0, Q4_0, Q4_1, Q4_K, Q6_K.
std::span<const quant::Type> anatomyTypes();
/// The fields of a block, in the order of its bytes (the layouts of core/quant/blocks.h). Requires an anatomy type.
std::span<const Field> fieldsOf(quant::Type type);

/// A number of a sub-block that can be turned: the whole number stored for it, or, where the block stores it as a half, per cent of what
/// was packed.
struct Dial {
    int low = 0, high = 0;  ///< low == high: the type has no such number
    int packed = 0;
    bool isPercent = false;
    bool exists() const { return low < high; }
};

/// Weights that share a scale (and a minimum).
struct SubBlock {
    double scale = 0, minimum = 0;  ///< as packed: w = scale * code + minimum
    Dial scaleDial, minimumDial;
};

/// A packed block taken apart. What a sub-block's dials say makes its grid.
struct Anatomy {
    quant::Type type = quant::Type::Q4_0;
    double d = 0, dmin = 0;  ///< the block's halves; dmin is the minimum m of Q4_1, 0 where the type has none
    std::vector<float> weights;  ///< before packing, a block
    std::vector<std::uint8_t> codes;  ///< as packed, one per weight
    std::vector<SubBlock> subBlocks;

    std::size_t subBlockSize() const { return weights.size() / subBlocks.size(); }
    std::span<const float> weightsOf(std::size_t sub) const;
    Grid grid(std::size_t sub, int scaleDial, int minimumDial) const;
    Grid packedGrid(std::size_t sub) const;
    /// Of the whole block, with one sub-block's weights at the nearest levels of `grid` and the others as packed.
    double rmse(std::size_t sub, const Grid& grid) const;
};

/// Packs the weights, as many as the type's block has, and takes the block apart. Requires an anatomy type and finite weights.
Anatomy dissect(quant::Type type, std::span<const float> weights);

/// The dials whose grid is nearest to the sub-block's weights, of all that there are.
struct BestDials {
    int scale = 0, minimum = 0;
};
BestDials bestDials(const Anatomy& anatomy, std::size_t sub);

}  // namespace halftone::lesson
