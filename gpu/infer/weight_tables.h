// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"
#include "gpu/buffer.h"

#include <cstdint>
#include <vector>

namespace halftone::gpu {

/// Levels (floats as bits) and points of code books, which packed weights name by number: what shaders/packed_weights.glsl looks up in
/// its buffer `tables`. The places are constants there.
std::vector<std::uint32_t> weightTables();
/// The same on the device. Throws Error.
Buffer uploadedWeightTables(ComputeDevice& device);
/// Specialization constants 0 to 2 of whoever includes that file: the type, and its block's eights and bytes. Floats count as blocks of
/// eight.
std::vector<std::uint32_t> weightConstants(quant::Type type);

}  // namespace halftone::gpu
