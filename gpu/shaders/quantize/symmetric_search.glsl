// SPDX-License-Identifier: Apache-2.0
// w = scale * (code - half): the searches of core/quant/scale_search.cpp, operation by operation, on `count` places from `from` on.

const float kZeroBlock = 1e-15;

/// The first weight of the largest magnitude, with its sign.
float signedLargest(uint from, uint length)
{
    float value = 0.0;
    [[dont_unroll]] for (uint i = from; i < from + length; ++i)
        if (abs(x[i]) > abs(value))
            value = x[i];
    return value;
}

/// Sums of a least-squares fit: of w x l, and of w l l. Each error counts by its weight squared where `squares`.
vec2 fitAt(uint from, uint length, int half_, bool squares, float inverse)
{
    precise float product = 0.0, square = 0.0;
    [[dont_unroll]] for (uint i = from; i < from + length; ++i) {
        precise float value = x[i], scaled = inverse * value;
        precise float weight = squares ? value * value : w[i];
        precise float l = float(nearestIn(scaled, -half_, half_ - 1));
        product += weight * value * l;
        square += weight * l * l;
    }
    return vec2(product, square);
}

/// Whether the squares of these sums stay numbers that every driver knows.
bool fitOutOfReach(vec2 fit) { return outOfReach(floatBitsToUint(fit.x), -60, 60) || outOfReach(floatBitsToUint(fit.y), -60, 60); }

/// Returns the scale. Codes are half + nearestIn(inverse * x, -half, half - 1); an inverse of zero stands for codes of zero.
float searchSymmetric(uint from, uint length, int half_, bool squares, out float inverse)
{
    const float top = signedLargest(from, length);
    inverse = 0.0;
    if (abs(top) < kZeroBlock)
        return 0.0;
    inverse = quotient(-float(half_), top);
    const vec2 start = fitAt(from, length, half_, squares, inverse);
    if (fitOutOfReach(start))
        refuseMine();
    precise float scale = start.y != 0.0 ? quotient(start.x, start.y) : 0.0;
    precise float best = scale * start.x;
    [[dont_unroll]] for (int step_ = -9; step_ <= 9; ++step_) {
        if (step_ == 0)
            continue;
        precise float wide = float(half_) + 0.1 * float(step_);
        const float tried = quotient(negated(wide), top);
        const vec2 fit = fitAt(from, length, half_, squares, tried);
        precise float mine = fit.x * fit.x, theirs = best * fit.y;
        if (fit.y > 0.0 && mine > theirs) {
            inverse = tried;
            scale = quotient(fit.x, fit.y);
            best = scale * fit.x;
        }
    }
    return scale;
}

int symmetricCode(float value, float inverse, int half_)
{
    precise float scaled = inverse * value;
    return inverse == 0.0 ? 0 : half_ + nearestIn(scaled, -half_, half_ - 1);
}
