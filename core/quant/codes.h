// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace halftone::quant {

/// True for the types whose weights are whole-number codes on a grid per block: the legacy types and the k-quants.
bool hasCodes(Type type);

/// The code of each weight as it stands in the packed blocks: 0..3 of Q2_K, 0..15 of Q4_K, the byte's bits of Q8_0. `packed`
/// holds exactly codes.size() weights. Requires hasCodes(type). Thread safe.
void unpackCodes(Type type, std::span<const std::byte> packed, std::span<std::uint8_t> codes);

}  // namespace halftone::quant
