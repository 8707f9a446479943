// SPDX-License-Identifier: Apache-2.0
// RMSNorm or LayerNorm of rows, a work-group for each: out = (x - mean) / sqrt(mean square + epsilon) * weight + bias, where RMSNorm
// takes no mean away. `result` may be `x`.
#version 450
#extension GL_GOOGLE_include_directive : require

layout(local_size_x = 64) in;
layout(constant_id = 0) const bool kTakesMean = false;

layout(std430, binding = 0) readonly buffer Input { float x[]; };
layout(std430, binding = 1) writeonly buffer Output { float result[]; };
layout(std430, binding = 2) readonly buffer Weight { float weight[]; };
layout(std430, binding = 3) readonly buffer Bias { float bias[]; };
layout(push_constant) uniform Push
{
    uint rows, width;
    uint firstRow;  // read; written are those from 0 on
    uint hasBias;
    float epsilon;
};

#include "reduce.glsl"

void main()
{
    for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
        const uint from = (firstRow + row) * width, to = row * width;
        float mean = 0, squares = 0;
        if (kTakesMean) {
            for (uint i = gl_LocalInvocationID.x; i < width; i += 64)
                mean += x[from + i];
            mean = sumOfGroup(mean) / float(width);
        }
        for (uint i = gl_LocalInvocationID.x; i < width; i += 64) {
            const float difference = x[from + i] - mean;
            squares += difference * difference;
        }
        const float inverse = 1 / sqrt(sumOfGroup(squares) / float(width) + epsilon);
        for (uint i = gl_LocalInvocationID.x; i < width; i += 64) {
            const float normal = (x[from + i] - mean) * inverse * weight[i];
            result[to + i] = hasBias != 0 ? normal + bias[i] : normal;
        }
    }
}
