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

constexpr int kSuperBlock = 256;  ///< weights in a super-block of the k-quants

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
///     | 32 bytes: third bits, bit k of byte i is weight 32 k + i | 64 bytes: low two bits as in Q2_K | 12 bytes: scales | d: half
///     |    3.4375
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

/// 128 weights of one magnitude: w = d where bit i % 8 of byte i / 8 is set, else -d.
///     | d: half | 16 bytes: signs |                                                1.125
struct BlockQ1_0 {
    std::uint16_t d;
    std::uint8_t q[16];
};
static_assert(sizeof(BlockQ1_0) == 18);

/// 64 weights: w = d * (q - 1), q in 0..3; weight i is at bits 2 (i % 4) of byte i / 4.
///     | d: half | 16 bytes: 2-bit codes |                                          2.25
struct BlockQ2_0 {
    std::uint16_t d;
    std::uint8_t q[16];
};
static_assert(sizeof(BlockQ2_0) == 18);

/// 256 weights: w = d * (q - 1), q in 0..2; five trits to a byte, the first weighs most. A byte holds ceil(256 / 243 * number), so that
/// multiplying it by 3 (modulo 256) moves the next trit above its eight bits.
///     | 48 bytes: five trits | 4 bytes: four trits | d: half |                     1.6875
/// Byte i < 32 holds weights i + 32 k of the first 160, byte 32 + i weights i + 16 k of the next 80, byte i of `high` weights i + 4 k of
/// the last 16.
struct BlockTQ1_0 {
    std::uint8_t q[48];
    std::uint8_t high[4];
    std::uint16_t d;
};
static_assert(sizeof(BlockTQ1_0) == 54);

/// 256 weights: w = d * (q - 1), q in 0..2.
///     | 64 bytes: 2-bit codes as in Q2_K | d: half |                               2.0625
struct BlockTQ2_0 {
    std::uint8_t q[64];
    std::uint16_t d;
};
static_assert(sizeof(BlockTQ2_0) == 66);

/// 32 weights of the OCP Microscaling format: w = 2^(e - 127) * E2M1, where code c is sign, two bits of exponent, one of mantissa.
///     | e: E8M0 | 16 bytes of nibbles as in Q4_0 |                                 4.25
struct BlockMXFP4 {
    std::uint8_t e;
    std::uint8_t q[16];
};
static_assert(sizeof(BlockMXFP4) == 17);

/// 4 sub-blocks of 16: w = d * E2M1, each with its own scale of 4 bits of exponent and 3 of mantissa (bias 7, no sign).
///     | 4 bytes: d, E4M3 | 4 x 8 bytes: low nibble weight i, high nibble weight i + 8 of a sub-block |      4.5
struct BlockNVFP4 {
    std::uint8_t d[4];
    std::uint8_t q[32];
};
static_assert(sizeof(BlockNVFP4) == 36);

/// 32 weights: w = d * level[q], levels from a fixed table of 16.
///     | d: half | 16 bytes of nibbles as in Q4_0 |                                 4.5
struct BlockIQ4_NL {
    std::uint16_t d;
    std::uint8_t q[16];
};
static_assert(sizeof(BlockIQ4_NL) == 18);

/// 8 sub-blocks of 32: w = d * (scale - 32) * level[q], 6-bit scales, levels of IQ4_NL.
///     | d: half | 16 bits: upper two bits of the scales | 4 bytes: their low nibbles | 8 x 16 bytes of nibbles as in Q4_0 |      4.25
struct BlockIQ4_XS {
    std::uint16_t d;
    std::uint16_t scalesHigh;
    std::uint8_t scalesLow[4];
    std::uint8_t q[128];
};
static_assert(sizeof(BlockIQ4_XS) == 136);

// The i-quants below name points of a code book: eight weights (IQ3: four) are coded together. Signs lie beside the point; "7 signs"
// are those of the first seven weights, and the eighth makes the number of minus signs even.

/// 8 sub-blocks of 32: w = +-d * (scale + 1/2) / 4 * level.
///     | d: half | 8 x (4 bytes: points | 32 bits: 4 x 7 signs, 4 bits of scale) |      2.0625
struct BlockIQ2_XXS {
    std::uint16_t d;
    std::uint8_t q[64];
};
static_assert(sizeof(BlockIQ2_XXS) == 66);

/// 16 sub-blocks of 16: w = +-d * (scale + 1/2) / 4 * level.
///     | d: half | 32 x 16 bits: point (9), 7 signs | 8 bytes: two 4-bit scales |      2.3125
struct BlockIQ2_XS {
    std::uint16_t d;
    std::uint16_t q[32];
    std::uint8_t scales[8];
};
static_assert(sizeof(BlockIQ2_XS) == 74);

/// 16 sub-blocks of 16: w = +-d * (scale + 1/2) / 4 * level.
///     | d: half | 32 bytes: low bits of the points | 32 bytes: 8 signs | 8 bytes: upper two bits of the points | 8 bytes: scales
///     |      2.5625
struct BlockIQ2_S {
    std::uint16_t d;
    std::uint8_t q[32];
    std::uint8_t signs[32];
    std::uint8_t high[8];
    std::uint8_t scales[8];
};
static_assert(sizeof(BlockIQ2_S) == 82);

/// 8 sub-blocks of 32: w = +-d * (scale + 1/2) / 2 * level.
///     | d: half | 64 bytes: points of four weights | 8 x 32 bits: 4 x 7 signs, 4 bits of scale |      3.0625
struct BlockIQ3_XXS {
    std::uint16_t d;
    std::uint8_t q[64];
    std::uint8_t signs[32];
};
static_assert(sizeof(BlockIQ3_XXS) == 98);

/// 8 sub-blocks of 32: w = +-d * (2 scale + 1) * level.
///     | d: half | 64 bytes: low bits of the points | 8 bytes: their ninth bits | 32 bytes: 8 signs | 4 bytes: two 4-bit scales
///     |      3.4375
struct BlockIQ3_S {
    std::uint16_t d;
    std::uint8_t q[64];
    std::uint8_t high[8];
    std::uint8_t signs[32];
    std::uint8_t scales[4];
};
static_assert(sizeof(BlockIQ3_S) == 110);

/// 8 sub-blocks of 32: w = d * (2 scale + 1) * (level + shift), levels -1, 0, 1, shift +-1/8.
///     | d: half | 32 bytes: low bits of the points | 8 x 16 bits: 4 x 3 upper bits, 3 bits of scale, shift is negative |      1.5625
struct BlockIQ1_S {
    std::uint16_t d;
    std::uint8_t q[32];
    std::uint16_t high[8];
};
static_assert(sizeof(BlockIQ1_S) == 50);

/// 16 sub-blocks of 16, each point with its own shift: w = d * (2 scale + 1) * (level + shift).
///     | 32 bytes: low bits of the points | 16 x 2 nibbles: 3 upper bits, shift is negative | 4 x 16 bits: 4 x 3-bit scales, a nibble of d
///     |      1.75
struct BlockIQ1_M {
    std::uint8_t q[32];
    std::uint8_t high[16];
    std::uint16_t scales[4];
};
static_assert(sizeof(BlockIQ1_M) == 56);

}  // namespace halftone::quant
