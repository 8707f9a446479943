// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/backend/backend.h"

#include <vector>

namespace halftone::gpu {

/// Rows that try a kernel: bell-shaped weights, outliers, rows of one sign, constant and empty blocks, and numbers near the ends of
/// what floats hold. Always the same.
struct Sample {
    static constexpr std::size_t kColumns = 1024, kRows = 24;
    std::vector<float> weights, importance;

    Sample();
    backend::Rows rows(quant::Type type, bool withImportance) const;
};

/// Whether `backend` unpacks a type as the CPU does: what the sample becomes, and blocks of any bytes. Throws what its dequantize() does.
bool unpacksAsTheCpu(backend::Backend& backend, quant::Type type);

/// Whether `backend` sees in the packed sample what the CPU sees in it. Throws what its inspect() does.
bool inspectsAsTheCpu(backend::Backend& backend, quant::Type type);

/// Whether `backend` takes longer than `other` to make the type of a million weights.
bool isSlower(backend::Backend& backend, backend::Backend& other, quant::Type type, bool importance);

/// Whether `backend` makes of the sample what the CPU makes of it. Throws what its quantize() does.
bool agreesWithCpu(backend::Backend& backend, quant::Type type, bool importance);

}  // namespace halftone::gpu
