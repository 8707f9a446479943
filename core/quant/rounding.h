// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace halftone::quant {

/// The reference's rounding to the nearest integer, ties to even: adding 1.5 * 2^23 leaves the integer in the low mantissa
/// bits. Beyond +-2^22 it wraps, and so must this: the bytes depend on it.
inline int nearest(float value) noexcept
{
    return int(std::bit_cast<std::uint32_t>(value + 12582912.0f) & 0x007fffffu) - 0x00400000;
}

inline int nearestIn(float value, int low, int high) noexcept
{
    return std::clamp(nearest(value), low, high);
}

/// Truncation to an integer as x86's conversion does it: what does not fit becomes INT_MIN instead of undefined.
inline std::int32_t truncate(float value) noexcept
{
    return value >= -2147483648.0f && value < 2147483648.0f ? std::int32_t(value) : INT32_MIN;
}

}  // namespace halftone::quant
