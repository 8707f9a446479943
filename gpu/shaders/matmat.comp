// SPDX-License-Identifier: Apache-2.0
// out = weights * x + bias, or its share added to out, for many tokens: what a prompt does. A work-group makes 64 rows for as many tokens
// as kOwn says, 8 x kOwn to an invocation, in registers; each step unpacks 16 columns of the weights into shared memory once for all
// tokens. Tokens may be those of one expert of several, see group.comp: then the work-group's z is the expert. Short loops are unrolled, as
// llvmpipe ends all loops after 65,535 turns together.
#version 450
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require

layout(local_size_x = 64) in;
layout(constant_id = 3) const uint kOwn = 4;  // tokens of an invocation: 4 or 8
layout(constant_id = 4) const bool kGrouped = false;

layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 1) readonly buffer Input { float x[]; };  // tokens x columns
layout(std430, binding = 1) readonly buffer InputFours { vec4 xFours[]; };  // the same
layout(std430, binding = 2) buffer Output { float result[]; };  // tokens x stride
layout(std430, binding = 3) readonly buffer Bias { float bias[]; };
layout(std430, binding = 4) readonly buffer Tables { uint tables[]; };
layout(std430, binding = 5) readonly buffer Groups { uint groups[]; };  // of each matrix: how many slots, then which
layout(push_constant) uniform Push
{
    uint columns, rows, rowBytes;
    uint firstRow, stride;  // of the whole matrix, or of each of several
    uint hasBias;
    uint tokens;
    uint firstResult;  // token of the output that the first one here makes
    float share;  // of the product that is added to what is there; 0: it takes its place
    uint slots;  // matrices that a token is sent to; each makes a row of its own
    uint slotInput;  // each slot has a row of x, too
    uint groupStride;  // of a matrix's slots
};

#include "packed_weights.glsl"

const uint kRows = 64, kTokens = 8 * kOwn, kDepth = 16;
const uint kRowPitch = kRows / 4 + 1, kTokenPitch = kTokens / 4 + 1;  // no powers of two: columns spread over the banks
shared vec4 weightTile[kDepth * kRowPitch];  // column by column, four rows to an element
shared vec4 inputTile[kDepth * kTokenPitch];  // the same of tokens
shared uint slotOf[kTokens];  // of the output, and of the input unless tokens share theirs

void loadWeights(uint row, uint end, uint column)
{
    for (uint k = gl_LocalInvocationID.x; k < kRows * kDepth / 8; k += gl_WorkGroupSize.x) {
        const uint r = k / (kDepth / 8), c = k % (kDepth / 8) * 8;
        Eight w = Eight(vec4(0), vec4(0));
        if (row + r < end && column + c < columns)
            w = weightsAt((row + r) * rowBytes, (column + c) / 8);
        [[unroll]] for (uint i = 0; i < 4; ++i) {
            weightTile[(c + i) * kRowPitch + r / 4][r % 4] = w.low[i];
            weightTile[(c + i + 4) * kRowPitch + r / 4][r % 4] = w.high[i];
        }
    }
}

// Four columns of a row of x that begins at `row`; zeros behind the last one.
vec4 inputAt(uint row, uint column)
{
    if (columns % 4 == 0)
        return column < columns ? xFours[(row + column) / 4] : vec4(0);
    vec4 input_ = vec4(0);
    for (uint i = 0; i < 4; ++i)
        if (column + i < columns)
            input_[i] = x[row + column + i];
    return input_;
}

void loadInput(uint count, uint column)
{
    for (uint k = gl_LocalInvocationID.x; k < kTokens * kDepth / 4; k += gl_WorkGroupSize.x) {
        const uint t = k / (kDepth / 4), c = k % (kDepth / 4) * 4, slot = slotOf[t];
        const uint row = kGrouped && slotInput == 0 ? slot / slots : slot;
        const vec4 input_ = t < count ? inputAt(row * columns, column + c) : vec4(0);
        [[unroll]] for (uint i = 0; i < 4; ++i)
            inputTile[(c + i) * kTokenPitch + t / 4][t % 4] = input_[i];
    }
}

// Eight tokens of the tile, every kOwn-th from `first` on, whose rows stand in weightTile, go where they belong: neighbouring invocations
// write neighbouring rows.
void putResults(uint row, uint end, uint matrix, uint first, uint count)
{
    for (uint k = gl_LocalInvocationID.x; k < kRows * 8; k += gl_WorkGroupSize.x) {
        const uint r = k % kRows, token = k / kRows * kOwn + first, own = firstRow + row + r;
        if (token >= count || row + r >= end)
            continue;
        const uint at = (firstResult + slotOf[token]) * stride + own - matrix;
        const float value = weightTile[k / 4][k % 4] + (hasBias != 0 ? bias[own] : 0);
        result[at] = share == 0 ? value : result[at] + share * value;
    }
}

// Rows from `row` to `end` of this part for the first `count` of the tile's tokens.
void multiplyTile(uint row, uint end, uint matrix, uint count)
{
    const uint ownRow = gl_LocalInvocationID.x % 8 * 2, team = gl_LocalInvocationID.x / 8, ownToken = team * (kOwn / 4);  // in fours
    vec4 low[kOwn], high[kOwn];
    for (uint t = 0; t < kOwn; ++t)
        low[t] = high[t] = vec4(0);
    for (uint column = 0; column < columns; column += kDepth) {
        loadWeights(row, end, column);
        loadInput(count, column);
        barrier();
        for (uint c = 0; c < kDepth; ++c) {
            const vec4 first = weightTile[c * kRowPitch + ownRow], second = weightTile[c * kRowPitch + ownRow + 1];
            [[unroll]] for (uint four = 0; four < kOwn / 4; ++four) {
                const vec4 input_ = inputTile[c * kTokenPitch + ownToken + four];
                [[unroll]] for (uint t = 0; t < 4; ++t) {
                    low[four * 4 + t] += first * input_[t];
                    high[four * 4 + t] += second * input_[t];
                }
            }
        }
        barrier();
    }
    for (uint t = 0; t < kOwn; ++t) {
        weightTile[team * (kRows / 4) + ownRow] = low[t];
        weightTile[team * (kRows / 4) + ownRow + 1] = high[t];
        barrier();
        putResults(row, end, matrix, t, count);
        barrier();
    }
}

void main()
{
    const uint expert = gl_WorkGroupID.z, matrix = kGrouped ? expert * stride : 0, token = gl_WorkGroupID.y * kTokens;
    const uint all = kGrouped ? min(tokens, groups[expert * groupStride]) : tokens;
    const uint begin = max(matrix, firstRow), end = min(matrix + stride, firstRow + rows);  // of the matrix, what is in this part
    if (token >= all || begin >= end)
        return;
    for (uint t = gl_LocalInvocationID.x; t < kTokens; t += gl_WorkGroupSize.x)
        slotOf[t] = kGrouped ? groups[expert * groupStride + 1 + min(token + t, all - 1)] : token + t;
    barrier();
    for (uint row = begin - firstRow + gl_WorkGroupID.x * kRows; row < end - firstRow; row += gl_NumWorkGroups.x * kRows)
        multiplyTile(row, end - firstRow, matrix, min(all - token, kTokens));
}
