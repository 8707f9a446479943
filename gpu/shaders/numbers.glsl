// SPDX-License-Identifier: Apache-2.0
// Arithmetic with the CPU's very results. Vulkan rounds sums and products correctly, but not quotients and roots: those are mended with
// whole numbers. No argument here may be subnormal, which drivers may take for zero.

#ifndef DRIVER_ERROR  // units in the last place: a test plays a driver that is off
#define DRIVER_ERROR 0
#endif

/// -value, zero too.
float negated(float value) { return uintBitsToFloat(floatBitsToUint(value) ^ 0x80000000u); }

/// a * b as two words, the lower first.
uvec2 wideProduct(uint a, uint b)
{
    uvec2 product;
    umulExtended(a, b, product.y, product.x);
    return product;
}

bool isLess(uvec2 a, uvec2 b) { return a.y < b.y || (a.y == b.y && a.x < b.x); }

/// Units in the last place that a driver may be off: far more than Vulkan allows, and no endless loop where one talks nonsense.
const int kMostSteps = 64;

/// a / b, correctly rounded, where it is neither subnormal nor infinite.
float quotient(float a, float b)
{
    const uint aBits = floatBitsToUint(a), bBits = floatBitsToUint(b);
    const uint sign = (aBits ^ bBits) & 0x80000000u;
    const int aExponent = int(aBits >> 23 & 255u), bExponent = int(bBits >> 23 & 255u);
    if (aExponent == 0)
        return uintBitsToFloat(sign);
    uint numerator = (aBits & 0x7fffffu) | 0x800000u;
    const uint denominator = (bBits & 0x7fffffu) | 0x800000u;
    int exponent = aExponent - bExponent + 127;
    if (numerator < denominator) {
        numerator <<= 1;
        --exponent;
    }
    // The mantissa q has 2 q - 1 < 2^24 numerator / denominator < 2 q + 1; a tie cannot be.
    const uvec2 wanted = uvec2(numerator << 24, numerator >> 8);
    uint q = uint(float(numerator) / float(denominator) * 8388608.0) + DRIVER_ERROR;
    for (int turn = 0; turn < kMostSteps && isLess(wideProduct(2 * q + 1, denominator), wanted); ++turn)
        ++q;
    for (int turn = 0; turn < kMostSteps && isLess(wanted, wideProduct(2 * q - 1, denominator)); ++turn)
        --q;
    if (exponent < 1 || exponent > 254)  // out of reach
        return uintBitsToFloat(sign | (exponent < 1 ? 0u : 0x7f800000u));
    return uintBitsToFloat(sign | ((uint(exponent) << 23) + (q - 0x800000u)));
}

/// The square root of a number that is not negative, correctly rounded.
float root(float value)
{
    const uint bits = floatBitsToUint(value);
    if (bits < 0x800000u)
        return 0.0;
    int exponent = int(bits >> 23) - 127;
    uint mantissa = (bits & 0x7fffffu) | 0x800000u;
    if ((exponent & 1) != 0) {
        mantissa <<= 1;
        --exponent;
    }
    // The root's mantissa r has (2 r - 1)^2 < 2^25 mantissa < (2 r + 1)^2; a tie cannot be.
    const uvec2 wanted = uvec2(mantissa << 25, mantissa >> 7);
    uint r = uint(sqrt(float(mantissa) * 8388608.0)) + DRIVER_ERROR;
    for (int turn = 0; turn < kMostSteps && isLess(wideProduct(2 * r + 1, 2 * r + 1), wanted); ++turn)
        ++r;
    for (int turn = 0; turn < kMostSteps && isLess(wanted, wideProduct(2 * r - 1, 2 * r - 1)); ++turn)
        --r;
    return uintBitsToFloat((uint(exponent / 2 + 127) << 23) + (r - 0x800000u));
}

float inverseOf(float value) { return value != 0.0 ? quotient(1.0, value) : 0.0; }

/// To the nearest whole number, ties to even, as core/quant/rounding.h does it.
int nearest(float value)
{
    precise float shifted = value + 12582912.0;
    return int(floatBitsToUint(shifted) & 0x007fffffu) - 0x00400000;
}

int nearestIn(float value, int low, int high) { return clamp(nearest(value), low, high); }

/// To the nearest whole number, ties away from zero.
int rounded(float value)
{
    const int whole = int(value);
    precise float rest = value - float(whole);
    return whole + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0);
}

/// IEEE binary16 as bits, correctly rounded.
uint toHalf(float value)
{
    const uint bits = floatBitsToUint(value), sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return sign | 0x7e00u | (magnitude >> 13 & 0x3ffu);
    if (magnitude >= 0x477ff000u)
        return sign | 0x7c00u;
    if (magnitude < 0x38800000u) {  // the adder rounds to a multiple of 2^-24
        precise float shifted = uintBitsToFloat(magnitude) + 0.5;
        return sign | (floatBitsToUint(shifted) - 0x3f000000u);
    }
    return sign | (magnitude + 0xfffu + (magnitude >> 13 & 1u) - 0x38000000u) >> 13;
}

float fromHalf(uint half_)
{
    const uint sign = (half_ & 0x8000u) << 16, exponent = half_ >> 10 & 0x1fu, mantissa = half_ & 0x3ffu;
    if (exponent == 0) {
        precise float magnitude = float(mantissa) * 5.9604644775390625e-8;  // 2^-24
        return uintBitsToFloat(floatBitsToUint(magnitude) | sign);
    }
    if (exponent == 31)
        return uintBitsToFloat(sign | 0x7f800000u | mantissa << 13 | (mantissa != 0 ? 0x400000u : 0u));
    return uintBitsToFloat(sign | exponent + 112 << 23 | mantissa << 13);
}
