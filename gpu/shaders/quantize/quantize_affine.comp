// SPDX-License-Identifier: Apache-2.0
// Q2_K, Q4_K and Q5_K: an invocation searches scale and minimum of each sub-block, two of them quantize those of a super-block, and all
// choose the codes again for what the packed scales stand for. The arithmetic is that of core/quant/k_quantize.cpp.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "quantize/group.glsl"
#include "quantize/affine_search.glsl"
#include "quantize/positive_search.glsl"

const int kMost = kType == kQ2_K ? 3 : kType == kQ4_K ? 15 : 31;
const int kMostScale = kType == kQ2_K ? 15 : 63;
const uint kParts = kType == kQ2_K ? 16 : 8;

shared uint halves[2 * kMostBlocks];  // scale and minimum of each super-block

/// How much errors count in this part.
void weigh()
{
    if (kWeighted) {
        precise float spread = blockSumOfSquares() * ((kType == kQ2_K ? 1.0 : 2.0) / 256.0);
        weighByImportance(spread);
        return;
    }
    const float typical = kType == kQ2_K ? 0.0 : root(sumOfSquares(first(), kPart) * 0.03125);
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
        precise float weight = typical + abs(x[i]);
        w[i] = weight;
    }
}

Steps steps()
{
    if (kWeighted)
        return kWeightedSteps;
    return kType == kQ4_K ? Steps(-1.0, 0.1, 20, false) : Steps(-0.5, 0.1, 15, kType == kQ2_K);
}

/// Linear rounding of a list against its largest value: without importance. Codes take the places of the values.
float roundList(uint from)
{
    float top = 0.0;
    [[dont_unroll]] for (uint i = from; i < from + kParts; ++i)
        top = x[i] > top ? x[i] : top;
    const float inverse = top > 0.0 ? quotient(float(kMostScale), top) : 0.0;
    [[dont_unroll]] for (uint i = from; i < from + kParts; ++i)
        x[i] = float(min(kMostScale, positiveCode(i, inverse) & 255));
    return quotient(top, float(kMostScale));
}

/// A weighted search for a list: with importance.
float searchList(uint from)
{
    int codes[kMostCodes];
    const float scale = searchPositive(from, kParts, kMostScale, codes);
    [[dont_unroll]] for (uint i = 0; i < kParts; ++i)
        x[from + i] = float(codes[i]);
    return scale;
}

void packScale(uint s, uint scale, uint minimum)
{
    if (kType == kQ2_K) {
        putByte(s, scale | minimum << 4);
    } else if (s < 4) {
        putByte(4 + s, scale);
        putByte(8 + s, minimum);
    } else {
        putByte(8 + s, (scale & 15) | (minimum & 15) << 4);
        putByte(s, scale >> 4 << 6);
        putByte(4 + s, minimum >> 4 << 6);
    }
}

void putCode(uint i, uint code)
{
    if (kType == kQ2_K) {
        const uint k = sub() * 16 + i;
        putByte(16 + k / 128 * 32 + k % 32, code << (k % 128 / 32 * 2));
        return;
    }
    putByte((kType == kQ5_K ? 48 : 16) + sub() / 2 * 32 + i, (code & 15) << (sub() % 2 * 4));
    if (kType == kQ5_K)
        putByte(16 + i, code >> 4 << sub());
}

void packPart(Affine found)
{
    const uint packedScale = uint(x[scalesOf(block()) + sub()]), packedMinimum = uint(x[minimumsOf(block()) + sub()]);
    packScale(sub(), packedScale, packedMinimum);
    precise float scale = fromHalf(halves[block() * 2]) * float(packedScale);
    precise float minimum = fromHalf(halves[block() * 2 + 1]) * float(packedMinimum);
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        precise float value = x[first() + i] + minimum;
        const float code = scale != 0.0 ? float(nearestIn(quotient(value, scale), 0, kMost)) : affineCode(first() + i, found.inverse, found.low, kMost);
        putCode(i, uint(code));
    }
}

void main()
{
    load();
    Affine found = Affine(0.0, 0.0, 0.0, 0.0);
    if (busy()) {
        weigh();
    }
    barrier();
    if (busy()) {
        found = searchAffine(kMost, steps());
        x[scalesOf(block()) + sub()] = found.scale;
        x[minimumsOf(block()) + sub()] = found.minimum;
        w[scalesOf(block()) + sub()] = w[minimumsOf(block()) + sub()] = sumOfWeights();
    }
    barrier();
    if (busy() && sub() < 2) {
        const uint from = sub() == 0 ? scalesOf(block()) : minimumsOf(block());
        const uint half_ = toHalf(kWeighted ? searchList(from) : roundList(from));
        halves[block() * 2 + sub()] = half_;
        putHalf((kType == kQ2_K ? 80 : 0) + sub() * 2, half_);
    }
    barrier();
    if (busy())
        packPart(found);
    store();
}
