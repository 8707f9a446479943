// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace halftone::infer {

/// How the keys and values of past tokens are kept. Q8_0 is ggml's format along each head: bytes with a half as scale for 32.
enum class KvType { F16, F32, Q8_0 };

inline constexpr std::array kKvTypes{KvType::F16, KvType::F32, KvType::Q8_0};

/// "f16", as the command line spells it.
std::string_view kvTypeName(KvType type);
std::optional<KvType> findKvType(std::string_view name);

}  // namespace halftone::infer
