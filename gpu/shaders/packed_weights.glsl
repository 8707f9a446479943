// SPDX-License-Identifier: Apache-2.0
// Packed weights as floats, eight at a time: the one place where shaders know GGUF's types. Block layouts are those of
// core/quant/blocks.h. Bytes are cut out of 32-bit words, so that no device needs 8- or 16-bit storage. Whoever includes this declares
// the buffers `weights` and `tables` (uint[], see weight_tables.h) and `columns`, of a row. With EXACT_WEIGHTS the floats are the CPU's, bit
// for bit; without it drivers may join products and sums.

#ifdef EXACT_WEIGHTS
#include "numbers.glsl"
#define EXACT precise
#else
#define EXACT
#endif

layout(constant_id = 0) const uint kType = 0;  // GGUF's id
layout(constant_id = 1) const uint kBlockEights = 1;  // of a block; floats count as blocks of one eight
layout(constant_id = 2) const uint kBlockBytes = 32;

const uint kF32 = 0, kF16 = 1, kQ4_0 = 2, kQ4_1 = 3, kQ5_0 = 6, kQ5_1 = 7, kQ8_0 = 8, kQ2_K = 10, kQ3_K = 11, kQ4_K = 12, kQ5_K = 13,
           kQ6_K = 14, kIQ2_XXS = 16, kIQ2_XS = 17, kIQ3_XXS = 18, kIQ1_S = 19, kIQ4_NL = 20, kIQ3_S = 21, kIQ2_S = 22, kIQ4_XS = 23,
           kIQ1_M = 29, kBF16 = 30, kTQ1_0 = 34, kTQ2_0 = 35, kMXFP4 = 39, kNVFP4 = 40, kQ1_0 = 41, kQ2_0 = 42;

// Places in `tables`, as in weight_tables.h.
const uint kLevelsIQ4 = 0, kLevelsE2M1 = 16, kLevelsIQ2 = 32, kLevelsIQ3_XXS = 36, kLevelsIQ3_S = 44, kLevelsIQ1 = 52;
const uint kPointsIQ2_XXS = 64, kPointsIQ2_XS = 320, kPointsIQ2_S = 832, kPointsIQ1 = 1856, kPointsIQ3_XXS = 3904, kPointsIQ3_S = 4160;

struct Eight {
    vec4 low, high;  // weights 0..3 and 4..7
};

Eight scaled(Eight x, float scale)
{
    EXACT vec4 low = x.low * scale, high = x.high * scale;
    return Eight(low, high);
}
Eight affine(Eight x, float scale, float offset)
{
    EXACT vec4 low = x.low * scale + offset, high = x.high * scale + offset;
    return Eight(low, high);
}

#ifdef EXACT_WEIGHTS
float halfOf(uint bits) { return fromHalf(bits & 0xffffu); }
vec2 halvesOf(uint word) { return vec2(fromHalf(word & 0xffffu), fromHalf(word >> 16)); }
#else
float halfOf(uint bits) { return unpackHalf2x16(bits).x; }
vec2 halvesOf(uint word) { return unpackHalf2x16(word); }
#endif

uint byteAt(uint at) { return weights[at >> 2] >> ((at & 3) * 8) & 255; }
// `at` is even.
uint halfBitsAt(uint at) { return weights[at >> 2] >> ((at & 2) * 8) & 0xffff; }
float halfAt(uint at) { return halfOf(halfBitsAt(at)); }
uint wordAt(uint at)
{
    const uint shift = (at & 3) * 8, word = weights[at >> 2] >> shift;
    return shift == 0 ? word : word | weights[(at >> 2) + 1] << (32 - shift);
}
uint nibbleAt(uint at, uint i) { return byteAt(at + i / 2) >> (i % 2 * 4) & 15; }
float tableAt(uint at) { return uintBitsToFloat(tables[at]); }

vec4 bytesOf(uint word) { return vec4(uvec4(word, word >> 8, word >> 16, word >> 24) & 255); }
vec4 signedBytesOf(uint word) { return vec4(ivec4(uvec4(word << 24, word << 16, word << 8, word)) >> 24); }
// Four bits, one to a byte.
uint spread(uint bits) { return (bits & 15) * 0x00204081 & 0x01010101; }

