// SPDX-License-Identifier: Apache-2.0
// Rows of heads into the cache, an invocation for each word. For Q8_0 each one finds the largest of its block by itself: a few loads more,
// and no invocation waits for another. Its codes are those of core/quant/legacy.cpp but where a quotient is rounded otherwise.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Heads { float x[]; };  // tokens x heads x headSize
layout(std430, binding = 1) writeonly buffer Cache { uint cache[]; };  // positions x heads x words
layout(push_constant) uniform Push
{
    uint tokens, heads, headSize;
    uint position;  // of the first token
};

#include "cache.glsl"

float elementAt(uint head, uint i) { return i < headSize ? x[head * headSize + i] : 0; }

float scaleOf(uint head, uint block)
{
    float largest = 0;
    for (uint i = block * kBlock; i < min(headSize, (block + 1) * kBlock); ++i)
        largest = max(largest, abs(x[head * headSize + i]));
    return largest / 127;
}

uint fourBytes(uint head, uint first)
{
    const float scale = scaleOf(head, first / kBlock), inverse = scale < 1e-30 ? 0 : 1 / scale;
    uint word = 0;
    for (uint i = 0; i < 4; ++i) {
        const float value = elementAt(head, first + i) * inverse;
        const int code = int(sign(value) * min(floor(abs(value) + 0.5), 127));
        word |= uint(code & 255) << (8 * i);
    }
    return word;
}

uint wordOf(uint head, uint w)
{
    if (kKept == kHalves)
        return packHalf2x16(vec2(elementAt(head, 2 * w), elementAt(head, 2 * w + 1)));
    if (kKept == kFloats)
        return floatBitsToUint(elementAt(head, w));
    const uint bytes = elementWords(headSize);
    return w < bytes ? fourBytes(head, 4 * w) : packHalf2x16(vec2(scaleOf(head, 2 * (w - bytes)), scaleOf(head, 2 * (w - bytes) + 1)));
}

void main()
{
    const uint words = headWords(headSize), count = tokens * heads * words;
    for (uint i = gl_GlobalInvocationID.x; i < count; i += gl_NumWorkGroups.x * 64)
        cache[position * heads * words + i] = wordOf(i / words, i % words);
}
