// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace halftone::gpu {

/// Levels (floats as bits) and points of code books, which packed weights name by number: what shaders/packed_weights.glsl looks up in
/// its buffer `tables`. The places are constants there.
std::vector<std::uint32_t> weightTables();

}  // namespace halftone::gpu