// Eight codes from as many bytes; `mask` has the bits of one code in each byte.
Eight codesAt(uint at, uint shift, uint mask)
{
    return Eight(bytesOf(wordAt(at) >> shift & mask), bytesOf(wordAt(at + 4) >> shift & mask));
}
// Nibbles with a further bit from `high`, one to a byte at `bit`.
Eight codesWithBitAt(uint at, uint shift, uint high, uint bit)
{
    return Eight(bytesOf(wordAt(at) >> shift & 0x0f0f0f0f | (wordAt(high) >> bit & 0x01010101) << 4),
                 bytesOf(wordAt(at + 4) >> shift & 0x0f0f0f0f | (wordAt(high + 4) >> bit & 0x01010101) << 4));
}
// The legacy layout: weight i of 32 in the low nibble, i + 16 in the high one.
Eight nibblesAt(uint at, uint e) { return codesAt(at + e % 2 * 8, e / 2 * 4, 0x0f0f0f0f); }
Eight fiveBitsAt(uint at, uint high, uint e)
{
    const uint place = at + e % 2 * 8, shift = e / 2 * 4, bits = wordAt(high) >> (e * 8);
    return Eight(bytesOf(wordAt(place) >> shift & 0x0f0f0f0f | spread(bits) << 4),
                 bytesOf(wordAt(place + 4) >> shift & 0x0f0f0f0f | spread(bits >> 4) << 4));
}
// Codes become what a table of levels says.
vec4 levelsOf(vec4 codes, uint table)
{
    const uvec4 at = uvec4(codes) + table;
    return vec4(tableAt(at.x), tableAt(at.y), tableAt(at.z), tableAt(at.w));
}
Eight levelsOf(Eight codes, uint table) { return Eight(levelsOf(codes.low, table), levelsOf(codes.high, table)); }

// Numbers whose bit of `signs` is set, turned round.
vec4 turned(vec4 x, uint signs) { return uintBitsToFloat(floatBitsToUint(x) ^ (uvec4(signs, signs >> 1, signs >> 2, signs >> 3) & 1) << 31); }

// Levels of a point of a code book, two or three bits each, the first weight lowest; set bits of `signs` turn weights round.
Eight pointOf(uint first, uint second, uint bits, uint table, uint signs, float scale)
{
    const uvec4 shift = uvec4(0, 1, 2, 3) * bits;
    const uint mask = (1 << bits) - 1;
    const Eight codes = Eight(vec4(uvec4(first) >> shift & mask), vec4(uvec4(second) >> shift & mask));
    const Eight levels = levelsOf(codes, table);
    const Eight weights = scaled(levels, scale);
    return Eight(turned(weights.low, signs), turned(weights.high, signs >> 4));
}
Eight pointOfTwoBits(uint point, uint signs, float scale) { return pointOf(point, point >> 8, 2, kLevelsIQ2, signs, scale); }
// Seven signs and the eighth that makes the number of minus signs even.
uint evenSigns(uint seven) { return seven | (bitCount(seven) & 1) << 7; }
// With the shift downwards the levels are those upwards turned round, the lowest being the highest.
Eight pointIQ1(uint index, bool down, float scale)
{
    const uint up = tables[kPointsIQ1 + index], point = down ? 0xaaaa - up : up;
    return pointOf(point, point >> 8, 2, kLevelsIQ1, 0, down ? -scale : scale);
}

// Q4_K and Q5_K: six bits of scale and of minimum of sub-block `sub`, packed into 12 bytes.
uvec2 scaleAndMinimum(uint at, uint sub)
{
    if (sub < 4)
        return uvec2(byteAt(at + sub), byteAt(at + sub + 4)) & 63;
    const uint low = byteAt(at + sub + 4);
    return uvec2(low & 15 | byteAt(at + sub - 4) >> 6 << 4, low >> 4 | byteAt(at + sub) >> 6 << 4);
}

Eight unpackQ2_K(uint b, uint e)
{
    const uint packed = byteAt(b + e / 2);
    const Eight codes = codesAt(b + 16 + e / 16 * 32 + e % 4 * 8, e % 16 / 4 * 2, 0x03030303);
    return affine(codes, halfAt(b + 80) * float(packed & 15), -halfAt(b + 82) * float(packed >> 4));
}

Eight unpackQ3_K(uint b, uint e)
{
    const uint sub = e / 2, scales = b + 96, bit = e / 4, high = b + e % 4 * 8;
    const uint scale = nibbleAt(scales, sub % 8 * 2 + sub / 8) | (byteAt(scales + 8 + sub % 4) >> (sub / 4 * 2) & 3) << 4;
    const Eight low = codesAt(b + 32 + e / 16 * 32 + e % 4 * 8, e % 16 / 4 * 2, 0x03030303);
    const Eight third = codesAt(high, bit, 0x01010101);
    return scaled(Eight(low.low + 4 * third.low - 4, low.high + 4 * third.high - 4), halfAt(b + 108) * (float(scale) - 32));
}

