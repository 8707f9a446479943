// SPDX-License-Identifier: Apache-2.0
// Gathers the slots that go to each expert, in their order, so that its matrices are read once for all of them. A work-group for each
// expert, a run of slots for each invocation.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Chosen { uint chosen[]; };  // tokens x used
layout(std430, binding = 1) writeonly buffer Groups { uint groups[]; };  // of each expert: how many slots, then which
layout(push_constant) uniform Push { uint tokens, used, experts, stride; };

shared uint counts[64];

void main()
{
    const uint lane = gl_LocalInvocationID.x, slots = tokens * used, run = (slots + 63) / 64;
    const uint begin = min(slots, lane * run), end = min(slots, begin + run);
    for (uint expert = gl_WorkGroupID.x; expert < experts; expert += gl_NumWorkGroups.x) {
        uint count = 0;
        for (uint i = begin; i < end; ++i)
            count += chosen[i] == expert ? 1 : 0;
        barrier();  // the counts of the last expert have been read
        counts[lane] = count;
        barrier();
        const uint first = expert * stride + 1;
        uint at = first;
        for (uint i = 0; i < lane; ++i)
            at += counts[i];
        for (uint i = begin; i < end; ++i)
            if (chosen[i] == expert && at < first + tokens)  // a router without numbers may name one twice
                groups[at++] = i;
        if (lane == 63)
            groups[first - 1] = at - first;
    }
}
