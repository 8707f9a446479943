// SPDX-License-Identifier: Apache-2.0
// TQ1_0, TQ2_0, MXFP4, NVFP4, Q1_0 and Q2_0: rounding against the largest or the mean magnitude, no search. The arithmetic is that of
// core/quant/ternary.cpp, small_floats.cpp and low_bits.cpp.
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

/// An unsigned E4M3 (bias 7), to the nearest with ties up; all from 248 on becomes 448.
uint toE4M3(float value)
{
    if (!(value > 0.0))
        return 0;
    const uint bits = floatBitsToUint(min(value, 448.0));
    const int exponent = int(bits >> 23) - 120;
    if (exponent <= 0) {
        precise float scaled = value * 512.0 + 0.5;
        return uint(min(7, int(scaled)));
    }
    const uint rounded_ = (uint(exponent) << 3 | (bits >> 20 & 7u)) + (bits >> 19 & 1u);
    return rounded_ >= 0x78u ? 0x7eu : rounded_;
}

float halfOfE4M3(uint bits)
{
    const uint exponent = bits >> 3, mantissa = bits & 7u;
    return exponent == 0 ? float(mantissa) / 1024.0 : (1.0 + float(mantissa) / 8.0) * uintBitsToFloat((exponent + 119) << 23);
}

void packNVFP4()
{
    const uint scale = toE4M3(quotient(largest(part(), 1), 6.0));
    putByte(sub(), scale);
    [[dont_unroll]] for (uint i = 0; i < 16; ++i)
        putByte(4 + sub() * 8 + i % 8, nearestLevel(x[first() + i], halfOfE4M3(scale)) << (i / 8 * 4));
}

/// The mean magnitude, and signs.
void packQ1_0()
{
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i)
        putByte(2 + sub() * 4 + i / 8, (x[first() + i] >= 0.0 ? 1u : 0u) << (i % 8));
    if (sub() != 0)
        return;
    precise float sum = 0.0;
    [[dont_unroll]] for (uint p = part(); p < part() + partsPerBlock(); ++p)
        [[dont_unroll]] for (uint i = p * (kPart + 1); i < p * (kPart + 1) + kPart; ++i)
            sum += abs(x[i]);
    putHalf(0, toHalf(sum * 0.0078125));
}

void packQ2_0()
{
    const float top = largest(part() - sub(), partsPerBlock()), inverse = inverseOf(top);
    if (sub() == 0)
        putHalf(0, toHalf(top));
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        precise float value = x[first() + i] * inverse;
        putByte(2 + sub() * 8 + i / 4, (value >= 0.5 ? 2u : value > -0.5 ? 1u : 0u) << (i % 4 * 2));
    }
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

void roundToTrits()
{
    const float top = busy() ? largest(part() - sub(), partsPerBlock()) : 0.0, inverse = inverseOf(top);
    for (uint i = 0; i < kPart; ++i) {
        precise float scaled = x[first() + i] * inverse;
        codes[part() * kPart + i] = uint(rounded(scaled) + 1);
    }
    if (busy() && sub() == 0)
        putHalf(kBlockBytes - 2, toHalf(top));
}

void main()
{
    load();
    if (kType == kTQ1_0 || kType == kTQ2_0) {
        roundToTrits();
        barrier();
        for (uint i = 0; busy() && i < 8; ++i)
            packTrits(sub() * 8 + i);
    } else if (busy()) {
        if (kType == kMXFP4)
            packMXFP4();
        else if (kType == kNVFP4)
            packNVFP4();
        else if (kType == kQ1_0)
            packQ1_0();
        else
            packQ2_0();
    }
    store();
}
