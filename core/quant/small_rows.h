// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// The types that only round, with SIMD: same bytes as quantizeTQ1_0 and so on make of the same.
namespace halftone::quant {

void roundTQ1_0(const float* x, std::size_t columns, std::byte* out);
void roundTQ2_0(const float* x, std::size_t columns, std::byte* out);
void roundMXFP4(const float* x, std::size_t columns, std::byte* out);
void roundNVFP4(const float* x, std::size_t columns, std::byte* out);

}  // namespace halftone::quant
