// SPDX-License-Identifier: Apache-2.0
// out = weights * x + bias, or its share added to out, for one token or a few, each on its own: what decoding does, and what experts do.
// 32 invocations share four rows and each takes every 32nd unit of them, so that x is read once for all four. With INTEGER_DOT x was rounded
// by round.comp, and only types that have units are known.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 0) readonly buffer WeightFours { uvec4 weightFours[]; };  // the same
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
#include "weight_units.glsl"

const uint kLanes = 32, kTeams = 2, kRows = 4;
shared float sums[kRows][kTeams * kLanes];

#ifdef INTEGER_DOT
#include "rounded_input.glsl"
#else
#include "float_input.glsl"
#endif

// Of the rows at `row` and behind it with the columns that are this lane's.
void multiplyUnits(uint row, uint count, uint start, uint lane)
{
    float sum[kRows] = float[kRows](0, 0, 0, 0);
    for (uint u = lane; u < columns / 32; u += kLanes) {
        const UnitInput input_ = inputOf(start, u);
        for (uint r = 0; r < kRows; ++r)
            if (r < count)
                sum[r] += product(unitAt((row + r) * rowBytes, u), input_);
    }
    for (uint r = 0; r < kRows; ++r)
        sums[r][gl_LocalInvocationID.x] = sum[r];
}

#ifndef INTEGER_DOT
// The same, row after row: there are many types, and drivers compile each.
void multiplyEights(uint row, uint count, uint start, uint lane)
{
    [[dont_unroll]] for (uint r = 0; r < count; ++r) {
        float sum = 0;
        for (uint e = lane; e < (columns + 7) / 8; e += kLanes)
            sum += product(eightAt((row + r) * rowBytes, e), inputAt(start, e * 8));
        sums[r][gl_LocalInvocationID.x] = sum;
    }
}
#endif

// The 32 sums of each row become eight and then one: few barriers. Returned for row `lane`.
float addUp(uint lane, uint team)
{
    const uint own = team * kLanes + lane;
    barrier();
    if (lane < 8)
        for (uint r = 0; r < kRows; ++r)
            sums[r][own] += sums[r][own + 8] + sums[r][own + 16] + sums[r][own + 24];
    barrier();
    float total = 0;
    for (uint i = 0; i < 8 && lane < kRows; ++i)
        total += sums[lane][team * kLanes + i];
    barrier();
    return total;
}

void main()
{
    const uint lane = gl_LocalInvocationID.x % kLanes, team = gl_LocalInvocationID.x / kLanes, token = gl_WorkGroupID.y;
    const uint start = (slots > 0 && slotInput == 0 ? token / slots : token) * columns;
    const uint matrix = slots > 0 ? chosen[token] * stride : 0;  // its first row
    const uint begin = max(matrix, firstRow), end = min(matrix + stride, firstRow + rows);  // of it, what is in this part
    for (uint group = gl_WorkGroupID.x; begin + group * kTeams * kRows < end; group += gl_NumWorkGroups.x) {
        const uint first = begin + (group * kTeams + team) * kRows, count = first < end ? min(end - first, kRows) : 0;
#ifndef INTEGER_DOT
        if (!kHasUnits)
            multiplyEights(first - firstRow, count, start, lane);
        else
#endif
            multiplyUnits(first - firstRow, count, start, lane);
        const float total = addUp(lane, team);
        if (lane < count) {
            const uint row = first + lane, at = (firstResult + token) * stride + row - matrix;
            const float value = total + (hasBias != 0 ? bias[row] : 0);
            result[at] = share == 0 ? value : result[at] + share * value;
        }
    }
}
