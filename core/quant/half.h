// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace halftone::quant {

/// IEEE binary16 and bfloat16 to and from float, correctly rounded (ties to even), one value at a time.
/// NaN stays NaN. Rows are converted by codec.h, which uses SIMD.
float halfToFloat(std::uint16_t half) noexcept;
inline std::uint16_t floatToHalf(float value) noexcept
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = std::uint16_t((bits >> 16) & 0x8000u);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)  // NaN, kept quiet
        return std::uint16_t(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
    if (magnitude >= 0x477ff000u)  // 65520 and above round to infinity
        return std::uint16_t(sign | 0x7c00u);
    if (magnitude < 0x38800000u) {  // below 2^-14: the float adder rounds to a multiple of 2^-24, ties to even
        const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
        return std::uint16_t(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f000000u));
    }
    const std::uint32_t rounded = magnitude + 0xfffu + ((magnitude >> 13) & 1u);
    return std::uint16_t(sign | ((rounded - 0x38000000u) >> 13));
}
inline float bfloatToFloat(std::uint16_t bits) noexcept
{
    return std::bit_cast<float>(std::uint32_t(bits) << 16);
}
std::uint16_t floatToBfloat(float value) noexcept;

}  // namespace halftone::quant
