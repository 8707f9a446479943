// SPDX-License-Identifier: Apache-2.0
// What matvec multiplies with, as floats.

layout(std430, binding = 1) readonly buffer Input { float x[]; };  // tokens x columns
layout(std430, binding = 1) readonly buffer InputFours { vec4 xFours[]; };  // the same

struct UnitInput {
    Eight eights[4];
    vec4 totals;  // of each eight
};

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

UnitInput inputOf(uint start, uint unit)
{
    UnitInput input_;
    for (uint i = 0; i < 4; ++i) {
        input_.eights[i] = inputAt(start, columnOf(unit, i));
        input_.totals[i] = dot(input_.eights[i].low + input_.eights[i].high, vec4(1));
    }
    return input_;
}

float product(Eight w, Eight input_) { return dot(w.low, input_.low) + dot(w.high, input_.high); }

Eight codesOf(uvec2 words)
{
    return kType == kQ8_0 ? Eight(signedBytesOf(words.x), signedBytesOf(words.y)) : Eight(bytesOf(words.x), bytesOf(words.y));
}

float product(Unit unit, UnitInput input_)
{
    vec4 products;
    for (uint i = 0; i < 4; ++i)
        products[i] = product(codesOf(unit.codes[i]), input_.eights[i]);
    return dot(unit.scale, products) + dot(unit.offset, input_.totals);
}
