// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/code_book_points.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace halftone::infer {

/// The points of a code book as SIMD lanes take them apart, four bits after each other. Of a point of eight weights, four bits `i` hold the
/// levels of weights i and 4 + i, of a point of four weights the level of weight i.
template <std::size_t Points>
struct PointLevels {
    alignas(64) std::array<std::uint16_t, Points> nibbles;
    alignas(64) std::array<std::uint32_t, Points> bytes;  ///< the same, spread
};

constexpr std::uint32_t levelsOfEight(std::uint32_t point, unsigned i)
{
    return (point >> (2 * i) & 3) | (point >> (2 * (i + 4)) & 3) << 2;
}

constexpr std::uint32_t levelsOfFour(std::uint32_t point, unsigned i)
{
    return point >> (3 * i) & 7;
}

template <std::size_t Points>
constexpr PointLevels<Points> pointLevels(const std::array<std::uint16_t, Points>& points, std::uint32_t (*levels)(std::uint32_t, unsigned))
{
    PointLevels<Points> all{};
    for (std::size_t p = 0; p < Points; ++p)
        for (unsigned i = 0; i < 4; ++i) {
            all.nibbles[p] = std::uint16_t(all.nibbles[p] | levels(points[p], i) << (4 * i));
            all.bytes[p] |= levels(points[p], i) << (8 * i);
        }
    return all;
}

inline constexpr auto kLevelsOfIQ2_XXS = pointLevels(quant::kPointsIQ2_XXS, levelsOfEight);
inline constexpr auto kLevelsOfIQ2_XS = pointLevels(quant::kPointsIQ2_XS, levelsOfEight);
inline constexpr auto kLevelsOfIQ2_S = pointLevels(quant::kPointsIQ2_S, levelsOfEight);
inline constexpr auto kLevelsOfIQ3_XXS = pointLevels(quant::kPointsIQ3_XXS, levelsOfFour);
inline constexpr auto kLevelsOfIQ3_S = pointLevels(quant::kPointsIQ3_S, levelsOfFour);
inline constexpr auto kLevelsOfIQ1 = pointLevels(quant::kPointsIQ1, levelsOfEight);

/// Looks up both 16-bit halves of `count` vectors of `lanes` words: the lower halves of vector i in out[2 i], the upper ones in
/// out[2 i + 1]. Plain loads, because gathering takes twice as long; here and not in a kernel, where the compiler would gather.
void lookUpPairs(const std::uint32_t* entries, const std::uint32_t* pairs, std::size_t count, std::size_t lanes, std::uint32_t* out);

}  // namespace halftone::infer
