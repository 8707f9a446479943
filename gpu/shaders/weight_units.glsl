// SPDX-License-Identifier: Apache-2.0
// Packed weights 32 at a time, for the types that most files are made of: what an invocation of matvec reads in one step. Neighbouring
// invocations read neighbouring bytes, in whole words or four of them, and the two nibbles of a byte go the same way. Layouts are those of
// core/quant/blocks.h. Whoever includes this declares `weightFours` too, the weights as uvec4[].

// Four times eight codes, a byte each; a weight is its code times the eight's scale, and the eight's offset.
struct Unit {
    uvec2 codes[4];  // signed bytes; only those of Q8_0 go beyond 0..63
    vec4 scale, offset;
};

const bool kHasUnits = kType == kQ4_0 || kType == kQ8_0 || kType == kQ4_K || kType == kQ5_K || kType == kQ6_K;

// The first column of a unit's eight `i`.
uint columnOf(uint unit, uint i)
{
    switch (kType) {
    case kQ4_K:
    case kQ5_K: return unit / 8 * 256 + unit % 8 / 2 * 64 + unit % 2 * 16 + i / 2 * 32 + i % 2 * 8;
    case kQ6_K: return unit / 8 * 256 + unit % 8 / 4 * 128 + unit % 4 * 8 + i * 32;
    }
    return unit * 32 + i * 8;
}

// Word `i` of what begins two bytes behind `at`, which is even.
uint wordBehindHalf(uint at, uint i)
{
    const uint first = weights[(at >> 2) + i], second = weights[(at >> 2) + i + 1];
    return (at & 2) != 0 ? second : first >> 16 | second << 16;
}

Unit unitQ4_0(uint b)
{
    Unit unit;
    const float d = halfAt(b);
    for (uint i = 0; i < 2; ++i) {
        const uint low = wordBehindHalf(b, 2 * i), high = wordBehindHalf(b, 2 * i + 1);
        unit.codes[i] = uvec2(low, high) & 0x0f0f0f0f;
        unit.codes[i + 2] = uvec2(low, high) >> 4 & 0x0f0f0f0f;
    }
    unit.scale = vec4(d);
    unit.offset = vec4(-8 * d);
    return unit;
}

Unit unitQ8_0(uint b)
{
    Unit unit;
    for (uint i = 0; i < 4; ++i)
        unit.codes[i] = uvec2(wordBehindHalf(b, 2 * i), wordBehindHalf(b, 2 * i + 1));
    unit.scale = vec4(halfAt(b));
    unit.offset = vec4(0);
    return unit;
}

// As scaleAndMinimum(), of the twelve bytes in three words.
uvec2 scaleAndMinimumOf(uvec3 packed, uint sub)
{
    const uint shift = sub % 4 * 8;
    const uvec3 bytes = packed >> shift & 255;
    return sub < 4 ? bytes.xy & 63 : uvec2(bytes.z & 15, bytes.z >> 4) | bytes.xy >> 6 << 4;
}

// Q4_K and Q5_K: halves of two sub-blocks, one in the low nibbles of 16 bytes, the other in the high ones.
Unit unitK(uint b, uint u, uvec4 fifths)
{
    Unit unit;
    const uint group = u / 2;
    const uvec4 header = weightFours[b >> 4], nibbles = weightFours[(b >> 4) + (kType == kQ4_K ? 1 : 3) + u];
    const uvec4 low = nibbles & 0x0f0f0f0f | (fifths >> 2 * group & 0x01010101) << 4;
    const uvec4 high = nibbles >> 4 & 0x0f0f0f0f | (fifths >> 2 * group + 1 & 0x01010101) << 4;
    unit.codes[0] = low.xy;
    unit.codes[1] = low.zw;
    unit.codes[2] = high.xy;
    unit.codes[3] = high.zw;
    const vec2 d = unpackHalf2x16(header.x);
    const vec2 first = d * vec2(scaleAndMinimumOf(header.yzw, 2 * group)), second = d * vec2(scaleAndMinimumOf(header.yzw, 2 * group + 1));
    unit.scale = vec4(first.x, first.x, second.x, second.x);
    unit.offset = -vec4(first.y, first.y, second.y, second.y);
    return unit;
}

// Two words at an even place.
uvec2 twoWordsAt(uint at)
{
    const uint w = at >> 2, first = weights[w], second = weights[w + 1];
    return (at & 2) == 0 ? uvec2(first, second) : uvec2(first >> 16 | second << 16, second >> 16 | weights[w + 2] << 16);
}

Unit unitQ6_K(uint b, uint u)
{
    Unit unit;
    const uint part = u / 4, own = u % 4 * 8;
    const uvec2 lows[2] = uvec2[2](twoWordsAt(b + part * 64 + own), twoWordsAt(b + part * 64 + 32 + own));
    const uvec2 highs = twoWordsAt(b + 128 + part * 32 + own), scales = twoWordsAt(b + 192 + part * 8);
    const float d = halfAt(b + 208);
    for (uint i = 0; i < 4; ++i) {
        unit.codes[i] = lows[i % 2] >> i / 2 * 4 & 0x0f0f0f0f | (highs >> 2 * i & 0x03030303) << 4;
        const uint byte_ = 2 * i + u % 4 / 2;
        unit.scale[i] = d * float(int(scales[byte_ / 4] << 24 - byte_ % 4 * 8) >> 24);
    }
    unit.offset = -32 * unit.scale;
    return unit;
}

// Unit `u` of the row that begins at byte `row`.
Unit unitAt(uint row, uint u)
{
    const uint units = kBlockEights / 4, b = row + u / units * kBlockBytes, own = u % units;
    switch (kType) {
    case kQ4_0: return unitQ4_0(b);
    case kQ8_0: return unitQ8_0(b);
    case kQ4_K: return unitK(b, own, uvec4(0));
    case kQ5_K: return unitK(b, own, weightFours[(b >> 4) + 1 + own % 2]);
    }
    return unitQ6_K(b, own);
}

// As weightsAt(); of floats four words at once, where rows begin at whole fours of them.
Eight eightAt(uint row, uint e)
{
    if ((kType != kF32 && kType != kF16 && kType != kBF16) || columns % 8 != 0)
        return weightsAt(row, e);
    if (kType == kF32)
        return Eight(uintBitsToFloat(weightFours[row / 16 + 2 * e]), uintBitsToFloat(weightFours[row / 16 + 2 * e + 1]));
    const uvec4 words = weightFours[row / 16 + e];
    if (kType == kF16)
        return Eight(vec4(unpackHalf2x16(words.x), unpackHalf2x16(words.y)), vec4(unpackHalf2x16(words.z), unpackHalf2x16(words.w)));
    return Eight(vec4(unpackBF16(words.x), unpackBF16(words.y)), vec4(unpackBF16(words.z), unpackBF16(words.w)));
}
