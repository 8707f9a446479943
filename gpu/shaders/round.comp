// SPDX-License-Identifier: Apache-2.0
// Activations as bytes with a scale, as the CPU's engine rounds them (core/infer/activations.cpp): the same codes and scales. An invocation
// takes eight columns; those of a block find its largest together.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(constant_id = 0) const uint kColumns = 32;  // under one scale: 32 or 256

layout(std430, binding = 0) readonly buffer Input { vec4 x[]; };
// Of 32 columns: four pairs of words with their codes, then the scale and a word that nobody reads.
layout(std430, binding = 1) writeonly buffer Output { uvec2 rounded_[]; };
layout(push_constant) uniform Push { uint eights; };  // of all rows: a whole number of blocks

#include "numbers.glsl"

const float kTiniest = 1e-30;  // as core/infer/packing.h has it
const uint kInfinity = 0x7f800000, kNoNumber = 0x7fc00000;
shared uint largest[64];

// Of magnitudes, which their bits are in the order of.
uint largestOf(vec4 values)
{
    const uvec4 magnitudes = floatBitsToUint(values) & 0x7fffffff;
    return max(max(magnitudes.x, magnitudes.y), max(magnitudes.z, magnitudes.w));
}

uint largestOfBlock(uint own)
{
    const uint sharers = kColumns / 8, first = gl_LocalInvocationID.x / sharers * sharers;
    barrier();
    largest[gl_LocalInvocationID.x] = own;
    barrier();
    uint most = 0;
    for (uint i = 0; i < sharers; ++i)
        most = max(most, largest[first + i]);
    return most;
}

uint codesOf(vec4 values, float inverse)
{
    uint word = 0;
    for (uint i = 0; i < 4; ++i) {
        precise float value = values[i] * inverse;
        word |= (uint(nearest(value)) & 255) << 8 * i;
    }
    return word;
}

void main()
{
    for (uint first = gl_WorkGroupID.x * 64; first < eights; first += gl_NumWorkGroups.x * 64) {
        const uint eight = first + gl_LocalInvocationID.x;
        const bool has = eight < eights;
        const vec4 low = has ? x[2 * eight] : vec4(0), high = has ? x[2 * eight + 1] : vec4(0);
        const uint most = largestOfBlock(max(largestOf(low), largestOf(high)));
        if (!has)
            continue;
        const bool finite = most < kInfinity, counts = finite && uintBitsToFloat(most) > kTiniest;
        const float scale = counts ? quotient(uintBitsToFloat(most), 127) : 0;
        const float inverse = inverseOf(scale);
        const uint block = eight / 4 * 5;
        rounded_[block + eight % 4] = counts ? uvec2(codesOf(low, inverse), codesOf(high, inverse)) : uvec2(0);
        if (eight % 4 == 0)
            rounded_[block + 4] = uvec2(finite ? floatBitsToUint(scale) : kNoNumber, 0);
    }
}
