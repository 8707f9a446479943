// SPDX-License-Identifier: Apache-2.0
// Joins the parts that attention.comp has cut the past of a head into: each one's sums are relative to the largest logit it saw.
#version 450

layout(local_size_x = 64) in;
layout(std430, binding = 0) readonly buffer Parts { float parts[]; };  // rows x count x (valueSize + 2)
layout(std430, binding = 1) writeonly buffer Output { float result[]; };  // rows x valueSize
layout(push_constant) uniform Push { uint rows, count, valueSize; };

void main()
{
    const uint width = valueSize + 2;
    for (uint i = gl_GlobalInvocationID.x; i < rows * valueSize; i += gl_NumWorkGroups.x * 64) {
        const uint first = i / valueSize * count * width, element = i % valueSize;
        float most = -1e30, sum = 0, total = 0;
        for (uint p = 0; p < count; ++p)
            most = max(most, parts[first + p * width + valueSize]);
        for (uint p = 0; p < count; ++p) {
            const float weight = exp(parts[first + p * width + valueSize] - most);
            sum += weight * parts[first + p * width + element];
            total += weight * parts[first + p * width + valueSize + 1];
        }
        result[i] = sum / total;
    }
}
