// SPDX-License-Identifier: Apache-2.0
// Power sums, extremes and counts of packed weights: one partial result for each group, which the CPU adds up in double precision.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(constant_id = 3) const uint kEights = 8;  // of an invocation

layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 1) readonly buffer Tables { uint tables[]; };
layout(std430, binding = 2) writeonly buffer Partials { vec4 partials[]; };  // two of each group: sums; low, high, finite, zeros
layout(push_constant) uniform Push
{
    uint columns;  // weights
    float pivot, unit;  // sums are those of ((w - pivot) * unit)^k
};

#include "packed_weights.glsl"

const float kLargest = 3.4028234663852886e38;

shared vec4 sums[64], ranges[64];

void add(float weight, inout vec4 sum, inout vec4 range)
{
    const uint magnitude = floatBitsToUint(weight) & 0x7fffffffu;
    if (magnitude >= 0x7f800000u)
        return;
    const float x = (weight - pivot) * unit, square = x * x;
    sum += vec4(x, square, square * x, square * square);
    range = vec4(min(range.x, weight), max(range.y, weight), range.z + 1.0, range.w + (magnitude == 0 ? 1.0 : 0.0));
}

vec4 joined(vec4 a, vec4 b) { return vec4(min(a.x, b.x), max(a.y, b.y), a.zw + b.zw); }

void main()
{
    const uint me = gl_LocalInvocationIndex;
    vec4 sum = vec4(0.0), range = vec4(kLargest, -kLargest, 0.0, 0.0);
    for (uint k = 0; k < kEights; ++k) {
        const uint e = (gl_WorkGroupID.x * kEights + k) * 64 + me;
        if (8 * e >= columns)
            break;
        const Eight eight = weightsAt(0, e);
        for (uint i = 0; i < 8 && 8 * e + i < columns; ++i)
            add(i < 4 ? eight.low[i] : eight.high[i - 4], sum, range);
    }
    sums[me] = sum;
    ranges[me] = range;
    for (uint half_ = 32; half_ > 0; half_ /= 2) {
        barrier();
        if (me < half_) {
            sums[me] += sums[me + half_];
            ranges[me] = joined(ranges[me], ranges[me + half_]);
        }
    }
    if (me == 0) {
        partials[gl_WorkGroupID.x * 2] = sums[0];
        partials[gl_WorkGroupID.x * 2 + 1] = ranges[0];
    }
}
