// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/metadata.h"
#include "core/model/tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace halftone::format {

/// One GGUF file taken apart.
struct GgufFile {
    std::uint32_t version = 3;
    std::uint64_t alignment = 32;
    model::Metadata metadata;
    std::vector<model::Tensor> tensors;  ///< with views on the bytes given; offsets from the start of the file
};

/// Reads the header of a GGUF v2 or v3 file from all its bytes; tensor data is not touched. `bytes` must outlive the
/// result. Throws Error{Malformed | Unsupported} naming field, byte and rule (without the file's name).
GgufFile readGguf(std::span<const std::byte> bytes);

}  // namespace halftone::format
