// SPDX-License-Identifier: Apache-2.0
#include "core/quant/small_floats.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace halftone::quant {
namespace {

/// The first of the nearest levels.
std::uint8_t nearestLevel(float x, float scale)
{
    std::uint8_t best = 0;
    float least = std::abs(kLevelsE2M1[0] * scale - x);
    for (std::uint8_t code = 1; code < kLevelsE2M1.size(); ++code) {
        const float error = std::abs(kLevelsE2M1[code] * scale - x);
        if (error < least) {
            least = error;
            best = code;
        }
    }
    return best;
}

}  // namespace

float halfOfE8M0(std::uint8_t e) noexcept
{
    return std::bit_cast<float>(e < 2 ? 0x00200000u << e : std::uint32_t(e - 1) << 23);
}

float halfOfE4M3(std::uint8_t bits) noexcept
{
    const int exponent = (bits >> 3) & 15, mantissa = bits & 7;
    if ((bits & 0x7f) == 0 || bits == 0x7f)
        return 0;
    return exponent == 0 ? std::ldexp(float(mantissa), -10) : std::ldexp(1.0f + float(mantissa) / 8.0f, exponent - 8);
}

std::uint8_t toE4M3(float value) noexcept
{
    constexpr std::uint32_t kLargest = 0x7e, kBeyond = 0x78;
    if (!(value > 0))
        return 0;
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(std::min(value, 448.0f));
    const int exponent = int(bits >> 23) - 127 + 7;
    if (exponent <= 0)  // multiples of 2^-9; a mantissa of 8 would be the smallest normal number, but is cut to 7
        return std::uint8_t(std::min(7, int(value * 512.0f + 0.5f)));
    const std::uint32_t rounded = (std::uint32_t(exponent) << 3 | ((bits >> 20) & 7)) + ((bits >> 19) & 1);
    return std::uint8_t(rounded >= kBeyond ? kLargest : rounded);
}

std::uint8_t exponentForMXFP4(float top) noexcept
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(top), mantissa = bits & 0x7fffffu;
    // Away from powers of two and subnormal numbers the logarithm only reads the exponent.
    constexpr std::uint32_t kNear = 512;
    if (bits >= 0x00800000u && mantissa > kNear && mantissa < 0x800000u - kNear)
        return std::uint8_t(int(bits >> 23) - 2);
    return top > 0 ? std::uint8_t(int(std::floor(std::log2(top))) - 2 + 127) : std::uint8_t(0);
}

void packLevelsE2M1(const float* x, std::size_t count, float scale, std::uint8_t* q) noexcept
{
    for (std::size_t i = 0; i < count / 2; ++i)
        q[i] = std::uint8_t(nearestLevel(x[i], scale) | nearestLevel(x[i + count / 2], scale) << 4);
}

}  // namespace halftone::quant
