// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/matmul.h"

#include <span>

/// The arithmetic of multiply() and of the activations' quantization, one value after the other: what the SIMD kernels
/// are tested against.
namespace halftone::infer::reference {

void quantize(std::span<const float, 32> x, Block32& block);
void quantize(std::span<const float, 256> x, Block256& block);

/// A block of packed weights taken apart (see Packing): one scale and one minimum for each group.
struct Unpacked {
    std::uint8_t codes[256];
    float scales[16];
    float minimums[16];
};
void unpack(quant::Type type, const std::byte* block, Unpacked& out);

/// One row of weights times one token.
float dot(quant::Type type, const std::byte* row, std::span<const Block32> x);
float dot(quant::Type type, const std::byte* row, std::span<const Block256> x);
float dot(quant::Type type, const std::byte* row, std::span<const float> x);

}  // namespace halftone::infer::reference
