// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace halftone::quant {

/// The tensor types of GGUF, with ggml's ids (the GGUF specification's `ggml_type`).
enum class Type : std::uint32_t {
    F32 = 0, F16 = 1, Q4_0 = 2, Q4_1 = 3, Q5_0 = 6, Q5_1 = 7, Q8_0 = 8, Q8_1 = 9,
    Q2_K = 10, Q3_K = 11, Q4_K = 12, Q5_K = 13, Q6_K = 14, Q8_K = 15,
    IQ2_XXS = 16, IQ2_XS = 17, IQ3_XXS = 18, IQ1_S = 19, IQ4_NL = 20, IQ3_S = 21, IQ2_S = 22, IQ4_XS = 23,
    I8 = 24, I16 = 25, I32 = 26, I64 = 27, F64 = 28, IQ1_M = 29, BF16 = 30,
    TQ1_0 = 34, TQ2_0 = 35, MXFP4 = 39, NVFP4 = 40, Q1_0 = 41, Q2_0 = 42,
};

/// What a type family is made of.
enum class Family { Float, Legacy, K, I, Ternary, FloatBlock, Integer };

/// The constant facts of a type. A row is a whole number of blocks.
struct TypeInfo {
    Type type;
    std::string_view name;       ///< as llama.cpp spells it: "Q4_K"
    Family family;
    std::uint32_t blockSize;     ///< weights in a block
    std::uint32_t blockBytes;    ///< bytes of a block
    int bits;                    ///< nominal width, for colours and columns: 1..8, 16, 32, 64
    bool canDequantize;          ///< this program can read weights of this type
    bool canQuantize;            ///< this program can make this type
    bool needsImportance;        ///< refuses to quantize without an importance matrix

    constexpr double bitsPerWeight() const { return 8.0 * blockBytes / blockSize; }
    constexpr bool isFloat() const { return family == Family::Float; }
};

/// Every type above, in order of id.
std::span<const TypeInfo> allTypes();
/// Null for an id that no type has.
const TypeInfo* findType(std::uint32_t id);
const TypeInfo& info(Type type);
/// By name, letter case ignored. Null if there is none.
const TypeInfo* findType(std::string_view name);

inline std::string_view name(Type type) { return info(type).name; }
/// Bytes of `columns` weights; `columns` must be a multiple of the block size.
std::uint64_t rowBytes(Type type, std::uint64_t columns);

}  // namespace halftone::quant
