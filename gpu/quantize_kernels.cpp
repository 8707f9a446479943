// SPDX-License-Identifier: Apache-2.0
#include "gpu/quantize_kernels.h"

#include <algorithm>
#include <array>

namespace halftone::gpu {
namespace {

using quant::Type;

struct Entry {
    Type type;
    std::string_view shader;
    std::uint32_t part;  ///< weights that are searched as one
    bool usesImportance = true;
};

constexpr std::array kEntries = {
    Entry{Type::Q4_0, "quantize_legacy", 32},          Entry{Type::Q4_1, "quantize_legacy", 32},
    Entry{Type::Q5_0, "quantize_legacy", 32},          Entry{Type::Q5_1, "quantize_legacy", 32},
    Entry{Type::Q8_0, "quantize_legacy", 32, false},   Entry{Type::Q2_K, "quantize_affine", 16},
    Entry{Type::Q3_K, "quantize_symmetric", 16},       Entry{Type::Q4_K, "quantize_affine", 32},
    Entry{Type::Q5_K, "quantize_affine", 32},          Entry{Type::Q6_K, "quantize_symmetric", 16},
    Entry{Type::IQ4_NL, "quantize_levels", 32},        Entry{Type::IQ4_XS, "quantize_levels", 32},
    Entry{Type::TQ1_0, "quantize_rounded", 32, false}, Entry{Type::TQ2_0, "quantize_rounded", 32, false},
    Entry{Type::MXFP4, "quantize_rounded", 32, false},
};

}  // namespace

std::optional<KernelSource> quantizeKernel(quant::Type type, bool importance)
{
    const auto found = std::ranges::find(kEntries, type, &Entry::type);
    if (found == kEntries.end())
        return std::nullopt;
    const quant::TypeInfo& info = quant::info(type);
    return KernelSource{.shader = found->shader,
                        .buffers = 5,
                        .pushWords = 3,
                        .constants = {kGroupWeights / found->part, found->part, std::uint32_t(type), info.blockSize, info.blockBytes,
                                      importance && found->usesImportance}};
}

bool looksAtRows(quant::Type type)
{
    return quant::info(type).family == quant::Family::Legacy && type != Type::Q8_0;
}

}  // namespace halftone::gpu
