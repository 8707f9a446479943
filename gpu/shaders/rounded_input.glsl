// SPDX-License-Identifier: Apache-2.0
// What matvec multiplies with, as the bytes that round.comp made: products are summed as whole numbers.
#include "packed_dot.glsl"

const uint kBlockPairs = 5;  // pairs of words of 32 columns: codes in eights, then their scale and a word that nobody reads
layout(std430, binding = 1) readonly buffer Codes { ivec2 inputCodes[]; };
layout(std430, binding = 1) readonly buffer Scales { vec2 inputScales[]; };  // the same

struct UnitInput {
    ivec2 eights[4];
    vec4 totals;  // of each eight's codes
    float scale;
};

int product(ivec2 x, ivec2 y) { return packedDot(x.x, y.x, 0) + packedDot(x.y, y.y, 0); }

// All columns of a unit are under one scale: Q4_0 and Q8_0 have a unit in a block of 32, the others eight in one of 256.
UnitInput inputOf(uint start, uint unit)
{
    UnitInput input_;
    for (uint i = 0; i < 4; ++i) {
        const uint column = start + columnOf(unit, i);
        input_.eights[i] = inputCodes[column / 32 * kBlockPairs + column % 32 / 8];
        input_.totals[i] = float(product(input_.eights[i], ivec2(0x01010101)));
    }
    input_.scale = inputScales[(start + columnOf(unit, 0)) / 32 * kBlockPairs + 4].x;
    return input_;
}

float product(Unit unit, UnitInput input_)
{
    vec4 products;
    for (uint i = 0; i < 4; ++i)
        products[i] = float(product(ivec2(unit.codes[i]), input_.eights[i]));
    return input_.scale * (dot(unit.scale, products) + dot(unit.offset, input_.totals));
}
