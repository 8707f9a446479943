// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace halftone::infer {

/// Signed bytes with a half as scale for every 32 of them (the last block may be shorter) to floats, SIMD chosen at run time.
inline constexpr std::size_t kScaledBlock = 32;

/// Blocks run down the columns: out[r][c] = levels[r][c] * scales[r / 32][c], row-major, `columns` a multiple of 16.
void widenColumns(std::span<const std::int8_t> levels, std::span<const std::uint16_t> scales, std::size_t columns, std::span<float> out);
/// Blocks run along the row: out[i] = levels[i] * scales[i / 32]; a multiple of 16 elements.
void widenBlocks(std::span<const std::int8_t> levels, std::span<const std::uint16_t> scales, std::span<float> out);

}  // namespace halftone::infer
