// SPDX-License-Identifier: Apache-2.0
// Q3_K and Q6_K: an invocation searches the scale of each sub-block, one of them quantizes those of a super-block, and all choose the
// codes again for what the packed scales stand for. The arithmetic is that of core/quant/k_quantize.cpp.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "quantize/group.glsl"
#include "quantize/symmetric_search.glsl"

const int kHalf = kType == kQ3_K ? 4 : 32;

shared uint halves[kMostBlocks];

/// Q3_K without importance tries no other scales but moves single codes while that helps. Codes less `kHalf` stay in w.
float refineSymmetric()
{
    const float top = signedLargest(first(), kPart);
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i)
        w[i] = -float(kHalf);
    if (abs(top) < kZeroBlock)
        return 0.0;
    const float inverse = quotient(-float(kHalf), top);
    const vec2 start = fitAt(first(), kPart, kHalf, true, inverse);
    precise float product = start.x, square = start.y;
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i)
        w[i] = float(symmetricCode(x[i], inverse, kHalf) - kHalf);
    [[dont_unroll]] for (int turn = 0; turn < 5; ++turn) {
        bool changed = false;
        [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
            precise float value = x[i], old = w[i];
            precise float weight = value * value;
            precise float otherProduct = product - weight * value * old;
            if (!(otherProduct > 0.0))
                continue;
            precise float otherSquare = square - weight * old * old;
            precise float weighed = value * otherSquare;
            precise float l = float(nearestIn(quotient(weighed, otherProduct), -kHalf, kHalf - 1));
            if (l == old)
                continue;
            otherProduct += weight * value * l;
            otherSquare += weight * l * l;
            precise float mine = otherProduct * otherProduct * square, theirs = product * product * otherSquare;
            if (otherSquare > 0.0 && mine > theirs) {
                w[i] = l;
                product = otherProduct;
                square = otherSquare;
                changed = true;
            }
        }
        if (!changed)
            break;
    }
    return square > 0.0 ? quotient(product, square) : 0.0;
}

/// The scales of a Q3_K super-block as numbers of 6 bits, in their places: rounded against the one of the largest magnitude.
uint roundScalesQ3_K(uint from)
{
    const float top = signedLargest(from, 16);
    if (top == 0.0) {
        for (uint i = from; i < from + 16; ++i)
            x[i] = 0.0;
        return 0;
    }
    const float inverse = quotient(-32.0, top);
    [[dont_unroll]] for (uint i = from; i < from + 16; ++i) {
        precise float scaled = inverse * x[i];
        x[i] = float(clamp(nearest(scaled), -32, 31) + 32);
    }
    return toHalf(quotient(1.0, inverse));
}

uint packScalesQ3_K(uint from)
{
    uint half_;
    if (kWeighted) {
        float inverse;
        half_ = toHalf(searchSymmetric(from, 16, 32, false, inverse));
        [[dont_unroll]] for (uint i = from; i < from + 16; ++i)
            x[i] = float(symmetricCode(x[i], inverse, 32));
    } else {
        half_ = roundScalesQ3_K(from);
    }
    [[dont_unroll]] for (uint s = 0; s < 16; ++s) {
        const uint scale = uint(x[from + s]);
        putByte(96 + s % 8, (scale & 15) << (s < 8 ? 0 : 4));
        putByte(104 + s % 4, scale >> 4 << (s / 4 * 2));
        x[from + s] -= 32.0;
    }
    putHalf(108, half_);
    return half_;
}

uint packScalesQ6_K(uint from)
{
    const float top = signedLargest(from, 16);
    if (abs(top) < kZeroBlock) {
        halves[block()] = 0x10000;  // nothing but zeros in the block
        return 0x10000;
    }
    const float inverse = quotient(-128.0, top);
    const uint half_ = toHalf(quotient(1.0, inverse));
    [[dont_unroll]] for (uint s = 0; s < 16; ++s) {
        precise float scaled = inverse * x[from + s];
        const int scale = min(127, nearest(scaled));
        putByte(192 + s, uint(scale));
        x[from + s] = float(scale);
    }
    putHalf(208, half_);
    return half_;
}

void putCode(uint i, uint code)
{
    const uint k = sub() * 16 + i, part_ = k % 128 / 32;
    if (kType == kQ3_K) {
        putByte(k % 32, code >> 2 << (k / 32));
        putByte(32 + k / 128 * 32 + k % 32, (code & 3) << (part_ * 2));
        return;
    }
    putByte(k / 128 * 64 + part_ % 2 * 32 + k % 32, (code & 15) << (part_ / 2 * 4));
    putByte(128 + k / 128 * 32 + k % 32, code >> 4 << (part_ * 2));
}

void packPart(float inverse)
{
    precise float scale = fromHalf(halves[block()]) * x[scalesOf(block()) + sub()];
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        const float value = x[first() + i];
        int code = kHalf + nearestIn(quotient(value, scale), -kHalf, kHalf - 1);
        if (scale == 0.0)
            code = kType == kQ3_K && !kWeighted ? int(w[first() + i]) + kHalf : symmetricCode(value, inverse, kHalf);
        putCode(i, uint(code));
    }
}

void main()
{
    load();
    if (kType == kQ3_K && kWeighted && busy()) {
        precise float spread = blockSumOfSquares() * 0.0078125;
        weighByImportance(spread);
    }
    barrier();
    float inverse = 0.0;
    if (busy()) {
        const bool refined = kType == kQ3_K && !kWeighted;
        x[scalesOf(block()) + sub()] = refined ? refineSymmetric() : searchSymmetric(first(), kPart, kHalf, !kWeighted, inverse);
        w[scalesOf(block()) + sub()] = kWeighted ? sumOfWeights() : 0.0;
    }
    barrier();
    if (busy() && sub() == 0)
        halves[block()] = kType == kQ3_K ? packScalesQ3_K(scalesOf(block())) : packScalesQ6_K(scalesOf(block()));
    barrier();
    if (busy() && halves[block()] != 0x10000)
        packPart(inverse);
    store();
}
