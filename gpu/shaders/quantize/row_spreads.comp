// SPDX-License-Identifier: Apache-2.0
// The mean square of each row, added up one weight after the other as the CPU does it: the bytes depend on how the sum is rounded.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "numbers.glsl"

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 1) writeonly buffer Spreads { float spreads[]; };
layout(push_constant) uniform Push { uint rows, columns; };

void main()
{
    const uint row = gl_GlobalInvocationID.x;
    if (row >= rows)
        return;
    precise float sum = 0.0;
    bool inReach = true;
    // Rows are whole blocks; software devices end loops after some ten thousand turns.
    for (uint i = row * columns; i < (row + 1) * columns; i += 32)
        [[unroll]] for (uint k = 0; k < 32; ++k) {
            const uint bits = weights[i + k], exponent = bits >> 23 & 255u;
            inReach = inReach && ((bits & 0x7fffffffu) == 0 || (exponent >= 97 && exponent <= 141));  // 2^-30 to 2^15
            sum += uintBitsToFloat(bits) * uintBitsToFloat(bits);
        }
    spreads[row] = inReach ? quotient(sum, float(columns)) : -1.0;
}
