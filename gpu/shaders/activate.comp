// SPDX-License-Identifier: Apache-2.0
// The hidden layer of a feed-forward network, in place: hidden = activation(hidden) * factor. Formulas are those of
// core/infer/vector_math.h.
#version 450

layout(local_size_x = 64) in;
layout(constant_id = 0) const uint kKind = 0;  // 0: SiLU, 1: GELU, 2: clamped SiLU, 3: GELU without a factor

layout(std430, binding = 0) buffer Hidden { float hidden[]; };
layout(std430, binding = 1) readonly buffer Factor { float factor[]; };
layout(push_constant) uniform Push { uint count; };

float gelu(float x)
{
    const float inner = clamp(0.7978845608 * (x + 0.044715 * x * x * x), -15.0, 15.0);  // tanh is 1 there, and some devices overflow
    return x / 2 * (1 + tanh(inner));
}

float activated(float x, float other)
{
    switch (kKind) {
    case 0: return x / (1 + exp(-x)) * other;
    case 1: return gelu(x) * other;
    case 2: {
        const float gate = min(x, 7.0);
        return gate / (1 + exp(-1.702 * gate)) * (clamp(other, -7.0, 7.0) + 1);
    }
    }
    return gelu(x);
}

void main()
{
    for (uint i = gl_GlobalInvocationID.x; i < count; i += gl_NumWorkGroups.x * 64)
        hidden[i] = activated(hidden[i], kKind == 3 ? 0 : factor[i]);
}
