// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/code_book_points.h"

#include <array>
#include <cstddef>
#include <cstdint>

/// The points of the code books as SIMD lanes take them apart: the level of weight i (0..3) of eight is the low nibble of byte i, that
/// of weight 4 + i the high one. A point of four weights has low nibbles only.
namespace halftone::infer {

constexpr std::uint32_t nibblesOfEight(std::uint32_t point)
{
    std::uint32_t nibbles = 0;
    for (unsigned i = 0; i < 8; ++i)
        nibbles |= (point >> (2 * i) & 3) << (8 * (i % 4) + 4 * (i / 4));
    return nibbles;
}

constexpr std::uint32_t nibblesOfFour(std::uint32_t point)
{
    std::uint32_t nibbles = 0;
    for (unsigned i = 0; i < 4; ++i)
        nibbles |= (point >> (3 * i) & 7) << (8 * i);
    return nibbles;
}

template <std::size_t Points>
constexpr std::array<std::uint32_t, Points> allNibbles(const std::array<std::uint16_t, Points>& points,
                                                       std::uint32_t (*nibbles)(std::uint32_t))
{
    std::array<std::uint32_t, Points> all{};
    for (std::size_t i = 0; i < Points; ++i)
        all[i] = nibbles(points[i]);
    return all;
}

alignas(64) inline constexpr auto kNibblesIQ2_XXS = allNibbles(quant::kPointsIQ2_XXS, nibblesOfEight);
alignas(64) inline constexpr auto kNibblesIQ2_XS = allNibbles(quant::kPointsIQ2_XS, nibblesOfEight);
alignas(64) inline constexpr auto kNibblesIQ2_S = allNibbles(quant::kPointsIQ2_S, nibblesOfEight);
alignas(64) inline constexpr auto kNibblesIQ3_XXS = allNibbles(quant::kPointsIQ3_XXS, nibblesOfFour);
alignas(64) inline constexpr auto kNibblesIQ3_S = allNibbles(quant::kPointsIQ3_S, nibblesOfFour);
alignas(64) inline constexpr auto kNibblesIQ1 = allNibbles(quant::kPointsIQ1, nibblesOfEight);

}  // namespace halftone::infer
