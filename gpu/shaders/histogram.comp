// SPDX-License-Identifier: Apache-2.0
// Adds floats to the equal bins of a range. The arithmetic is that of core/inspect/binning.h, so the counts are the CPU's.
#version 450

layout(local_size_x = 64) in;
layout(constant_id = 0) const uint kPerInvocation = 16;

layout(std430, binding = 0) readonly buffer Weights { float weights[]; };
layout(std430, binding = 1) buffer Counts { uint counts[]; };   // bins, then the number beyond the reach
layout(push_constant) uniform Push
{
    uint first, count;   // the weights of this dispatch
    uint bins;
    float low, scale, centre, reach;
};

bool isFinite(float value) { return (floatBitsToUint(value) & 0x7f800000u) != 0x7f800000u; }

void main()
{
    const uint stride = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    uint beyond = 0;
    for (uint k = 0, i = gl_GlobalInvocationID.x; k < kPerInvocation && i < count; ++k, i += stride) {
        const float w = weights[first + i];
        if (!isFinite(w))
            continue;
        precise const float shifted = w - low;
        precise const float at = shifted * scale;
        atomicAdd(counts[uint(clamp(at, 0.0, float(bins - 1)))], 1);
        precise const float distance = w - centre;
        beyond += abs(distance) > reach ? 1 : 0;
    }
    if (beyond > 0)
        atomicAdd(counts[bins], beyond);
}
