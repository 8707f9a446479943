// SPDX-License-Identifier: Apache-2.0
// Two networks' predictions of the same tokens, a work-group for each: what each thought of the token that came, the KL divergence from
// the first to the second, and whether both expected the same token most. Nats.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer First { float x[]; };  // rows x vocabulary
layout(std430, binding = 1) readonly buffer Second { float y[]; };
layout(std430, binding = 2) readonly buffer Targets { uint targets[]; };
layout(std430, binding = 3) writeonly buffer Results { vec4 results[]; };  // -log p, -log q, divergence, 1 where the same comes first
layout(push_constant) uniform Push { uint rows, vocabulary; };

#include "reduce.glsl"

// q - p - p log(q / p) of two shares given as logarithms; never negative. Divergences are sums of this: shares add up to one on both
// sides, so that what rounding does to the logarithms of the sums cancels, which it would not in a sum of p log(p / q).
float termOf(float p, float q)
{
    const float d = q - p;
    if (abs(d) > 0.25)
        return exp(q) - exp(p) * (1 + d);
    return exp(p) * d * d * (1.0 / 2 + d * (1.0 / 6 + d * (1.0 / 24 + d * (1.0 / 120 + d / 720))));
}

void main()
{
    const uint lane = gl_LocalInvocationID.x;
    for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
        const uint begin = row * vocabulary;
        float mostX = x[begin], mostY = y[begin];
        for (uint i = lane; i < vocabulary; i += 64) {
            mostX = max(mostX, x[begin + i]);
            mostY = max(mostY, y[begin + i]);
        }
        mostX = largestOfGroup(mostX);
        mostY = largestOfGroup(mostY);
        float sumX = 0, sumY = 0, firstX = vocabulary, firstY = vocabulary;  // a vocabulary's numbers are exact as floats
        for (uint i = lane; i < vocabulary; i += 64) {
            sumX += exp(x[begin + i] - mostX);
            sumY += exp(y[begin + i] - mostY);
            firstX = x[begin + i] == mostX ? min(firstX, float(i)) : firstX;
            firstY = y[begin + i] == mostY ? min(firstY, float(i)) : firstY;
        }
        const float logX = mostX + log(sumOfGroup(sumX)), logY = mostY + log(sumOfGroup(sumY));
        const bool same = largestOfGroup(-firstX) == largestOfGroup(-firstY);
        float divergence = 0;
        for (uint i = lane; i < vocabulary; i += 64)
            divergence += termOf(x[begin + i] - logX, y[begin + i] - logY);
        divergence = sumOfGroup(divergence);
        if (lane == 0)
            results[row] = vec4(logX - x[begin + targets[row]], logY - y[begin + targets[row]], divergence, same ? 1 : 0);
    }
}
