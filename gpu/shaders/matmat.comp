// SPDX-License-Identifier: Apache-2.0
// out = weights * x + bias for many tokens: what a prompt does. A work-group makes 32 rows for 32 tokens, 4 x 4 to an invocation; each
// step unpacks 32 columns of the weights into shared memory once for all tokens.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Weights { uint weights[]; };
layout(std430, binding = 1) readonly buffer Input { float x[]; };  // tokens x columns
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

const uint kTile = 32, kOwn = 4, kPitch = kTile + 1;  // a pitch that is no power of two spreads columns over the banks
shared float weightTile[kTile * kPitch];  // column by column
shared float inputTile[kTile * kPitch];

void loadWeights(uint row, uint column)
{
    for (uint k = gl_LocalInvocationID.x; k < kTile * kTile / 8; k += gl_WorkGroupSize.x) {
        const uint r = k / (kTile / 8), e = column / 8 + k % (kTile / 8);
        Eight w = Eight(vec4(0), vec4(0));
        if (row + r < rows && e * 8 < columns)
            w = weightsAt((row + r) * rowBytes, e);
        for (uint i = 0; i < 4; ++i) {
            weightTile[(k % (kTile / 8) * 8 + i) * kPitch + r] = w.low[i];
            weightTile[(k % (kTile / 8) * 8 + i + 4) * kPitch + r] = w.high[i];
        }
    }
}

void loadInput(uint token, uint column)
{
    for (uint k = gl_LocalInvocationID.x; k < kTile * kTile; k += gl_WorkGroupSize.x) {
        const uint t = k / kTile, c = k % kTile;
        const bool inside = token + t < tokens && column + c < columns;
        inputTile[c * kPitch + t] = inside ? x[(token + t) * columns + column + c] : 0;
    }
}

void main()
{
    const uint ownRow = gl_LocalInvocationID.x % 8 * kOwn, ownToken = gl_LocalInvocationID.x / 8 * kOwn, token = gl_WorkGroupID.y * kTile;
    for (uint row = gl_WorkGroupID.x * kTile; row < rows; row += gl_NumWorkGroups.x * kTile) {
        vec4 sum[kOwn];
        for (uint t = 0; t < kOwn; ++t)
            sum[t] = vec4(0);
        for (uint column = 0; column < columns; column += kTile) {
            loadWeights(row, column);
            loadInput(token, column);
            barrier();
            for (uint c = 0; c < kTile; ++c) {
                const uint w = c * kPitch + ownRow;
                const vec4 four = vec4(weightTile[w], weightTile[w + 1], weightTile[w + 2], weightTile[w + 3]);
                for (uint t = 0; t < kOwn; ++t)
                    sum[t] += four * inputTile[c * kPitch + ownToken + t];
            }
            barrier();
        }
        for (uint t = 0; t < kOwn; ++t)
            for (uint r = 0; r < kOwn; ++r)
                if (token + ownToken + t < tokens && row + ownRow + r < rows) {
                    const uint at = firstRow + row + ownRow + r;
                    result[(token + ownToken + t) * stride + at] = sum[t][r] + (hasBias != 0 ? bias[at] : 0);
                }
    }
}
