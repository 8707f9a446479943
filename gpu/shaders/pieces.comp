// SPDX-License-Identifier: Apache-2.0
// Copies a piece of each head from rows to rows that are laid out otherwise.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer From { float from[]; };
layout(std430, binding = 1) writeonly buffer To { float to[]; };
layout(push_constant) uniform Push
{
    uint tokens, heads, width;  // of a piece
    uint fromToken, fromHead, fromBegin;  // strides, and the first one's place; fromHead is 0 where all heads get the same
    uint toToken, toHead, toBegin;
};

void main()
{
    const uint row = heads * width;
    for (uint i = gl_GlobalInvocationID.x; i < tokens * row; i += gl_NumWorkGroups.x * 64) {
        const uint token = i / row, head = i % row / width, column = i % width;
        to[token * toToken + head * toHead + toBegin + column] = from[token * fromToken + head * fromHead + fromBegin + column];
    }
}
