// SPDX-License-Identifier: Apache-2.0
// Adds packed weights to the equal bins of a range. The arithmetic is that of core/inspect/binning.h, so the counts are the CPU's.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(constant_id = 3) const uint kEights = 8;  // of an invocation

layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 1) readonly buffer Tables { uint tables[]; };
layout(std430, binding = 2) buffer Counts { uint counts[]; };  // bins, then the number beyond the reach
layout(push_constant) uniform Push
{
    uint columns;  // weights
    uint bins;
    float low, scale, centre, reach;
};

#include "packed_weights.glsl"

// Few bins are counted by the group before they are counted for all.
const uint kOwn = 2048;
shared uint own[kOwn];

bool isFinite(float value) { return (floatBitsToUint(value) & 0x7f800000u) != 0x7f800000u; }

/// Returns 1 beyond the reach.
uint count(float weight)
{
    if (!isFinite(weight))
        return 0;
    precise const float shifted = weight - low;
    precise const float at = shifted * scale;
    const uint bin = uint(clamp(at, 0.0, float(bins - 1)));
    if (bins <= kOwn)
        atomicAdd(own[bin], 1);
    else
        atomicAdd(counts[bin], 1);
    precise const float distance = weight - centre;
    return abs(distance) > reach ? 1 : 0;
}

void main()
{
    for (uint i = gl_LocalInvocationIndex; i < min(bins, kOwn); i += 64)
        own[i] = 0;
    barrier();
    uint beyond = 0;
    for (uint k = 0; k < kEights; ++k) {
        const uint e = (gl_WorkGroupID.x * kEights + k) * 64 + gl_LocalInvocationIndex;
        if (8 * e >= columns)
            break;
        const Eight eight = weightsAt(0, e);
        for (uint i = 0; i < 8 && 8 * e + i < columns; ++i)
            beyond += count(i < 4 ? eight.low[i] : eight.high[i - 4]);
    }
    if (beyond > 0)
        atomicAdd(counts[bins], beyond);
    barrier();
    if (bins <= kOwn)
        for (uint i = gl_LocalInvocationIndex; i < bins; i += 64)
            if (own[i] > 0)
                atomicAdd(counts[i], own[i]);
}
