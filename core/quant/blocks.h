// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The byte layouts of GGUF's block formats (facts of the format, see ggml's block_q* structures). A half is an IEEE
// binary16 as bits; codes are packed little end first. Blocks lie unaligned in files: read and write them by memcpy.
namespace halftone::quant {

/// 32 weights, one scale: w = d * (q - 8).
///     | d: half | 16 bytes: low nibble weight i, high nibble weight i + 16 |      4.5 bits per weight
struct BlockQ4_0 {
    std::uint16_t d;
    std::uint8_t q[16];
};
static_assert(sizeof(BlockQ4_0) == 18);

/// 32 weights, scale and minimum: w = d * q + m.
///     | d: half | m: half | 16 bytes of nibbles as in Q4_0 |                      5.0
struct BlockQ4_1 {
    std::uint16_t d, m;
    std::uint8_t q[16];
};
static_assert(sizeof(BlockQ4_1) == 20);

/// 32 weights: w = d * (q - 16); the fifth bit of weight i is bit i of `high`.
///     | d: half | high: 32 bits | 16 bytes of nibbles |                           5.5
struct BlockQ5_0 {
    std::uint16_t d;
    std::uint8_t high[4];
    std::uint8_t q[16];
};
static_assert(sizeof(BlockQ5_0) == 22);

/// 32 weights: w = d * q + m.
///     | d: half | m: half | high: 32 bits | 16 bytes of nibbles |                 6.0
struct BlockQ5_1 {
    std::uint16_t d, m;
    std::uint8_t high[4];
    std::uint8_t q[16];
};
static_assert(sizeof(BlockQ5_1) == 24);

/// 32 weights: w = d * q, q in -127..127.
///     | d: half | 32 signed bytes |                                                8.5
struct BlockQ8_0 {
    std::uint16_t d;
    std::int8_t q[32];
};
static_assert(sizeof(BlockQ8_0) == 34);

constexpr int kSuperBlock = 256;   ///< weights in a super-block of the k-quants

/// 16 sub-blocks of 16: w = d * scale * q - dmin * minimum.
///     | 16 bytes: low nibble scale, high nibble minimum of a sub-block | 64 bytes: 2-bit codes | d, dmin: half |    2.625
/// Codes: byte i of the first 32 holds weights i, i + 32, i + 64, i + 96 of the first 128; the next 32 the second 128.
struct BlockQ2_K {
    std::uint8_t scales[16];
    std::uint8_t q[64];
    std::uint16_t d, dmin;
};
static_assert(sizeof(BlockQ2_K) == 84);

/// 16 sub-blocks of 16: w = d * (scale - 32) * (q - 4), 6-bit scales, 3-bit codes.
///     | 32 bytes: third bits, bit k of byte i is weight 32 k + i | 64 bytes: low two bits as in Q2_K | 12 bytes: scales | d: half |    3.4375
/// Scales: low nibbles of bytes 0..7 are 0..7, high nibbles 8..15; bytes 8..11 hold their upper two bits.
struct BlockQ3_K {
    std::uint8_t high[32];
    std::uint8_t q[64];
    std::uint8_t scales[12];
    std::uint16_t d;
};
static_assert(sizeof(BlockQ3_K) == 110);

/// 8 sub-blocks of 32: w = d * scale * q - dmin * minimum, 6-bit scales and minimums.
///     | d, dmin: half | 12 bytes: scales and minimums | 128 bytes: nibbles |       4.5
/// Byte i of each 32 holds weight i (low) and i + 32 (high) of 64.
struct BlockQ4_K {
    std::uint16_t d, dmin;
    std::uint8_t scales[12];
    std::uint8_t q[128];
};
static_assert(sizeof(BlockQ4_K) == 144);

/// As Q4_K with a fifth bit: bit 2 k of high[i] is that of weight 64 k + i, bit 2 k + 1 of weight 64 k + 32 + i.
///     | d, dmin: half | 12 bytes: scales and minimums | 32 bytes: fifth bits | 128 bytes: nibbles |      5.5
struct BlockQ5_K {
    std::uint16_t d, dmin;
    std::uint8_t scales[12];
    std::uint8_t high[32];
    std::uint8_t q[128];
};
static_assert(sizeof(BlockQ5_K) == 176);

/// 16 sub-blocks of 16: w = d * scale * (q - 32), signed 8-bit scales, 6-bit codes.
///     | 128 bytes: low nibbles | 64 bytes: upper two bits | 16 bytes: scales | d: half |     6.5625
struct BlockQ6_K {
    std::uint8_t low[128];
    std::uint8_t high[64];
    std::int8_t scales[16];
    std::uint16_t d;
};
static_assert(sizeof(BlockQ6_K) == 210);

}  // namespace halftone::quant