Eight unpackQ4_K(uint b, uint e)
{
    const uvec2 packed = scaleAndMinimum(b + 4, e / 4);
    const Eight codes = codesAt(b + 16 + e / 8 * 32 + e % 4 * 8, e % 8 / 4 * 4, 0x0f0f0f0f);
    return affine(codes, halfAt(b) * float(packed.x), -halfAt(b + 2) * float(packed.y));
}

Eight unpackQ5_K(uint b, uint e)
{
    const uvec2 packed = scaleAndMinimum(b + 4, e / 4);
    const Eight codes = codesWithBitAt(b + 48 + e / 8 * 32 + e % 4 * 8, e % 8 / 4 * 4, b + 16 + e % 4 * 8, e / 4);
    return affine(codes, halfAt(b) * float(packed.x), -halfAt(b + 2) * float(packed.y));
}

Eight unpackQ6_K(uint b, uint e)
{
    const uint part = e % 16 / 4, low = b + e / 16 * 64 + part % 2 * 32 + e % 4 * 8, high = b + 128 + e / 16 * 32 + e % 4 * 8;
    const Eight nibbles = codesAt(low, part / 2 * 4, 0x0f0f0f0f), upper = codesAt(high, part * 2, 0x03030303);
    const float scale = float(int(byteAt(b + 192 + e / 2) << 24) >> 24);
    return scaled(Eight(nibbles.low + 16 * upper.low - 32, nibbles.high + 16 * upper.high - 32), halfAt(b + 208) * scale);
}

Eight unpackIQ4_XS(uint b, uint e)
{
    const uint sub = e / 4, scale = nibbleAt(b + 4, sub) | (halfBitsAt(b + 2) >> (sub * 2) & 3) << 4;
    return scaled(levelsOf(nibblesAt(b + 8 + sub * 16, e % 4), kLevelsIQ4), halfAt(b) * (float(scale) - 32));
}

Eight unpackIQ2_XXS(uint b, uint e)
{
    const uint q = b + 2 + e / 4 * 8, signs = wordAt(q + 4);
    const float scale = halfAt(b) * (0.5 + float(signs >> 28)) * 0.25;
    return pointOfTwoBits(tables[kPointsIQ2_XXS + byteAt(q + e % 4)], evenSigns(signs >> (e % 4 * 7) & 127), scale);
}

Eight unpackIQ2_XS(uint b, uint e)
{
    const uint q = halfBitsAt(b + 2 + e * 2);
    const float scale = halfAt(b) * (0.5 + float(nibbleAt(b + 66, e / 2))) * 0.25;
    return pointOfTwoBits(tables[kPointsIQ2_XS + (q & 511)], evenSigns(q >> 9), scale);
}

Eight unpackIQ2_S(uint b, uint e)
{
    const uint high = byteAt(b + 66 + e / 4) >> (e % 4 * 2) & 3;
    const float scale = halfAt(b) * (0.5 + float(nibbleAt(b + 74, e / 2))) * 0.25;
    return pointOfTwoBits(tables[kPointsIQ2_S + (byteAt(b + 2 + e) | high << 8)], byteAt(b + 34 + e), scale);
}

Eight unpackIQ3_XXS(uint b, uint e)
{
    const uint q = b + 2 + e * 2, signs = wordAt(b + 66 + e / 4 * 4);
    const float scale = halfAt(b) * (0.5 + float(signs >> 28)) * 0.5;
    return pointOf(tables[kPointsIQ3_XXS + byteAt(q)], tables[kPointsIQ3_XXS + byteAt(q + 1)], 3, kLevelsIQ3_XXS,
                   evenSigns(signs >> (e % 4 * 7) & 127), scale);
}

Eight unpackIQ3_S(uint b, uint e)
{
    const uint q = b + 2 + e * 2, high = byteAt(b + 66 + e / 4) >> (e % 4 * 2);
    const float scale = halfAt(b) * (1 + 2 * float(nibbleAt(b + 106, e / 4)));
    return pointOf(tables[kPointsIQ3_S + (byteAt(q) | (high & 1) << 8)], tables[kPointsIQ3_S + (byteAt(q + 1) | (high & 2) << 7)], 3,
                   kLevelsIQ3_S, byteAt(b + 74 + e), scale);
}

Eight unpackIQ1_S(uint b, uint e)
{
    const uint high = halfBitsAt(b + 34 + e / 4 * 2);
    const float scale = halfAt(b) * (2 * float(high >> 12 & 7) + 1);
    return pointIQ1(byteAt(b + 2 + e) | (high >> (e % 4 * 3) & 7) << 8, high >= 0x8000, scale);
}

