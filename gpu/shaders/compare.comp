// SPDX-License-Identifier: Apache-2.0
// Two networks' predictions of the same tokens, a work-group for each: what each thought of the token that came and how sure it was, the
// KL divergence from the first to the second, and how far they expected the same tokens most. Nats.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer First { float x[]; };  // rows x vocabulary
layout(std430, binding = 1) readonly buffer Second { float y[]; };
layout(std430, binding = 2) readonly buffer Targets { uint targets[]; };
// Three for each row: -log p of the token, entropy, probability of the most probable token, 1 where that came; the same of the second;
// divergence, 1 where the same comes first, how many of the first's five most probable are among the second's, 0.
layout(std430, binding = 3) writeonly buffer Results { vec4 results[]; };
layout(push_constant) uniform Push { uint rows, vocabulary; };

#include "reduce.glsl"

const float kNone = -3.4e38;  // less than any logit

float logit(bool second, uint place)
{
    return second ? y[place] : x[place];
}

struct Five {
    uint tokens[5];  // the most probable, descending; of equal ones the first comes first; where there are fewer, the first again
    float most;  // the largest logit
};

// Each invocation finds its own five, then the group takes the best of what is left of them. Loops of known length, so that the places stay
// in registers.
Five largestFive(bool second, uint begin)
{
    float values[5] = float[](kNone, kNone, kNone, kNone, kNone);
    uint tokens[5] = uint[](0, 0, 0, 0, 0);
    for (uint i = gl_LocalInvocationID.x; i < vocabulary; i += 64) {
        const float value = logit(second, begin + i);
        if (!(value > values[4]))
            continue;
        values[4] = value;
        tokens[4] = i;
        for (int k = 3; k >= 0; --k) {
            if (values[k + 1] > values[k]) {
                const float lower = values[k];
                const uint token = tokens[k];
                values[k] = values[k + 1];
                tokens[k] = tokens[k + 1];
                values[k + 1] = lower;
                tokens[k + 1] = token;
            }
        }
    }
    Five five;
    for (int place = 0; place < 5; ++place) {
        const float largest = largestOfGroup(values[0]);
        const bool found = largest > kNone;
        // A vocabulary's numbers are exact as floats.
        const float token = -largestOfGroup(found && values[0] == largest ? -float(tokens[0]) : -float(vocabulary));
        five.most = place == 0 ? largest : five.most;
        five.tokens[place] = found || place == 0 ? uint(token) : five.tokens[0];
        if (found && values[0] == largest && float(tokens[0]) == token) {
            for (int k = 0; k < 4; ++k) {
                values[k] = values[k + 1];
                tokens[k] = tokens[k + 1];
            }
            values[4] = kNone;
        }
    }
    return five;
}

float logSumOf(bool second, uint begin, float most)
{
    float sum = 0;
    for (uint i = gl_LocalInvocationID.x; i < vocabulary; i += 64)
        sum += exp(logit(second, begin + i) - most);
    return most + log(sumOfGroup(sum));
}

// q - p - p log(q / p) of two shares given as logarithms; never negative. Divergences are sums of this: shares add up to one on both
// sides, so that what rounding does to the logarithms of the sums cancels, which it would not in a sum of p log(p / q).
float termOf(float p, float q)
{
    const float d = q - p;
    if (abs(d) > 0.25)
        return exp(q) - exp(p) * (1 + d);
    return exp(p) * d * d * (1.0 / 2 + d * (1.0 / 6 + d * (1.0 / 24 + d * (1.0 / 120 + d / 720))));
}

float sameOf(Five a, Five b)
{
    uint same = 0;
    for (int i = 0; i < 5; ++i) {
        bool among = false;
        for (int k = 0; k < 5; ++k)
            among = among || a.tokens[i] == b.tokens[k];
        same += among ? 1 : 0;
    }
    return float(same);
}

void main()
{
    for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
        const uint begin = row * vocabulary, target = targets[row];
        const Five fiveX = largestFive(false, begin), fiveY = largestFive(true, begin);
        const float logX = logSumOf(false, begin, fiveX.most), logY = logSumOf(true, begin, fiveY.most);
        float divergence = 0, entropyX = 0, entropyY = 0;
        for (uint i = gl_LocalInvocationID.x; i < vocabulary; i += 64) {
            const float p = x[begin + i] - logX, q = y[begin + i] - logY;
            divergence += termOf(p, q);
            entropyX -= exp(p) * p;
            entropyY -= exp(q) * q;
        }
        divergence = sumOfGroup(divergence);
        entropyX = sumOfGroup(entropyX);
        entropyY = sumOfGroup(entropyY);
        if (gl_LocalInvocationID.x == 0) {
            results[3 * row] = vec4(logX - x[begin + target], entropyX, exp(fiveX.most - logX), fiveX.tokens[0] == target ? 1 : 0);
            results[3 * row + 1] = vec4(logY - y[begin + target], entropyY, exp(fiveY.most - logY), fiveY.tokens[0] == target ? 1 : 0);
            results[3 * row + 2] = vec4(divergence, fiveX.tokens[0] == fiveY.tokens[0] ? 1 : 0, sameOf(fiveX, fiveY), 0);
        }
    }
}
