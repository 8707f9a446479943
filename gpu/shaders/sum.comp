// SPDX-License-Identifier: Apache-2.0
// The sum of all words, which are read once: each work-group adds its part to a sum of its own. How fast this runs says how fast a device
// reads its memory.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Fours { uvec4 fours[]; };
layout(std430, binding = 1) buffer Sums { uint sums[]; };  // one for each work-group
layout(push_constant) uniform Push { uint count; };  // of fours

shared uint parts[64];

void main()
{
    const uint lane = gl_LocalInvocationID.x;
    uvec4 sum = uvec4(0);
    for (uint i = gl_GlobalInvocationID.x; i < count; i += gl_NumWorkGroups.x * 64)
        sum += fours[i];
    parts[lane] = sum.x + sum.y + sum.z + sum.w;
    for (uint half_ = 32; half_ > 0; half_ /= 2) {
        barrier();
        if (lane < half_)
            parts[lane] += parts[lane + half_];
    }
    if (lane == 0)
        sums[gl_WorkGroupID.x] += parts[0];
}