Eight unpackIQ1_M(uint b, uint e)
{
    const uint scales = b + 48, high = nibbleAt(b + 32, e);
    uint d = 0;
    for (uint i = 0; i < 4; ++i)
        d |= halfBitsAt(scales + 2 * i) >> 12 << (4 * i);
    const float scale = halfOf(d) * (2 * float(halfBitsAt(scales + e / 8 * 2) >> (e / 2 % 4 * 3) & 7) + 1);
    return pointIQ1(byteAt(b + e) | (high & 7) << 8, high >= 8, scale);
}

// The trit that is highest after 3^power has moved the others out, less one, of each of four bytes.
vec4 tritsOf(uint word, uint power)
{
    const uint factor = power == 0 ? 1 : power == 1 ? 3 : power == 2 ? 9 : power == 3 ? 27 : 81;
    const uvec4 bytes = uvec4(word, word >> 8, word >> 16, word >> 24) & 255;
    return vec4((bytes * factor & 255) * 3 >> 8) - 1;
}

Eight unpackTQ1_0(uint b, uint e)
{
    // Five trits of 32 bytes, then five of 16 bytes, then four of four.
    const uint first = e < 20 ? e % 4 * 8 : e < 30 ? 32 + e % 2 * 8 : 48, power = e < 20 ? e / 4 : e < 30 ? (e - 20) / 2 : (e - 30) * 2;
    const bool last = e >= 30;
    const uint low = wordAt(b + first), high = wordAt(b + (last ? first : first + 4));
    return scaled(Eight(tritsOf(low, power), tritsOf(high, last ? power + 1 : power)), halfAt(b + 52));
}

Eight unpackTQ2_0(uint b, uint e)
{
    return scaled(affine(codesAt(b + e / 16 * 32 + e % 4 * 8, e % 16 / 4 * 2, 0x03030303), 1, -1), halfAt(b + 64));
}

Eight unpackQ1_0(uint b, uint e)
{
    const uint bits = byteAt(b + 2 + e);
    return scaled(affine(Eight(bytesOf(spread(bits)), bytesOf(spread(bits >> 4))), 2, -1), halfAt(b));
}

Eight unpackQ2_0(uint b, uint e)
{
    const uint bits = halfBitsAt(b + 2 + e * 2);
    const uvec4 shift = uvec4(0, 2, 4, 6);
    return scaled(affine(Eight(vec4(uvec4(bits) >> shift & 3), vec4(uvec4(bits >> 8) >> shift & 3)), 1, -1), halfAt(b));
}

// 2^(e - 128): half a scale of MXFP4, whose levels are doubled. Small ones are no normal floats.
float halfOfE8M0(uint e) { return uintBitsToFloat(e < 2 ? 0x00200000u << e : e - 1 << 23); }
#ifdef EXACT_WEIGHTS
// Times 2^-64, with the bits of subnormal numbers, which drivers may flush. Loses nothing of a number with few bits.
uint shrunk(float value)
{
    const uint bits = floatBitsToUint(value), exponent = bits >> 23 & 255;
    if (exponent > 64)
        return bits - (64 << 23);
    const uint mantissa = (bits & 0x7fffff | 0x800000) >> min(65 - exponent, 31);
    return bits & 0x80000000u | (exponent == 0 ? 0 : mantissa);
}
vec4 shrunk(vec4 x) { return uintBitsToFloat(uvec4(shrunk(x.x), shrunk(x.y), shrunk(x.z), shrunk(x.w))); }
#endif
Eight unpackMXFP4(uint b, uint e)
{
    const Eight levels = levelsOf(nibblesAt(b + 1, e), kLevelsE2M1);
    const uint exponent = byteAt(b);
#ifdef EXACT_WEIGHTS
    if (exponent < 64) {
        const Eight weights = scaled(levels, halfOfE8M0(exponent + 64));
        return Eight(shrunk(weights.low), shrunk(weights.high));
    }
#endif
    return scaled(levels, halfOfE8M0(exponent));
}

// Half an unsigned E4M3 (bias 7); 0x7f is no number and counts as zero.
float halfOfE4M3(uint bits)
{
    const uint exponent = bits >> 3 & 15, mantissa = bits & 7;
    if (bits == 0x7f)
        return 0;
    return exponent == 0 ? float(mantissa) * 0.0009765625 : (1 + float(mantissa) * 0.125) * uintBitsToFloat(exponent + 119 << 23);
}
Eight unpackNVFP4(uint b, uint e)
{
    const Eight codes = codesAt(b + 4 + e / 2 * 8, e % 2 * 4, 0x0f0f0f0f);
    return scaled(levelsOf(codes, kLevelsE2M1), halfOfE4M3(byteAt(b + e / 2)));
}

