// SPDX-License-Identifier: Apache-2.0
#include "core/plan/preset.h"

#include <algorithm>
#include <array>

namespace halftone::plan {
namespace {

using quant::Type;

// File types as in llama.h, `enum llama_ftype`.
constexpr std::array kPresets{
    Preset{"IQ1_S", Type::IQ1_S, 24},     Preset{"IQ1_M", Type::IQ1_M, 31},     Preset{"TQ1_0", Type::TQ1_0, 36},
    Preset{"IQ2_XXS", Type::IQ2_XXS, 19}, Preset{"TQ2_0", Type::TQ2_0, 37},     Preset{"IQ2_XS", Type::IQ2_XS, 20},
    Preset{"IQ2_S", Type::IQ2_XS, 28},    Preset{"IQ2_M", Type::IQ2_S, 29},     Preset{"Q2_K_S", Type::Q2_K, 21},
    Preset{"Q2_K", Type::Q2_K, 10},       Preset{"IQ3_XXS", Type::IQ3_XXS, 23}, Preset{"IQ3_XS", Type::IQ3_S, 22},
    Preset{"IQ3_S", Type::IQ3_S, 26},     Preset{"IQ3_M", Type::IQ3_S, 27},     Preset{"Q3_K_S", Type::Q3_K, 11},
    Preset{"Q3_K_M", Type::Q3_K, 12},     Preset{"Q3_K_L", Type::Q3_K, 13},     Preset{"IQ4_XS", Type::IQ4_XS, 30},
    Preset{"MXFP4_MOE", Type::MXFP4, 38}, Preset{"IQ4_NL", Type::IQ4_NL, 25},   Preset{"Q4_0", Type::Q4_0, 2},
    Preset{"Q4_K_S", Type::Q4_K, 14},     Preset{"Q4_K_M", Type::Q4_K, 15},     Preset{"Q4_1", Type::Q4_1, 3},
    Preset{"Q5_0", Type::Q5_0, 8},        Preset{"Q5_K_S", Type::Q5_K, 16},     Preset{"Q5_K_M", Type::Q5_K, 17},
    Preset{"Q5_1", Type::Q5_1, 9},        Preset{"Q6_K", Type::Q6_K, 18},       Preset{"Q8_0", Type::Q8_0, 7},
    Preset{"F16", Type::F16, 1},          Preset{"BF16", Type::BF16, 32},       Preset{"F32", Type::F32, 0},
};

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
}

}  // namespace

std::span<const Preset> presets()
{
    return kPresets;
}

const Preset* findPreset(std::string_view name)
{
    const auto sameName = [&](const Preset& preset) { return std::ranges::equal(preset.name, name, {}, lower, lower); };
    const auto found = std::ranges::find_if(kPresets, sameName);
    return found == kPresets.end() ? nullptr : &*found;
}

}  // namespace halftone::plan
