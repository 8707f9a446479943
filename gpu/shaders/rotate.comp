// SPDX-License-Identifier: Apache-2.0
// Rotary position embedding, in place: an invocation turns one pair of elements of a head.
#version 450

layout(local_size_x = 64) in;
layout(constant_id = 0) const bool kHalves = false;  // pairs lie half of what turns apart, not side by side

layout(std430, binding = 0) buffer Heads { float x[]; };  // tokens x heads x headSize
layout(std430, binding = 1) readonly buffer Angles { float angles[]; };  // cosines, then sines: capacity x pairs each
layout(push_constant) uniform Push
{
    uint tokens, heads, headSize, pairs;
    uint firstToken;  // of the angles
    uint sines;  // where they begin
    uint begin;  // of a head: the first element that turns
};

void main()
{
    const uint count = tokens * heads * pairs;
    for (uint i = gl_GlobalInvocationID.x; i < count; i += gl_NumWorkGroups.x * 64) {
        const uint pair = i % pairs, head = i / pairs, at = (firstToken + head / heads) * pairs + pair;
        const uint first = head * headSize + begin + (kHalves ? pair : 2 * pair), second = first + (kHalves ? pairs : 1);
        const float cosine = angles[at], sine = angles[sines + at], a = x[first], b = x[second];
        x[first] = a * cosine - b * sine;
        x[second] = a * sine + b * cosine;
    }
}
