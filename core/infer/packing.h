// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/matmul.h"

#include <cstddef>
#include <cstdint>

namespace halftone::infer {

/// How the weights of a packed type come apart. Within a group of `group` columns weight i is
/// scale * (code[i] - zeroPoint), or scale * code[i] + minimum, with one scale and minimum a group.
struct Packing {
    std::size_t columns;  ///< in a block
    std::size_t bytes;  ///< of a block
    std::size_t activations;  ///< columns under one scale of the activations: 32 or 256
    std::size_t group;  ///< 16 or 32
    int zeroPoint;  ///< 0 where there is a minimum
    bool hasMinimum;
};

inline constexpr Packing kQ8_0{32, 34, 32, 32, 128, false};
inline constexpr Packing kQ4_0{32, 18, 32, 32, 8, false};
inline constexpr Packing kQ4_1{32, 20, 32, 32, 0, true};
inline constexpr Packing kQ5_0{32, 22, 32, 32, 16, false};
inline constexpr Packing kQ5_1{32, 24, 32, 32, 0, true};
inline constexpr Packing kQ2_K{256, 84, 256, 16, 0, true};
inline constexpr Packing kQ3_K{256, 110, 256, 16, 4, false};
inline constexpr Packing kQ4_K{256, 144, 256, 32, 0, true};
inline constexpr Packing kQ5_K{256, 176, 256, 32, 0, true};
inline constexpr Packing kQ6_K{256, 210, 256, 16, 32, false};
// Levels: a code is what its nibble stands for, shifted by the zero point.
inline constexpr Packing kIQ4_NL{32, 18, 32, 32, 128, false};
inline constexpr Packing kIQ4_XS{256, 136, 256, 32, 128, false};
inline constexpr Packing kMXFP4{32, 17, 32, 32, 128, false};
inline constexpr Packing kNVFP4{64, 36, 32, 16, 128, false};
// One scale for a whole block, which every group repeats.
inline constexpr Packing kQ1_0{128, 18, 32, 32, 1, false};
inline constexpr Packing kQ2_0{64, 18, 32, 32, 1, false};
inline constexpr Packing kTQ1_0{256, 54, 256, 32, 1, false};
inline constexpr Packing kTQ2_0{256, 66, 256, 32, 1, false};
// Points of code books: a code is a level with its sign, shifted by the zero point. Those of IQ1 are eighths.
inline constexpr Packing kIQ2_XXS{256, 66, 256, 32, 128, false};
inline constexpr Packing kIQ2_XS{256, 74, 256, 16, 128, false};
inline constexpr Packing kIQ2_S{256, 82, 256, 16, 128, false};
inline constexpr Packing kIQ3_XXS{256, 98, 256, 32, 128, false};
inline constexpr Packing kIQ3_S{256, 110, 256, 32, 128, false};
inline constexpr Packing kIQ1_S{256, 50, 256, 32, 128, false};
inline constexpr Packing kIQ1_M{256, 56, 256, 16, 128, false};

/// Products of float weights have so many partial sums, column c being in sum c % kFloatSums; these are folded in the middle until one is
/// left.
inline constexpr std::size_t kFloatSums = 16;

/// Activations of which none is above this are taken for zeros: the inverse of their scale would overflow.
inline constexpr float kTiniest = 1e-30f;

/// Null for types that are not packed codes.
constexpr const Packing* findPacking(quant::Type type)
{
    using enum quant::Type;
    switch (type) {
    case Q8_0: return &kQ8_0;
    case Q4_0: return &kQ4_0;
    case Q4_1: return &kQ4_1;
    case Q5_0: return &kQ5_0;
    case Q5_1: return &kQ5_1;
    case Q2_K: return &kQ2_K;
    case Q3_K: return &kQ3_K;
    case Q4_K: return &kQ4_K;
    case Q5_K: return &kQ5_K;
    case Q6_K: return &kQ6_K;
    case IQ4_NL: return &kIQ4_NL;
    case IQ4_XS: return &kIQ4_XS;
    case MXFP4: return &kMXFP4;
    case NVFP4: return &kNVFP4;
    case Q1_0: return &kQ1_0;
    case Q2_0: return &kQ2_0;
    case TQ1_0: return &kTQ1_0;
    case TQ2_0: return &kTQ2_0;
    case IQ2_XXS: return &kIQ2_XXS;
    case IQ2_XS: return &kIQ2_XS;
    case IQ2_S: return &kIQ2_S;
    case IQ3_XXS: return &kIQ3_XXS;
    case IQ3_S: return &kIQ3_S;
    case IQ1_S: return &kIQ1_S;
    case IQ1_M: return &kIQ1_M;
    default: return nullptr;
    }
}

/// Bytes of one float weight, 0 for packed types.
constexpr std::size_t floatBytes(quant::Type type)
{
    using enum quant::Type;
    return type == F32 ? 4 : type == F16 || type == BF16 ? 2 : 0;
}

}  // namespace halftone::infer
