// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/matmul.h"

#include <cstddef>

namespace halftone::infer::kernels {

/// A product as the kernels see it.
struct Product {
    PackedMatrix weights;
    std::size_t rowBytes;
    const void* x;          ///< tokens x columns: floats, Block32 or Block256, as the weights' type wants
    std::size_t tokens;
    float* out;             ///< tokens x rows
};

/// Rows are taken in tiles: the rows of a tile share a vector, one row a lane. Ranges begin at a multiple of this.
inline constexpr std::size_t kTileRows = 16;

/// Computes rows [begin, end) for all tokens, with the best instructions of this processor.
void multiplyRows(const Product& product, std::size_t begin, std::size_t end);

void quantize(const float* x, Block32* blocks, std::size_t count);
void quantize(const float* x, Block256* blocks, std::size_t count);

}  // namespace halftone::infer::kernels
