// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/gguf_writer.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace halftone::format {

/// Bytes of one key-value pair in a GGUF header.
std::uint64_t entryBytes(std::string_view key, const model::Value& value);

/// GgufLayout::fileBytes without the layout: the size of the complete file whose metadata entries take `metadataBytes`
/// altogether. `alignment` is a power of two.
std::uint64_t ggufFileBytes(std::uint64_t metadataBytes, std::span<const TensorHeader> tensors, std::uint64_t alignment);

}  // namespace halftone::format
