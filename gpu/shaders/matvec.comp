// SPDX-License-Identifier: Apache-2.0
// out = weights * x + bias, or its share added to out, for one token or a few, each on its own: what decoding does, and what experts do.
// 32 invocations share a row and each takes every 32nd eight of it, of two rows at once, so that x is read once for both.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 1) readonly buffer Input { float x[]; };  // tokens x columns
layout(std430, binding = 1) readonly buffer InputFours { vec4 xFours[]; };  // the same
layout(std430, binding = 2) buffer Output { float result[]; };  // tokens x stride
layout(std430, binding = 3) readonly buffer Bias { float bias[]; };
layout(std430, binding = 4) readonly buffer Tables { uint tables[]; };
layout(std430, binding = 5) readonly buffer Chosen { uint chosen[]; };  // the expert of each slot, tokens x slots
layout(push_constant) uniform Push
{
    uint columns, rows, rowBytes;
    uint firstRow, stride;  // of the whole matrix
    uint hasBias;
    uint tokens;
    uint firstResult;  // token of the output that the first one here makes
    float share;  // of the product that is added to what is there; 0: it takes its place
    uint slots;  // experts that a token is sent to, whose matrices follow one another; each makes a row of its own; 0: one matrix for all
    uint slotInput;  // each slot has a row of x, too
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
    const uint eights = (columns + 7) / 8, start = (slots > 0 && slotInput == 0 ? token / slots : token) * columns;
    const uint matrix = slots > 0 ? chosen[token] * stride : 0;  // its first row
    const uint begin = max(matrix, firstRow), end = min(matrix + stride, firstRow + rows);  // of it, what is in this part
    for (uint group = gl_WorkGroupID.x; begin + group * kTeams * kRows < end; group += gl_NumWorkGroups.x) {
        const uint first = begin + (group * kTeams + team) * kRows;
        float sum[kRows];
        for (uint r = 0; r < kRows; ++r)
            sum[r] = 0;
        for (uint e = lane; e < eights; e += kLanes)
            for (uint r = 0; r < kRows; ++r)
                if (first + r < end)
                    sum[r] += product(weightsAt((first + r - firstRow) * rowBytes, e), start + e * 8, min(columns - e * 8, 8));
        for (uint r = 0; r < kRows; ++r)
            sums[r][gl_LocalInvocationID.x] = sum[r];
        addUp(lane, team);
        if (lane < kRows && first + lane < end) {
            const uint row = first + lane, at = (firstResult + token) * stride + row - matrix;
            const float value = sums[lane][team * kLanes] + (hasBias != 0 ? bias[row] : 0);
            result[at] = share == 0 ? value : result[at] + share * value;
        }
        barrier();
    }
}
