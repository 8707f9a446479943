// SPDX-License-Identifier: Apache-2.0
#include "gpu/quantize_kernels.h"

#include "core/quant/code_book.h"

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
    Entry{Type::IQ2_XXS, "quantize_lattice", 32},      Entry{Type::IQ2_XS, "quantize_lattice", 16},
    Entry{Type::IQ2_S, "quantize_lattice", 16},        Entry{Type::IQ3_XXS, "quantize_lattice", 32},
    Entry{Type::IQ3_S, "quantize_lattice", 32},        Entry{Type::TQ1_0, "quantize_rounded", 32, false},
    Entry{Type::TQ2_0, "quantize_rounded", 32, false}, Entry{Type::MXFP4, "quantize_rounded", 32, false},
    Entry{Type::NVFP4, "quantize_rounded", 16, false}, Entry{Type::Q1_0, "quantize_rounded", 32, false},
    Entry{Type::Q2_0, "quantize_rounded", 32, false},  Entry{Type::IQ1_S, "quantize_splits", 32},
    Entry{Type::IQ1_M, "quantize_splits", 16},
};

const quant::CodeBook* codeBookOf(Type type)
{
    switch (type) {
    case Type::IQ2_XXS: return &quant::CodeBook::iq2xxs();
    case Type::IQ2_XS: return &quant::CodeBook::iq2xs();
    case Type::IQ2_S: return &quant::CodeBook::iq2s();
    case Type::IQ3_XXS: return &quant::CodeBook::iq3xxs();
    case Type::IQ3_S: return &quant::CodeBook::iq3s();
    case Type::IQ1_S:
    case Type::IQ1_M: return &quant::CodeBook::iq1();
    default: return nullptr;
    }
}

}  // namespace

std::optional<KernelSource> quantizeKernel(quant::Type type, bool importance)
{
    const auto found = std::ranges::find(kEntries, type, &Entry::type);
    const quant::TypeInfo& info = quant::info(type);
    if (found == kEntries.end() || (info.needsImportance && !importance))
        return std::nullopt;
    return KernelSource{.shader = found->shader,
                        .buffers = codeBookOf(type) ? 6u : 5u,
                        .pushWords = 3,
                        .constants = {kGroupWeights / found->part, found->part, std::uint32_t(type), info.blockSize, info.blockBytes,
                                      importance && found->usesImportance}};
}

std::vector<std::uint32_t> codeBookWords(quant::Type type)
{
    const quant::CodeBook* book = codeBookOf(type);
    if (!book)
        return {};
    const std::uint32_t points = type == Type::IQ3_XXS || type == Type::IQ3_S ? 4096 : 65536;
    std::vector<std::uint32_t> words(2 * points);
    for (std::uint32_t point = 0; point < points; ++point) {
        const auto neighbours = book->neighbours(std::uint16_t(point));
        words[point] = std::uint16_t(book->indexOf(std::uint16_t(point))) | std::uint32_t(neighbours.size()) << 16;
        words[points + point] = std::uint32_t(words.size());
        words.insert(words.end(), neighbours.begin(), neighbours.end());
    }
    return words;
}

bool looksAtRows(quant::Type type)
{
    return type == Type::Q4_0 || type == Type::Q4_1 || type == Type::Q5_0 || type == Type::Q5_1;
}

}  // namespace halftone::gpu
