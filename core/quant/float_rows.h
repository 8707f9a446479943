// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace halftone::quant {

/// The float types, many weights at a time with SIMD: the same bits as the functions of half.h. The packed side needs no
/// alignment.
void halvesToFloats(const std::byte* halves, float* out, std::size_t count);
void floatsToHalves(const float* x, std::size_t count, std::byte* out);
void bfloatsToFloats(const std::byte* bfloats, float* out, std::size_t count);
void floatsToBfloats(const float* x, std::size_t count, std::byte* out);

/// Is any of these NaN or infinite?
bool anyNonFinite(const float* x, std::size_t count);

}  // namespace halftone::quant
