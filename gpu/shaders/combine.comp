// SPDX-License-Identifier: Apache-2.0
// What a token's experts answered, weighted, and what the expert that all tokens share adds to it.
#version 450

layout(local_size_x = 64) in;
layout(constant_id = 0) const uint kShared = 0;  // 0: no shared expert, 1: one that counts wholly, 2: by a sigmoid of its own

layout(std430, binding = 0) readonly buffer Answers { float answers[]; };  // tokens x used x width
layout(std430, binding = 1) readonly buffer Shares { float shares[]; };  // tokens x used
layout(std430, binding = 2) readonly buffer SharedAnswers { float sharedAnswers[]; };  // tokens x width
layout(std430, binding = 3) readonly buffer SharedLogits { float sharedLogits[]; };  // of the shared expert's weight
layout(std430, binding = 4) writeonly buffer Result { float result[]; };  // tokens x width
layout(push_constant) uniform Push { uint tokens, used, width; };

void main()
{
    for (uint i = gl_GlobalInvocationID.x; i < tokens * width; i += gl_NumWorkGroups.x * 64) {
        const uint token = i / width, column = i % width;
        float sum = 0;
        for (uint slot = token * used; slot < (token + 1) * used; ++slot)
            sum += shares[slot] * answers[slot * width + column];
        if (kShared != 0)
            sum += sharedAnswers[i] * (kShared == 1 ? 1 : 1 / (1 + exp(-sharedLogits[token])));
        result[i] = sum;
    }
}
