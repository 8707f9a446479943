// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/grid.h"

#include "core/quant/eights.h"
#include "core/quant/level_search.h"

#include <algorithm>
#include <array>
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
        {Type::Q4_0, {32, 16, -8, false}},  {Type::Q4_1, {32, 16, 0, true}},      {Type::Q5_0, {32, 32, -16, false}},
        {Type::Q5_1, {32, 32, 0, true}},    {Type::Q8_0, {32, 255, -127, false}}, {Type::Q2_K, {16, 4, 0, true}},
        {Type::Q3_K, {16, 8, -4, false}},   {Type::Q4_K, {32, 16, 0, true}},      {Type::Q5_K, {32, 32, 0, true}},
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
        while (b > reach * 1e-3f) {  // Euclid; two values closer than this are one value rounded twice
            const float rest = a - b * std::round(a / b);
            a = b;
            b = std::abs(rest);
        }
        step = a;
    }
    return step;
}

/// Types whose levels are no even steps: scale * level. The scale may be negative.
struct Levels {
    std::size_t span;
    std::span<const float> levels;  ///< ascending
};

/// `count` magnitudes with either sign.
template <std::size_t count>
constexpr std::array<float, 2 * count> eitherSign(const float* magnitudes)
{
    std::array<float, 2 * count> levels{};
    for (std::size_t i = 0; i < count; ++i) {
        levels[count + i] = magnitudes[i];
        levels[count - 1 - i] = -magnitudes[i];
    }
    return levels;
}

const Levels* levelsOf(quant::Type type)
{
    using quant::Type;
    static constexpr auto kIQ2 = eitherSign<3>(quant::kLevelsIQ2);
    static constexpr auto kIQ3_XXS = eitherSign<8>(quant::kLevelsIQ3_XXS), kIQ3_S = eitherSign<8>(quant::kLevelsIQ3_S);
    static constexpr std::span<const float> kIQ1 = std::span(quant::kLevelsIQ1).first(3);
    static constexpr float kFP4[] = {-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12};
    static constexpr float kTrits[] = {-1, 0, 1}, kTwoBits[] = {-1, 0, 1, 2};
    static constexpr std::pair<Type, Levels> kLevels[] = {
        {Type::IQ4_NL, {32, quant::kLevelsIQ4}},
        {Type::IQ4_XS, {32, quant::kLevelsIQ4}},
        {Type::MXFP4, {32, kFP4}},
        {Type::NVFP4, {16, kFP4}},
        {Type::TQ1_0, {256, kTrits}},
        {Type::TQ2_0, {256, kTrits}},
        {Type::Q2_0, {64, kTwoBits}},
        {Type::IQ2_XXS, {32, kIQ2}},
        {Type::IQ2_XS, {16, kIQ2}},
        {Type::IQ2_S, {16, kIQ2}},
        {Type::IQ3_XXS, {32, kIQ3_XXS}},
        {Type::IQ3_S, {32, kIQ3_S}},
        {Type::IQ1_S, {32, kIQ1}},
        {Type::IQ1_M, {8, kIQ1}},
    };
    const auto found = std::ranges::find(kLevels, type, [](const auto& entry) { return entry.first; });
    return found == std::end(kLevels) ? nullptr : &found->second;
}

float smallestGap(std::span<const float> levels)
{
    float least = levels.back() - levels.front();
    for (std::size_t i = 1; i < levels.size(); ++i)
        least = std::min(least, levels[i] - levels[i - 1]);
    return least;
}

/// Whether every value is scale * level, within rounding.
bool explains(std::span<const float> levels, float scale, const std::vector<float>& used)
{
    const float tolerance = 1e-3f * smallestGap(levels);
    return std::ranges::all_of(used, [&](float value) {
        return std::ranges::any_of(levels, [&](float level) { return std::abs(value / scale - level) < tolerance; });
    });
}

/// The scale that puts the largest value on one of the levels and all others on some: the coarsest of those that do. 0 if there is none.
float scaleOf(std::span<const float> levels, const std::vector<float>& used)
{
    const float largest = -used.front() > used.back() ? used.front() : used.back();
    float best = 0;
    for (const float level : levels)
        if (const float scale = largest / level; level != 0 && std::abs(scale) > std::abs(best) && explains(levels, scale, used))
            best = scale;
    return best;
}

std::vector<float> unevenGrid(std::span<const float> levels, const std::vector<float>& used)
{
    const float scale = scaleOf(levels, used);
    if (scale == 0)
        return {};
    std::vector<float> grid(levels.size());
    std::ranges::transform(levels, grid.begin(), [scale](float level) { return scale * level; });
    std::sort(grid.begin(), grid.end());
    return grid;
}

std::vector<float> evenGrid(const Codes& codes, const std::vector<float>& used)
{
    const float step = stepOf(used);
    if (!(step > 0) || std::round((used.back() - used.front()) / step) >= float(codes.count))
        return {};

    // A negative scale turns the symmetric codes round: seen when the largest value needs the code that only one end has.
    float first = codes.affine ? used.front() : step * float(codes.first);
    if (!codes.affine && used.back() > step * (float(codes.first + codes.count - 1) + 0.5f))
        first = -step * float(codes.first + codes.count - 1);
    std::vector<float> grid(std::size_t(codes.count));
    for (std::size_t i = 0; i < grid.size(); ++i)
        grid[i] = first + step * float(i);
    return grid;
}

}  // namespace

std::size_t gridSpan(quant::Type type)
{
    if (const Codes* codes = codesOf(type))
        return codes->span;
    const Levels* levels = levelsOf(type);
    return levels ? levels->span : 1;
}

std::vector<float> gridOf(quant::Type type, std::span<const float> dequantized)
{
    const Codes* codes = codesOf(type);
    const Levels* levels = levelsOf(type);
    std::vector<float> used(dequantized.begin(), dequantized.end());
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    if (used.size() < 2)
        return {};
    return codes ? evenGrid(*codes, used) : levels ? unevenGrid(levels->levels, used) : std::vector<float>();
}

}  // namespace halftone::inspect
