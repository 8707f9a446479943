// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

// How k-quants pack the scales (and minimums) of their sub-blocks into 12 bytes.
namespace halftone::quant {

/// Q4_K and Q5_K: 6-bit scale and minimum of sub-block `sub` (0..7). Bytes 0..3 hold scales 0..3, bytes 4..7 minimums
/// 0..3; bytes 8..11 the low nibbles of scales and minimums 4..7, whose upper two bits are those of bytes 0..7.
inline std::pair<int, int> scaleAndMinimum(const std::uint8_t* packed, int sub)
{
    if (sub < 4)
        return {packed[sub] & 63, packed[sub + 4] & 63};
    return {(packed[sub + 4] & 15) | (packed[sub - 4] >> 6) << 4, (packed[sub + 4] >> 4) | (packed[sub] >> 6) << 4};
}

inline void packScaleAndMinimum(std::uint8_t* packed, int sub, int scale, int minimum)
{
    if (sub < 4) {
        packed[sub] = std::uint8_t(scale);
        packed[sub + 4] = std::uint8_t(minimum);
    } else {
        packed[sub + 4] = std::uint8_t((scale & 15) | (minimum & 15) << 4);
        packed[sub - 4] = std::uint8_t(packed[sub - 4] | (scale >> 4) << 6);
        packed[sub] = std::uint8_t(packed[sub] | (minimum >> 4) << 6);
    }
}

/// Q3_K: 6-bit scale of sub-block `sub` (0..15), offset by 32.
inline int scaleQ3_K(const std::uint8_t* packed, int sub)
{
    const int low = sub < 8 ? packed[sub] & 15 : packed[sub - 8] >> 4;
    return low | ((packed[8 + sub % 4] >> (2 * (sub / 4))) & 3) << 4;
}

/// `packed` starts as zeros; sub-blocks in order.
inline void packScaleQ3_K(std::uint8_t* packed, int sub, int scale)
{
    packed[sub % 8] = std::uint8_t(packed[sub % 8] | (scale & 15) << (sub < 8 ? 0 : 4));
    packed[8 + sub % 4] = std::uint8_t(packed[8 + sub % 4] | (scale >> 4) << (2 * (sub / 4)));
}

}  // namespace halftone::quant
