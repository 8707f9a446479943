// SPDX-License-Identifier: GPL-3.0-or-later
// The arithmetic of numbers.glsl on a driver that divides and takes roots badly: its results are off by up to eight units in the last place.
#version 450
#extension GL_GOOGLE_include_directive : require
#define DRIVER_ERROR (int(gl_GlobalInvocationID.x % 17) - 8)
#include "numbers.glsl"

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Pairs { vec2 pairs[]; };
layout(std430, binding = 1) writeonly buffer Results { uvec4 results[]; };  // quotient, root, half, half as float

void main()
{
    const uint i = gl_GlobalInvocationID.x;
    if (i >= pairs.length())
        return;
    const float a = pairs[i].x, b = pairs[i].y;
    results[i] = uvec4(floatBitsToUint(quotient(a, b)), floatBitsToUint(root(abs(a))), toHalf(a), floatBitsToUint(fromHalf(toHalf(a))));
}
