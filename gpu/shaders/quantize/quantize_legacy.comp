// SPDX-License-Identifier: Apache-2.0
// Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0: each invocation makes a block of 32 weights. The arithmetic is that of core/quant/legacy.cpp.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "quantize/group.glsl"
#include "quantize/symmetric_search.glsl"
#include "quantize/affine_search.glsl"

const bool kFive = kType == kQ5_0 || kType == kQ5_1, kAffine = kType == kQ4_1 || kType == kQ5_1;
const int kMost = kFive ? 31 : 15, kHalf = kFive ? 16 : 8;
const uint kFifths = kAffine ? 4 : 2, kNibbles = kFifths + (kFive ? 4 : 0);

/// Where the row of this block is within the CPU's reach alone, so is the block.
float spread()
{
    const float mean = spreads[(firstColumn + firstWeight() + part() * kPart) / columns];
    if (mean < 0.0)
        refuseMine();
    return max(mean, 0.0);
}

void putCode(uint i, int code)
{
    putByte(kNibbles + i % 16, uint(code & 15) << (i / 16 * 4));
    if (kFive)
        putByte(kFifths + i / 8, uint(code >> 4) << (i % 8));
}

void packSymmetric()
{
    float scale, inverse;
    if (kWeighted) {
        scale = searchSymmetric(first(), kPart, kHalf, false, inverse);
    } else {
        scale = quotient(signedLargest(first(), kPart), -float(kHalf));
        inverse = inverseOf(scale);
    }
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        precise float scaled = x[first() + i] * inverse + (float(kHalf) + 0.5);
        putCode(i, kWeighted ? symmetricCode(x[first() + i], inverse, kHalf) : min(kMost, int(scaled)));
    }
    putHalf(0, toHalf(scale));
}

void packAffine()
{
    if (kWeighted) {
        const Affine found = searchAffine(kMost, kWeightedSteps);
        [[dont_unroll]] for (uint i = 0; i < kPart; ++i)
            putCode(i, int(affineCode(first() + i, found.inverse, found.low, kMost)));
        putHalf(0, toHalf(found.scale));
        putHalf(2, toHalf(negated(found.minimum)));
        return;
    }
    float low = x[first()], high = low;
    [[dont_unroll]] for (uint i = first() + 1; i < first() + kPart; ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    precise float range = high - low;
    const float scale = quotient(range, float(kMost)), inverse = inverseOf(scale);
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        precise float scaled = (x[first() + i] - low) * inverse + 0.5;
        putCode(i, min(kMost, int(scaled)));
    }
    putHalf(0, toHalf(scale));
    putHalf(2, toHalf(low));
}

void packEightBits()
{
    const float scale = quotient(abs(signedLargest(first(), kPart)), 127.0), inverse = inverseOf(scale);
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        precise float scaled = x[first() + i] * inverse;
        putByte(2 + i, uint(rounded(scaled)));
    }
    putHalf(0, toHalf(scale));
}

void main()
{
    load();
    if (busy()) {
        if (kWeighted)
            weighByImportance(spread());
        if (kType == kQ8_0)
            packEightBits();
        else if (kAffine)
            packAffine();
        else
            packSymmetric();
    }
    store();
}
