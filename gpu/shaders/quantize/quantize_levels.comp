// SPDX-License-Identifier: Apache-2.0
// IQ4_NL and IQ4_XS: an invocation searches the scale of 32 weights under sixteen uneven levels. The arithmetic is that of
// core/quant/level_search.cpp and nonlinear.cpp.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "quantize/group.glsl"
#include "quantize/symmetric_search.glsl"

const float kLevels[16] = float[](-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

/// Code of the level nearest to `value`, the upper one where two are as near.
int nearestLevel(float value)
{
    int code = 0;
    [[dont_unroll]] for (int i = 1; i < 16; ++i)
        code += value < (kLevels[i - 1] + kLevels[i]) * 0.5 ? 0 : 1;
    return code;
}

vec2 levelFitAt(float inverse)
{
    precise float product = 0.0, square = 0.0;
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
        precise float scaled = inverse * x[i], level = kLevels[nearestLevel(scaled)];
        product += w[i] * level * x[i];
        square += w[i] * level * level;
    }
    return vec2(product, square);
}

float searchLevelScale()
{
    const float top = signedLargest(first(), kPart);
    if (abs(top) < kZeroBlock)
        return 0.0;
    const vec2 start = levelFitAt(quotient(1.0, quotient(top, 127.0)));
    if (fitOutOfReach(start))
        refuseMine();
    precise float scale = start.y > 0.0 ? quotient(start.x, start.y) : 0.0;
    precise float best = scale * start.x;
    [[dont_unroll]] for (int step_ = -7; step_ <= 7; ++step_) {
        const vec2 fit = levelFitAt(quotient(float(step_ - 127), top));
        precise float mine = fit.x * fit.x, theirs = best * fit.y;
        if (fit.y > 0.0 && mine > theirs) {
            scale = quotient(fit.x, fit.y);
            best = scale * fit.x;
        }
    }
    return scale;
}

void weigh()
{
    if (kWeighted) {
        precise float spread = blockSumOfSquares() * (2.0 / float(kBlock));
        weighByImportance(spread);
        return;
    }
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
        precise float square = x[i] * x[i];
        w[i] = square;
    }
}

void packLevels(uint place, float inverse)
{
    [[dont_unroll]] for (uint i = 0; i < kPart; ++i) {
        precise float scaled = x[first() + i] * inverse;
        putByte(place + i % 16, uint(nearestLevel(scaled)) << (i / 16 * 4));
    }
}

/// The scale of 6 bits of this sub-block of IQ4_XS, and what it stands for.
void packSubBlock()
{
    precise float d = negated(signedLargest(scalesOf(block()), 8)) * 0.03125;
    if (sub() == 0)
        putHalf(0, toHalf(d));
    precise float scaled = inverseOf(d) * x[scalesOf(block()) + sub()];
    const int scale = nearestIn(scaled, -32, 31);
    const uint code = uint(scale + 32);
    putByte(4 + sub() / 2, (code & 15) << (sub() % 2 * 4));
    putByte(2 + sub() / 4, code >> 4 << (sub() % 4 * 2));
    precise float real = d * float(scale);
    packLevels(8 + sub() * 16, inverseOf(real));
}

void main()
{
    load();
    float scale = 0.0;
    if (busy()) {
        weigh();
        scale = searchLevelScale();
        if (kType == kIQ4_NL) {
            putHalf(0, toHalf(scale));
            packLevels(2, inverseOf(scale));
        } else {
            x[scalesOf(block()) + sub()] = scale;
        }
    }
    barrier();
    if (busy() && kType == kIQ4_XS)
        packSubBlock();
    store();
}
