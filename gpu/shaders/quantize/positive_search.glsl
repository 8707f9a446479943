// SPDX-License-Identifier: Apache-2.0
// w = scale * code for w >= 0, codes 0..most: how the scales and minimums of a super-block are quantized in turn. The search of
// core/quant/scale_search.cpp, operation by operation, on `length` places from `from` on.

const uint kMostCodes = 32;

int positiveCode(uint i, float inverse)
{
    precise float scaled = inverse * x[i];
    return nearest(scaled);
}

float positiveError(uint from, uint length, int most, float inverse, bool limited)
{
    const float scale = quotient(1.0, inverse);
    precise float error = 0.0;
    [[dont_unroll]] for (uint i = from; i < from + length; ++i) {
        const int code = positiveCode(i, inverse);
        precise float l = float(limited ? min(most, code) : code & 255);
        precise float difference = x[i] - scale * l;
        error += w[i] * difference * difference;
    }
    return error;
}

/// Moves single codes while that helps. Returns the scale.
float refinePositive(uint from, uint length, int most, inout int codes[kMostCodes], float product, float square)
{
    [[dont_unroll]] for (int turn = 0; turn < 5; ++turn) {
        bool changed = false;
        [[dont_unroll]] for (uint i = 0; i < length; ++i) {
            precise float value = x[from + i], weight = w[from + i], old = float(codes[i]);
            precise float otherProduct = product - weight * value * old, otherSquare = square - weight * old * old;
            if (!(otherProduct > 0.0 && otherSquare > 0.0))
                continue;
            precise float weighed = value * otherSquare;
            const int code = min(most, nearest(quotient(weighed, otherProduct)));
            if (code == codes[i])
                continue;
            precise float l = float(code);
            otherProduct += weight * value * l;
            otherSquare += weight * l * l;
            precise float mine = otherProduct * otherProduct * square, theirs = product * product * otherSquare;
            if (mine > theirs) {
                codes[i] = code & 255;
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

/// Returns the scale.
float searchPositive(uint from, uint length, int most, out int codes[kMostCodes])
{
    float top = 0.0;
    [[dont_unroll]] for (uint i = from; i < from + length; ++i)
        top = max(top, x[i]);
    if (top < 1e-15) {
        [[dont_unroll]] for (uint i = 0; i < length; ++i)
            codes[i] = 0;
        return 0.0;
    }
    float inverse = quotient(float(most), top);
    float best = positiveError(from, length, most, inverse, false);
    [[dont_unroll]] for (int step_ = -4; step_ <= 4; ++step_) {
        if (step_ == 0)
            continue;
        precise float levels = 0.1 * float(step_) + float(most);
        const float tried = quotient(levels, top);
        const float error = positiveError(from, length, most, tried, true);
        if (error < best) {
            best = error;
            inverse = tried;
        }
    }
    precise float product = 0.0, square = 0.0;
    [[dont_unroll]] for (uint i = 0; i < length; ++i) {
        const int code = min(most, positiveCode(from + i, inverse));
        precise float l = float(code), weight = w[from + i];
        codes[i] = code & 255;
        product += weight * x[from + i] * l;
        square += weight * l * l;
    }
    if (outOfReach(floatBitsToUint(product), -50, 40) || outOfReach(floatBitsToUint(square), -50, 40))
        refuseMine();
    return refinePositive(from, length, most, codes, product, square);
}
