// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// The codecs of the single formats; codec.h chooses among them. Counts are whole blocks.
namespace halftone::quant {

/// `count` weights.
using Dequantize = void (*)(const std::byte* packed, float* out, std::size_t count);
/// One row of `columns` weights; `importance` is null or has one value per column.
using QuantizeRow = void (*)(const float* x, std::size_t columns, const float* importance, std::byte* out);

void dequantizeQ4_0(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ4_1(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ5_0(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ5_1(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ8_0(const std::byte* packed, float* out, std::size_t count);
void quantizeQ4_0(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ4_1(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ5_0(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ5_1(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ8_0(const float* x, std::size_t columns, const float* importance, std::byte* out);

void dequantizeQ2_K(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ3_K(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ4_K(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ5_K(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ6_K(const std::byte* packed, float* out, std::size_t count);
void quantizeQ2_K(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ3_K(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ4_K(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ5_K(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ6_K(const float* x, std::size_t columns, const float* importance, std::byte* out);

}  // namespace halftone::quant
