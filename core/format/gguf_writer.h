// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/metadata.h"
#include "core/model/tensor.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace halftone::format {

/// What the header says of one tensor to be written.
struct TensorHeader {
    std::string name;
    model::Shape shape;
    quant::Type type;
};

/// Everything before the tensor data, and where each tensor goes. Known before a byte of data exists, so the size of
/// the output is exact before anything is computed.
struct GgufLayout {
    std::vector<std::byte> header;             ///< magic to the padding before the data section, if there is one
    std::vector<std::uint64_t> offsets;        ///< of each tensor, from the start of the file
    std::uint64_t fileBytes = 0;               ///< size of the complete file, final padding included
};

/// Lays out a GGUF v3 file (v2 when `version` says so) as the specification orders it: header, tensor table, data, each
/// aligned to general.alignment of `metadata` or 32.
GgufLayout layoutGguf(const model::Metadata& metadata, std::span<const TensorHeader> tensors, std::uint32_t version = 3);

}  // namespace halftone::format
