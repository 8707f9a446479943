// SPDX-License-Identifier: Apache-2.0
// out = weights * x + bias for one token or a few, each on its own: what decoding does. 32 invocations share a row and each takes every
// 32nd eight of it, of two rows at once, so that x is read once for both.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 1) readonly buffer Input { float x[]; };  // tokens x columns
layout(std430, binding = 1) readonly buffer InputFours { vec4 xFours[]; };  // the same
layout(std430, binding = 2) writeonly buffer Output { float result[]; };  // tokens x stride
layout(std430, binding = 3) readonly buffer Bias { float bias[]; };
layout(std430, binding = 4) readonly buffer Tables { uint tables[]; };
layout(push_constant) uniform Push
{
    uint columns, rows, rowBytes;
    uint firstRow, stride;  // of the whole matrix
    uint hasBias;
    uint tokens;
};

#include "packed_weights.glsl"

const uint kLanes = 32, kTeams = 2, kRows = 2;
shared float sums[kRows][kTeams * kLanes];

float product(Eight w, uint at, uint count)
{
    if (columns % 8 == 0)
        return dot(w.low, xFours[at / 4]) + dot(w.high, xFours[at / 4 + 1]);
    float sum = 0;
    for (uint i = 0; i < count; ++i)
        sum += (i < 4 ? w.low[i] : w.high[i - 4]) * x[at + i];
    return sum;
}

void addUp(uint lane, uint team)
{
    for (uint half_ = kLanes / 2; half_ > 0; half_ /= 2) {
        barrier();
        if (lane < half_)
            for (uint r = 0; r < kRows; ++r)
                sums[r][team * kLanes + lane] += sums[r][team * kLanes + lane + half_];
    }
    barrier();
}

void main()
{
    const uint lane = gl_LocalInvocationID.x % kLanes, team = gl_LocalInvocationID.x / kLanes, token = gl_WorkGroupID.y;
    const uint eights = (columns + 7) / 8, start = token * columns;
    for (uint group = gl_WorkGroupID.x; group * kTeams * kRows < rows; group += gl_NumWorkGroups.x) {
        const uint first = (group * kTeams + team) * kRows;
        float sum[kRows];
        for (uint r = 0; r < kRows; ++r)
            sum[r] = 0;
        for (uint e = lane; e < eights; e += kLanes)
            for (uint r = 0; r < kRows; ++r)
                if (first + r < rows)
                    sum[r] += product(weightsAt((first + r) * rowBytes, e), start + e * 8, min(columns - e * 8, 8));
        for (uint r = 0; r < kRows; ++r)
            sums[r][gl_LocalInvocationID.x] = sum[r];
        addUp(lane, team);
        if (lane < kRows && first + lane < rows) {
            const uint row = firstRow + first + lane;
            result[token * stride + row] = sums[lane][team * kLanes] + (hasBias != 0 ? bias[row] : 0);
        }
        barrier();
    }
}
