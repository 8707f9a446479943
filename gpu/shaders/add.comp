// SPDX-License-Identifier: Apache-2.0
// y += scale * x
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Sum { float y[]; };
layout(std430, binding = 1) readonly buffer Addend { float x[]; };
layout(push_constant) uniform Push
{
    uint count;
    float scale;
};

void main()
{
    for (uint i = gl_GlobalInvocationID.x; i < count; i += gl_NumWorkGroups.x * 64)
        y[i] += scale * x[i];
}
