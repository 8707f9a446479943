// SPDX-License-Identifier: Apache-2.0
#include "core/plan/fallback.h"

namespace halftone::plan {
namespace {

using quant::Type;

/// Blocks of 32 in place of larger ones, with bits to spare. F16 where llama-quantize knows no substitute (there it gives up).
Type substitute(Type type)
{
    switch (type) {
    case Type::IQ1_S:
    case Type::IQ1_M:
    case Type::IQ2_XXS:
    case Type::IQ2_XS:
    case Type::IQ2_S:
    case Type::IQ3_XXS:
    case Type::IQ3_S:
    case Type::IQ4_XS: return Type::IQ4_NL;
    case Type::Q2_0:
    case Type::Q2_K:
    case Type::Q3_K:
    case Type::TQ1_0:
    case Type::TQ2_0: return Type::Q4_0;
    case Type::Q4_K: return Type::Q5_0;
    case Type::Q5_K: return Type::Q5_1;
    case Type::Q6_K: return Type::Q8_0;
    default: return Type::F16;
    }
}

bool fits(Type type, std::uint64_t columns) { return columns % quant::info(type).blockSize == 0; }

}  // namespace

Type fittingType(Type wanted, std::uint64_t columns)
{
    if (fits(wanted, columns))
        return wanted;
    const Type other = substitute(wanted);
    return fits(other, columns) ? other : Type::F16;
}

}  // namespace halftone::plan
