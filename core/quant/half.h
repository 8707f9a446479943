// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace halftone::quant {

/// IEEE binary16 and bfloat16 to and from float, correctly rounded (ties to even), one value at a time.
/// NaN stays NaN. Rows are converted by codec.h, which uses SIMD.
float halfToFloat(std::uint16_t half) noexcept;
std::uint16_t floatToHalf(float value) noexcept;
inline float bfloatToFloat(std::uint16_t bits) noexcept { return std::bit_cast<float>(std::uint32_t(bits) << 16); }
std::uint16_t floatToBfloat(float value) noexcept;

}  // namespace halftone::quant
