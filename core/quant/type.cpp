// SPDX-License-Identifier: Apache-2.0
#include "core/quant/type.h"

#include "core/base/error.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace halftone::quant {
namespace {

// Ids, block sizes and bytes are those of the GGUF specification (ggml_type). In order of id.
constexpr std::array kTypes = {
    //       type           name       family         block bytes bits  read   write  importance
    TypeInfo{Type::F32,     "F32",     Family::Float,      1,   4, 32, true,  true,  false},
    TypeInfo{Type::F16,     "F16",     Family::Float,      1,   2, 16, true,  true,  false},
    TypeInfo{Type::Q4_0,    "Q4_0",    Family::Legacy,    32,  18,  4, true,  true,  false},
    TypeInfo{Type::Q4_1,    "Q4_1",    Family::Legacy,    32,  20,  4, true,  true,  false},
    TypeInfo{Type::Q5_0,    "Q5_0",    Family::Legacy,    32,  22,  5, true,  true,  false},
    TypeInfo{Type::Q5_1,    "Q5_1",    Family::Legacy,    32,  24,  5, true,  true,  false},
    TypeInfo{Type::Q8_0,    "Q8_0",    Family::Legacy,    32,  34,  8, true,  true,  false},
    TypeInfo{Type::Q8_1,    "Q8_1",    Family::Legacy,    32,  36,  8, false, false, false},
    TypeInfo{Type::Q2_K,    "Q2_K",    Family::K,        256,  84,  2, true,  true,  false},
    TypeInfo{Type::Q3_K,    "Q3_K",    Family::K,        256, 110,  3, true,  true,  false},
    TypeInfo{Type::Q4_K,    "Q4_K",    Family::K,        256, 144,  4, true,  true,  false},
    TypeInfo{Type::Q5_K,    "Q5_K",    Family::K,        256, 176,  5, true,  true,  false},
    TypeInfo{Type::Q6_K,    "Q6_K",    Family::K,        256, 210,  6, true,  true,  false},
    TypeInfo{Type::Q8_K,    "Q8_K",    Family::K,        256, 292,  8, false, false, false},
    TypeInfo{Type::IQ2_XXS, "IQ2_XXS", Family::I,        256,  66,  2, true,  true,  true},
    TypeInfo{Type::IQ2_XS,  "IQ2_XS",  Family::I,        256,  74,  2, true,  true,  true},
    TypeInfo{Type::IQ3_XXS, "IQ3_XXS", Family::I,        256,  98,  3, true,  true,  false},
    TypeInfo{Type::IQ1_S,   "IQ1_S",   Family::I,        256,  50,  1, true,  true,  true},
    TypeInfo{Type::IQ4_NL,  "IQ4_NL",  Family::I,         32,  18,  4, true,  true,  false},
    TypeInfo{Type::IQ3_S,   "IQ3_S",   Family::I,        256, 110,  3, true,  true,  false},
    TypeInfo{Type::IQ2_S,   "IQ2_S",   Family::I,        256,  82,  2, true,  true,  false},
    TypeInfo{Type::IQ4_XS,  "IQ4_XS",  Family::I,        256, 136,  4, true,  true,  false},
    TypeInfo{Type::I8,      "I8",      Family::Integer,    1,   1,  8, false, false, false},
    TypeInfo{Type::I16,     "I16",     Family::Integer,    1,   2, 16, false, false, false},
    TypeInfo{Type::I32,     "I32",     Family::Integer,    1,   4, 32, false, false, false},
    TypeInfo{Type::I64,     "I64",     Family::Integer,    1,   8, 64, false, false, false},
    TypeInfo{Type::F64,     "F64",     Family::Float,      1,   8, 64, false, false, false},
    TypeInfo{Type::IQ1_M,   "IQ1_M",   Family::I,        256,  56,  1, true,  true,  false},
    TypeInfo{Type::BF16,    "BF16",    Family::Float,      1,   2, 16, true,  true,  false},
    TypeInfo{Type::TQ1_0,   "TQ1_0",   Family::Ternary,  256,  54,  1, true,  true,  false},
    TypeInfo{Type::TQ2_0,   "TQ2_0",   Family::Ternary,  256,  66,  2, true,  true,  false},
    TypeInfo{Type::MXFP4,   "MXFP4",   Family::FloatBlock, 32, 17,  4, true,  true,  false},
    TypeInfo{Type::NVFP4,   "NVFP4",   Family::FloatBlock, 64, 36,  4, true,  true,  false},
    TypeInfo{Type::Q1_0,    "Q1_0",    Family::Legacy,   128,  18,  1, true,  true,  false},
    TypeInfo{Type::Q2_0,    "Q2_0",    Family::Legacy,    64,  18,  2, true,  true,  false},
};
static_assert(std::ranges::is_sorted(kTypes, {}, &TypeInfo::type));

bool sameLetters(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, {}, [](unsigned char c) { return std::toupper(c); }, [](unsigned char c) { return std::toupper(c); });
}

}  // namespace

std::span<const TypeInfo> allTypes()
{
    return kTypes;
}

const TypeInfo* findType(std::uint32_t id)
{
    const auto found = std::ranges::lower_bound(kTypes, Type(id), {}, &TypeInfo::type);
    return found != kTypes.end() && found->type == Type(id) ? &*found : nullptr;
}

const TypeInfo& info(Type type)
{
    const TypeInfo* found = findType(std::uint32_t(type));
    if (!found)
        throw Error(ErrorCode::Usage, "there is no tensor type with id " + std::to_string(std::uint32_t(type)));
    return *found;
}

const TypeInfo* findType(std::string_view name)
{
    const auto found = std::ranges::find_if(kTypes, [&](const TypeInfo& type) { return sameLetters(type.name, name); });
    return found == kTypes.end() ? nullptr : &*found;
}

std::uint64_t rowBytes(Type type, std::uint64_t columns)
{
    const TypeInfo& t = info(type);
    return columns / t.blockSize * t.blockBytes;
}

}  // namespace halftone::quant
