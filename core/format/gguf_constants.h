// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/metadata.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <variant>

namespace halftone::format {

/// Ids of value types in GGUF metadata. model::Value holds them in the same order, so its index is the id.
inline constexpr std::uint32_t kBoolType = 7, kStringType = 8, kArrayType = 9, kValueTypes = 13;
static_assert(std::variant_size_v<model::Value> == kValueTypes);
static_assert(std::is_same_v<std::variant_alternative_t<kBoolType, model::Value>, model::Bool>);
static_assert(std::is_same_v<std::variant_alternative_t<kStringType, model::Value>, std::string>);
static_assert(std::is_same_v<std::variant_alternative_t<kArrayType, model::Value>, model::Array>);

/// model::Array has the same order without arrays of arrays.
constexpr std::uint32_t elementType(std::size_t arrayIndex)
{
    return std::uint32_t(arrayIndex < kArrayType ? arrayIndex : arrayIndex + 1);
}

/// Bounds from the GGUF specification: keys have at most 65535 bytes, the alignment is a multiple of 8. The largest
/// alignment is ours; the specification has none, and files use 32. Tensor names have 64 bytes there, but image models
/// go beyond.
inline constexpr std::size_t kLongestKey = 65'535, kLongestTensorName = 1024;
inline constexpr std::uint32_t kDefaultAlignment = 32, kSmallestAlignment = 8, kLargestAlignment = 1u << 20;

}  // namespace halftone::format
