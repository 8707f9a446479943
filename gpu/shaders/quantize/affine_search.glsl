// SPDX-License-Identifier: Apache-2.0
// w = scale * code - minimum: the search of core/quant/scale_search.cpp, operation by operation, on this invocation's part.

struct Affine {
    float scale, minimum;
    float inverse, low;  // codes are nearestIn(inverse * (x - low), 0, most)
};

struct Steps {
    float first, step_;
    int count;
    bool absolute;  // the error is |difference| instead of its square
};

const Steps kWeightedSteps = Steps(-0.9, 0.05, 36, false);

float affineCode(uint i, float inverse, float low, int most)
{
    precise float scaled = inverse * (x[i] - low);
    return float(nearestIn(scaled, 0, most));
}

/// Weighted error of the codes that `inverse` and `low` make, under a scale and an offset.
float affineError(float inverse, float low, int most, float scale, float offset, bool absolute)
{
    precise float error = 0.0;
    [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
        precise float difference = scale * affineCode(i, inverse, low, most) + offset - x[i];
        precise float each = absolute ? abs(difference) : difference * difference;
        error += w[i] * each;
    }
    return error;
}

Affine searchAffine(int most, Steps steps)
{
    float low = x[first()], high = low;
    precise float sumW = w[first()];
    precise float sumX = sumW * low;
    [[dont_unroll]] for (uint i = first() + 1; i < first() + kPart; ++i) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
        sumW += w[i];
        sumX += w[i] * x[i];
    }
    low = low > 0.0 ? 0.0 : low;
    if (high <= low)
        return Affine(0.0, negated(low), 0.0, 0.0);
    precise float whole = high - low;
    Affine found;
    found.inverse = quotient(float(most), whole);
    found.low = low;
    found.scale = quotient(1.0, found.inverse);
    float best = affineError(found.inverse, low, most, found.scale, low, steps.absolute);
    // Each step rounds from the best minimum so far, so the order of the steps matters.
    [[dont_unroll]] for (int k = 0; k <= steps.count; ++k) {
        precise float width = high - low, levels = steps.first + steps.step_ * float(k) + float(most);
        const float inverse = quotient(levels, width);
        precise float sumL = 0.0, sumL2 = 0.0, sumXL = 0.0;
        [[dont_unroll]] for (uint i = first(); i < first() + kPart; ++i) {
            precise float l = affineCode(i, inverse, low, most);
            sumL += w[i] * l;
            sumL2 += w[i] * l * l;
            sumXL += w[i] * l * x[i];
        }
        precise float determinant = sumW * sumL2 - sumL * sumL;
        if (!(determinant > 0.0))
            continue;
        precise float scaleSum = sumW * sumXL - sumX * sumL, lowSum = sumL2 * sumX - sumL * sumXL;
        float trialScale = quotient(scaleSum, determinant), trialLow = quotient(lowSum, determinant);
        if (trialLow > 0.0) {
            trialLow = 0.0;
            trialScale = quotient(sumXL, sumL2);
        }
        const float error = affineError(inverse, low, most, trialScale, trialLow, steps.absolute);
        if (error < best) {
            best = error;
            found.inverse = inverse;
            found.low = low;
            found.scale = trialScale;
            low = trialLow;
        }
    }
    found.minimum = negated(low);
    return found;
}
