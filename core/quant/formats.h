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

// These ignore importance, as the reference does.
void dequantizeQ1_0(const std::byte* packed, float* out, std::size_t count);
void dequantizeQ2_0(const std::byte* packed, float* out, std::size_t count);
void dequantizeTQ1_0(const std::byte* packed, float* out, std::size_t count);
void dequantizeTQ2_0(const std::byte* packed, float* out, std::size_t count);
void dequantizeMXFP4(const std::byte* packed, float* out, std::size_t count);
void dequantizeNVFP4(const std::byte* packed, float* out, std::size_t count);
void quantizeQ1_0(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeQ2_0(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeTQ1_0(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeTQ2_0(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeMXFP4(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeNVFP4(const float* x, std::size_t columns, const float* importance, std::byte* out);

void dequantizeIQ4_NL(const std::byte* packed, float* out, std::size_t count);
void dequantizeIQ4_XS(const std::byte* packed, float* out, std::size_t count);
void quantizeIQ4_NL(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeIQ4_XS(const float* x, std::size_t columns, const float* importance, std::byte* out);

// IQ2_XXS, IQ2_XS and IQ1_S search only where there is importance.
void dequantizeIQ2_XXS(const std::byte* packed, float* out, std::size_t count);
void dequantizeIQ2_XS(const std::byte* packed, float* out, std::size_t count);
void dequantizeIQ2_S(const std::byte* packed, float* out, std::size_t count);
void dequantizeIQ3_XXS(const std::byte* packed, float* out, std::size_t count);
void dequantizeIQ3_S(const std::byte* packed, float* out, std::size_t count);
void dequantizeIQ1_S(const std::byte* packed, float* out, std::size_t count);
void dequantizeIQ1_M(const std::byte* packed, float* out, std::size_t count);
void quantizeIQ2_XXS(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeIQ2_XS(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeIQ2_S(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeIQ3_XXS(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeIQ3_S(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeIQ1_S(const float* x, std::size_t columns, const float* importance, std::byte* out);
void quantizeIQ1_M(const float* x, std::size_t columns, const float* importance, std::byte* out);

}  // namespace halftone::quant
