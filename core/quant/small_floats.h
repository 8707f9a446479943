// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// The small floats of MXFP4 and NVFP4 (OCP Microscaling formats; NVIDIA's NVFP4).
namespace halftone::quant {

/// What the codes of E2M1 stand for, doubled to be whole; the scales below are halved in turn.
inline constexpr std::array<float, 16> kLevelsE2M1{0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

/// 2^(e - 128).
float halfOfE8M0(std::uint8_t e) noexcept;
/// Half of an unsigned E4M3 (bias 7). 0x7f is no number and counts as zero.
float halfOfE4M3(std::uint8_t bits) noexcept;
/// To the nearest with ties up; all from 248 on becomes 448, the largest number, as in the reference.
std::uint8_t toE4M3(float value) noexcept;
/// The exponent that puts `top`, the largest magnitude of a block, between 4 and 8 times the scale. For the smallest ones the byte wraps
/// as the reference's does.
std::uint8_t exponentForMXFP4(float top) noexcept;

/// Codes of `count` weights, each the first of the nearest levels: weight i in the low, weight i + count / 2 in the high nibble.
void packLevelsE2M1(const float* x, std::size_t count, float scale, std::uint8_t* q) noexcept;

}  // namespace halftone::quant
