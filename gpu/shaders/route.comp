// SPDX-License-Identifier: Apache-2.0
// Sends tokens to experts, a work-group for each token: the experts of the largest probabilities (softmax before the choice, Shazeer et
// al. 2017), of equal ones the first, and how much each one's answer counts.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Scores { float scores[]; };  // tokens x experts: the router's logits
layout(std430, binding = 1) writeonly buffer Chosen { uint chosen[]; };  // tokens x used
layout(std430, binding = 2) buffer Shares { float shares[]; };
layout(push_constant) uniform Push
{
    uint tokens, experts, used;
    uint sumToOne;  // the shares of a token are divided by their sum
};

#include "reduce.glsl"

shared float probabilities[1024];  // of at most as many experts; -1: chosen

void main()
{
    const uint lane = gl_LocalInvocationID.x;
    for (uint token = gl_WorkGroupID.x; token < tokens; token += gl_NumWorkGroups.x) {
        float most = -1e30, total = 0;
        for (uint i = lane; i < experts; i += 64)
            most = max(most, scores[token * experts + i]);
        most = largestOfGroup(most);
        for (uint i = lane; i < experts; i += 64) {
            probabilities[i] = exp(scores[token * experts + i] - most);
            total += probabilities[i];
        }
        total = sumOfGroup(total);
        float sum = 0;
        for (uint slot = 0; slot < used; ++slot) {
            barrier();  // the one chosen last is out
            float best = -1, first = experts - 1;
            for (uint i = lane; i < experts; i += 64)
                best = max(best, probabilities[i]);
            best = largestOfGroup(best);
            for (uint i = lane; i < experts; i += 64)
                first = probabilities[i] == best ? min(first, float(i)) : first;
            const uint expert = uint(-largestOfGroup(-first));
            sum += best;
            if (lane == 0) {
                probabilities[expert] = -1;
                chosen[token * used + slot] = expert;
                shares[token * used + slot] = best;
            }
        }
        if (lane == 0)
            for (uint slot = 0; slot < used; ++slot)
                shares[token * used + slot] /= sumToOne != 0 ? sum : total;
        barrier();
    }
}
