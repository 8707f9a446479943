// SPDX-License-Identifier: Apache-2.0
// x = cap * tanh(scale * x / cap), in place; without a cap, scale * x.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer Logits { float x[]; };
layout(push_constant) uniform Push
{
    uint count;
    float scale, cap;  // 0: none
};

void main()
{
    for (uint i = gl_GlobalInvocationID.x; i < count; i += gl_NumWorkGroups.x * 64)
        x[i] = cap == 0 ? scale * x[i] : cap * tanh(clamp(scale * x[i] / cap, -15.0, 15.0));  // some devices overflow beyond
}
