// SPDX-License-Identifier: Apache-2.0
// out = weights * x + bias, or its share added to out, for one token or a few, each on its own: what decoding does, and what experts do.
// 32 invocations share four rows and each takes every 32nd unit of them, so that x is read once for all four.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 0) readonly buffer WeightFours { uvec4 weightFours[]; };  // the same
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
#include "weight_units.glsl"

const uint kLanes = 32, kTeams = 2, kRows = 4;
shared float sums[kRows][kTeams * kLanes];

// What eight columns are multiplied with; zeros behind the last one.
Eight inputAt(uint start, uint column)
{
    if (columns % 8 == 0)
        return Eight(xFours[(start + column) / 4], xFours[(start + column) / 4 + 1]);
    Eight input_ = Eight(vec4(0), vec4(0));
    for (uint i = 0; i < min(columns - column, 8); ++i)
        if (i < 4)
            input_.low[i] = x[start + column + i];
        else
            input_.high[i - 4] = x[start + column + i];
    return input_;
}

float product(Eight w, Eight input_) { return dot(w.low, input_.low) + dot(w.high, input_.high); }

// Of the rows at `row` and behind it with the columns that are this lane's.
void multiplyUnits(uint row, uint count, uint start, uint lane)
{
    float sum[kRows] = float[kRows](0, 0, 0, 0);
    for (uint u = lane; u < columns / 32; u += kLanes) {
        Eight input_[4];
        vec4 total;
        for (uint i = 0; i < 4; ++i) {
            input_[i] = inputAt(start, columnOf(u, i));
            total[i] = dot(input_[i].low + input_[i].high, vec4(1));
        }
        for (uint r = 0; r < kRows; ++r)
            if (r < count) {
                const Unit unit = unitAt((row + r) * rowBytes, u);
                vec4 products;
                for (uint i = 0; i < 4; ++i)
                    products[i] = product(unit.codes[i], input_[i]);
                sum[r] += dot(unit.scale, products) + dot(unit.offset, total);
            }
    }
    for (uint r = 0; r < kRows; ++r)
        sums[r][gl_LocalInvocationID.x] = sum[r];
}

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
        if (kHasUnits)
            multiplyUnits(first - firstRow, count, start, lane);
        else
            multiplyEights(first - firstRow, count, start, lane);
        const float total = addUp(lane, team);
        if (lane < count) {
            const uint row = first + lane, at = (firstResult + token) * stride + row - matrix;
            const float value = total + (hasBias != 0 ? bias[row] : 0);
            result[at] = share == 0 ? value : result[at] + share * value;
        }
    }
}
