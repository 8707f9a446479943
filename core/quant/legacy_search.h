// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// `rows` rows of Q4_0, Q4_1, Q5_0, Q5_1 with importance, sixteen blocks side by side in SIMD lanes. Same bytes as quantizeQ4_0 and so on
// make of each row.
namespace halftone::quant {

void searchQ4_0(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out);
void searchQ4_1(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out);
void searchQ5_0(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out);
void searchQ5_1(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out);

}  // namespace halftone::quant
