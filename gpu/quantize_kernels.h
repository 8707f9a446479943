// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"
#include "gpu/kernel.h"

#include <optional>

namespace halftone::gpu {

/// Weights of a work-group of every kernel that quantizes: whole blocks of every type, and whole words of packed bytes.
constexpr std::uint32_t kGroupWeights = 1024;

/// The kernel that makes a type, with or without importance. Empty where there is none.
std::optional<KernelSource> quantizeKernel(quant::Type type, bool importance);

/// The code book of a type as quantize_lattice.comp and quantize_splits.comp read it: of each lattice word its index, 0xffff where it is
/// not in the book, and in the upper half the number of its neighbours; then the place of the first of them; then all neighbours. Empty for
/// other types.
std::vector<std::uint32_t> codeBookWords(quant::Type type);

/// Whether importance makes the bytes of a block depend on its whole row.
bool looksAtRows(quant::Type type);

}  // namespace halftone::gpu
