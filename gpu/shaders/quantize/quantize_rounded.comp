// SPDX-License-Identifier: Apache-2.0
// TQ1_0, TQ2_0 and MXFP4: rounding against the largest magnitude, no search. The arithmetic is that of core/quant/ternary.cpp and
// small_floats.cpp.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "quantize/group.glsl"

const float kLevelsE2M1[16] = float[](0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);  // doubled

shared uint codes[kGroup];  // trits

float largest(uint firstPart, uint parts)
{
    float top = 0.0;
    [[dont_unroll]] for (uint p = firstPart; p < firstPart + parts; ++p)
        [[dont_unroll]] for (uint i = p * (kPart + 1); i < p * (kPart + 1) + kPart; ++i)
            top = max(top, abs(x[i]));
    return top;
}

/// The first of the nearest levels.
uint nearestLevel(float value, float scale)
{
    uint best = 0;
    precise float least = abs(value);
    [[dont_unroll]] for (uint code = 1; code < 16; ++code) {
        precise float error = abs(kLevelsE2M1[code] * scale - value);
        if (error < least) {
            least = error;
            best = code;
        }
    }
    return best;
}

void packMXFP4()
{
    const uint bits = floatBitsToUint(largest(part(), 1));
    if (bits == 0)
        return;
    if ((bits & 0x7fffffu) >= 0x800000u - 512u)  // so near the next power of two that a logarithm may round up to it
        refuseMine();
    const uint exponent = (bits >> 23) - 2;
    const float scale = uintBitsToFloat((exponent - 1) << 23);
    putByte(0, exponent);
    [[dont_unroll]] for (uint i = 0; i < 32; ++i)
        putByte(1 + i % 16, nearestLevel(x[first() + i], scale) << (i / 16 * 4));
}

/// A byte of TQ1_0 from `trits` trits that lie `apart` in the block.
uint fiveTrits(uint from, uint apart, uint trits)
{
    uint number = 0;
    for (uint k = 0; k < 5; ++k)
        number = number * 3 + (k < trits ? codes[block() * 256 + from + k * apart] : 0);
    return (number * 256 + 242) / 243;
}

void packTrits(uint byte)
{
    if (kType == kTQ2_0)
        for (uint k = 0; k < 4; ++k)
            putByte(byte, codes[block() * 256 + byte / 32 * 128 + k * 32 + byte % 32] << (k * 2));
    else if (byte < 32)
        putByte(byte, fiveTrits(byte, 32, 5));
    else if (byte < 48)
        putByte(byte, fiveTrits(160 + byte - 32, 16, 5));
    else if (byte < 52)
        putByte(byte, fiveTrits(240 + byte - 48, 4, 4));
}

void main()
{
    load();
    if (kType == kMXFP4) {
        if (busy())
            packMXFP4();
    } else {
        const float top = busy() ? largest(part() - sub(), 8) : 0.0, inverse = inverseOf(top);
        for (uint i = 0; i < kPart; ++i) {
            precise float scaled = x[first() + i] * inverse;
            codes[part() * kPart + i] = uint(rounded(scaled) + 1);
        }
        barrier();
        if (busy()) {
            if (sub() == 0)
                putHalf(kBlockBytes - 2, toHalf(top));
            for (uint i = 0; i < 8; ++i)
                packTrits(sub() * 8 + i);
        }
    }
    store();
}
