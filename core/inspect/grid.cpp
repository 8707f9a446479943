// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/grid.h"

#include <algorithm>
#include <cmath>

namespace halftone::inspect {
namespace {

/// Codes of a symmetric type run from first to first + 2^bits - 1 and stand for scale * code; those of an affine type
/// start at the block's minimum.
struct Codes {
    std::size_t span;
    int count;
    int first;
    bool affine;
};

const Codes* codesOf(quant::Type type)
{
    using quant::Type;
    static constexpr std::pair<Type, Codes> kCodes[] = {
        {Type::Q4_0, {32, 16, -8, false}},  {Type::Q4_1, {32, 16, 0, true}},    {Type::Q5_0, {32, 32, -16, false}},
        {Type::Q5_1, {32, 32, 0, true}},    {Type::Q8_0, {32, 255, -127, false}}, {Type::Q2_K, {16, 4, 0, true}},
        {Type::Q3_K, {16, 8, -4, false}},   {Type::Q4_K, {32, 16, 0, true}},    {Type::Q5_K, {32, 32, 0, true}},
        {Type::Q6_K, {16, 64, -32, false}},
    };
    const auto found = std::ranges::find(kCodes, type, [](const auto& entry) { return entry.first; });
    return found == std::end(kCodes) ? nullptr : &found->second;
}

/// The step between codes: the largest number of which every gap between used values is a multiple, within rounding.
float stepOf(const std::vector<float>& used)
{
    const float reach = used.back() - used.front();
    float step = reach;
    for (std::size_t i = 1; i < used.size(); ++i) {
        float a = step;
        float b = used[i] - used[i - 1];
        while (b > reach * 1e-3f) {   // Euclid; two values closer than this are one value rounded twice
            const float rest = a - b * std::round(a / b);
            a = b;
            b = std::abs(rest);
        }
        step = a;
    }
    return step;
}

}  // namespace

std::size_t gridSpan(quant::Type type)
{
    const Codes* codes = codesOf(type);
    return codes ? codes->span : 1;
}

std::vector<float> gridOf(quant::Type type, std::span<const float> dequantized)
{
    const Codes* codes = codesOf(type);
    std::vector<float> used(dequantized.begin(), dequantized.end());
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    if (!codes || used.size() < 2)
        return {};
    const float step = stepOf(used);
    if (!(step > 0) || std::round((used.back() - used.front()) / step) >= float(codes->count))
        return {};

    // A negative scale turns the symmetric codes round: seen when the largest value needs the code that only one end has.
    float first = codes->affine ? used.front() : step * float(codes->first);
    if (!codes->affine && used.back() > step * (float(codes->first + codes->count - 1) + 0.5f))
        first = -step * float(codes->first + codes->count - 1);
    std::vector<float> grid(std::size_t(codes->count));
    for (std::size_t i = 0; i < grid.size(); ++i)
        grid[i] = first + step * float(i);
    return grid;
}

}  // namespace halftone::inspect