Eight unpackF32(uint at)
{
    const uint w = at >> 2;
    return Eight(uintBitsToFloat(uvec4(weights[w], weights[w + 1], weights[w + 2], weights[w + 3])),
                 uintBitsToFloat(uvec4(weights[w + 4], weights[w + 5], weights[w + 6], weights[w + 7])));
}
Eight unpackF16(uint at)
{
    return Eight(vec4(halvesOf(wordAt(at)), halvesOf(wordAt(at + 4))), vec4(halvesOf(wordAt(at + 8)), halvesOf(wordAt(at + 12))));
}
vec2 unpackBF16(uint word) { return uintBitsToFloat(uvec2(word << 16, word & 0xffff0000u)); }
Eight unpackBF16Eight(uint at)
{
    return Eight(vec4(unpackBF16(wordAt(at)), unpackBF16(wordAt(at + 4))), vec4(unpackBF16(wordAt(at + 8)), unpackBF16(wordAt(at + 12))));
}

// Weights 8 e .. 8 e + 7 of the block that begins at byte b.
Eight unpackEight(uint b, uint e)
{
    switch (kType) {
    case kF32: return unpackF32(b);
    case kF16: return unpackF16(b);
    case kBF16: return unpackBF16Eight(b);
    case kQ4_0: return scaled(affine(nibblesAt(b + 2, e), 1, -8), halfAt(b));
    case kQ4_1: return affine(nibblesAt(b + 4, e), halfAt(b), halfAt(b + 2));
    case kQ5_0: return scaled(affine(fiveBitsAt(b + 6, b + 2, e), 1, -16), halfAt(b));
    case kQ5_1: return affine(fiveBitsAt(b + 8, b + 4, e), halfAt(b), halfAt(b + 2));
    case kQ8_0: return scaled(Eight(signedBytesOf(wordAt(b + 2 + e * 8)), signedBytesOf(wordAt(b + 6 + e * 8))), halfAt(b));
    case kQ2_K: return unpackQ2_K(b, e);
    case kQ3_K: return unpackQ3_K(b, e);
    case kQ4_K: return unpackQ4_K(b, e);
    case kQ5_K: return unpackQ5_K(b, e);
    case kQ6_K: return unpackQ6_K(b, e);
    case kIQ4_NL: return scaled(levelsOf(nibblesAt(b + 2, e), kLevelsIQ4), halfAt(b));
    case kIQ4_XS: return unpackIQ4_XS(b, e);
    case kIQ2_XXS: return unpackIQ2_XXS(b, e);
    case kIQ2_XS: return unpackIQ2_XS(b, e);
    case kIQ2_S: return unpackIQ2_S(b, e);
    case kIQ3_XXS: return unpackIQ3_XXS(b, e);
    case kIQ3_S: return unpackIQ3_S(b, e);
    case kIQ1_S: return unpackIQ1_S(b, e);
    case kIQ1_M: return unpackIQ1_M(b, e);
    case kTQ1_0: return unpackTQ1_0(b, e);
    case kTQ2_0: return unpackTQ2_0(b, e);
    case kMXFP4: return unpackMXFP4(b, e);
    case kNVFP4: return unpackNVFP4(b, e);
    case kQ1_0: return unpackQ1_0(b, e);
    case kQ2_0: return unpackQ2_0(b, e);
    }
    return Eight(vec4(0), vec4(0));
}

float floatAt(uint row, uint column)
{
    if (kType == kF32)
        return uintBitsToFloat(weights[(row >> 2) + column]);
    const uint bits = halfBitsAt(row + 2 * column);
    return kType == kF16 ? halfOf(bits) : uintBitsToFloat(bits << 16);
}

// Weights 8 e .. 8 e + 7 of the row that begins at byte `row`; zeros behind its end, which only rows of floats may have.
Eight weightsAt(uint row, uint e)
{
    if (8 * e + 8 <= columns)
        return unpackEight(row + e / kBlockEights * kBlockBytes, e % kBlockEights);
    float tail[8];
    for (uint i = 0; i < 8; ++i)
        tail[i] = 8 * e + i < columns ? floatAt(row, 8 * e + i) : 0;
    return Eight(vec4(tail[0], tail[1], tail[2], tail[3]), vec4(tail[4], tail[5], tail[6], tail[7]));
}
