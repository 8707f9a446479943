// SPDX-License-Identifier: Apache-2.0
// Packed weights to floats, the CPU's very ones.
#version 450
#extension GL_GOOGLE_include_directive : require
#define EXACT_WEIGHTS

layout(local_size_x = 64) in;
layout(constant_id = 3) const uint kEights = 4;  // of an invocation

layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 1) readonly buffer Tables { uint tables[]; };
layout(std430, binding = 2) writeonly buffer Floats { uvec4 floats[]; };  // as bits, whole eights
layout(push_constant) uniform Push { uint columns; };  // weights

#include "packed_weights.glsl"

void main()
{
    for (uint k = 0; k < kEights; ++k) {
        const uint e = (gl_WorkGroupID.x * kEights + k) * 64 + gl_LocalInvocationIndex;
        if (8 * e >= columns)
            break;
        const Eight eight = weightsAt(0, e);
        floats[2 * e] = floatBitsToUint(eight.low);
        floats[2 * e + 1] = floatBitsToUint(eight.high);
    }
}
