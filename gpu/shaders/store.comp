// SPDX-License-Identifier: Apache-2.0
// Rows of heads into a cache of halves, two to a word; a head of odd size ends with half a word of zero.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Heads { float x[]; };  // tokens x heads x headSize
layout(std430, binding = 1) writeonly buffer Cache { uint cache[]; };  // positions x heads x words
layout(push_constant) uniform Push
{
    uint tokens, heads, headSize;
    uint position;  // of the first token
};

void main()
{
    const uint words = (headSize + 1) / 2, count = tokens * heads * words;
    for (uint i = gl_GlobalInvocationID.x; i < count; i += gl_NumWorkGroups.x * 64) {
        const uint element = i % words * 2, at = i / words * headSize + element;
        cache[position * heads * words + i] = packHalf2x16(vec2(x[at], element + 1 < headSize ? x[at + 1] : 0));
    }
}
