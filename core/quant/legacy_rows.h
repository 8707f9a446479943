// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace halftone::quant {

/// The blocks of 32 without importance, rows at a time with SIMD: the same bytes as quantizeQ4_0 and the others of
/// formats.h, which are their scalar references.
void roundQ4_0(const float* x, std::size_t columns, std::byte* out);
void roundQ4_1(const float* x, std::size_t columns, std::byte* out);
void roundQ5_0(const float* x, std::size_t columns, std::byte* out);
void roundQ5_1(const float* x, std::size_t columns, std::byte* out);
void roundQ8_0(const float* x, std::size_t columns, std::byte* out);

}  // namespace halftone::quant
