// SPDX-License-Identifier: Apache-2.0
// Sends tokens to experts, a work-group for each token: what core/infer/routing.h says. Of equal ones the first.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(constant_id = 0) const bool kSigmoid = false;  // each logit becomes a probability by itself, not all by softmax

layout(std430, binding = 0) readonly buffer Scores { float scores[]; };  // tokens x experts: the router's logits
layout(std430, binding = 1) writeonly buffer Chosen { uint chosen[]; };  // tokens x used
layout(std430, binding = 2) buffer Shares { float shares[]; };
layout(std430, binding = 3) readonly buffer ChoiceBias { float choiceBias[]; };
layout(push_constant) uniform Push
{
    uint tokens, experts, used;
    uint sumToOne;  // the shares of a token are divided by their sum
    float scale;  // of the shares
    uint groups, groupsUsed;
    uint hasBias;
};

#include "reduce.glsl"

const uint kMost = 1024;  // experts
const float kOutside = -1e30, kTaken = -2e30, kLeastSum = 6.103515625e-5;
shared float probabilities[kMost];
shared float ranks[2 * kMost];  // of experts, and behind them of groups: what they are chosen by

void makeProbabilities(uint token)
{
    const uint lane = gl_LocalInvocationID.x;
    float most = -1e30, total = 0;
    for (uint i = lane; i < experts && !kSigmoid; i += 64)
        most = max(most, scores[token * experts + i]);
    most = largestOfGroup(most);
    for (uint i = lane; i < experts; i += 64) {
        const float score = scores[token * experts + i];
        probabilities[i] = kSigmoid ? 1 / (1 + exp(-score)) : exp(score - most);
        total += probabilities[i];
    }
    total = sumOfGroup(total);
    for (uint i = lane; i < experts; i += 64) {
        probabilities[i] /= kSigmoid ? 1 : total;
        ranks[i] = probabilities[i] + (hasBias != 0 ? choiceBias[i] : 0);
    }
}

// The place of the largest of `count` ranks, which is none any more.
uint takeLargest(uint begin, uint count)
{
    const uint lane = gl_LocalInvocationID.x;
    float best = kTaken, first = count - 1;
    barrier();
    for (uint i = lane; i < count; i += 64)
        best = max(best, ranks[begin + i]);
    best = largestOfGroup(best);
    for (uint i = lane; i < count; i += 64)
        first = ranks[begin + i] == best ? min(first, float(i)) : first;
    const uint found = uint(-largestOfGroup(-first));
    if (lane == 0)
        ranks[begin + found] = kTaken;
    return found;
}

// The sum of a group's two largest.
float worthOf(uint first, uint count)
{
    float best = kTaken, second = kTaken;
    for (uint i = first; i < first + count; ++i) {
        second = max(second, min(best, ranks[i]));
        best = max(best, ranks[i]);
    }
    return count > 1 ? best + second : best;
}

// Experts outside the best groups fall behind all others.
void keepBestGroups()
{
    const uint lane = gl_LocalInvocationID.x, size = experts / groups;
    barrier();
    for (uint g = lane; g < groups; g += 64)
        ranks[kMost + g] = worthOf(g * size, size);
    for (uint i = 0; i < groupsUsed; ++i)
        takeLargest(kMost, groups);
    barrier();
    for (uint i = lane; i < experts; i += 64)
        ranks[i] = ranks[kMost + i / size] == kTaken ? ranks[i] : kOutside;
}

void main()
{
    for (uint token = gl_WorkGroupID.x; token < tokens; token += gl_NumWorkGroups.x) {
        makeProbabilities(token);
        if (groups > 1)
            keepBestGroups();
        float sum = 0;
        for (uint slot = token * used; slot < (token + 1) * used; ++slot) {
            const uint expert = takeLargest(0, experts);
            sum += probabilities[expert];
            if (gl_LocalInvocationID.x == 0) {
                chosen[slot] = expert;
                shares[slot] = probabilities[expert] * scale;
            }
        }
        if (gl_LocalInvocationID.x == 0 && sumToOne != 0)
            for (uint slot = token * used; slot < (token + 1) * used; ++slot)
                shares[slot] /= max(sum, kLeastSum);
        barrier();
    }
}
