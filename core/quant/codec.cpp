// SPDX-License-Identifier: Apache-2.0
#include "core/quant/codec.h"

#include "core/base/error.h"
#include "core/quant/float_rows.h"
#include "core/quant/formats.h"
#include "core/quant/legacy_rows.h"
#include "core/quant/legacy_search.h"
#include "core/quant/small_rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace halftone::quant {
namespace {

void copyFloats(const std::byte* packed, float* out, std::size_t count)
{
    std::memcpy(out, packed, count * sizeof(float));
}

/// Types that ignore importance, as the reference does.
template <auto round>
void roundOnly(const float* x, std::size_t columns, const float*, std::byte* out)
{
    round(x, columns, out);
}

void packSame(const float* x, std::size_t columns, std::byte* out)
{
    std::memcpy(out, x, columns * sizeof(float));
}

/// Several rows with the same importance at once.
using QuantizeRows = void (*)(const float* x, std::size_t rows, std::size_t columns, const float* importance, std::byte* out);

struct Codec {
    Type type;
    Dequantize dequantize;
    QuantizeRow quantize;  ///< importance may be null, where the type does without
    QuantizeRows search = nullptr;  ///< takes the place of `quantize` with importance
};

constexpr std::array kCodecs = {
    Codec{Type::F32, copyFloats, roundOnly<packSame>},
    Codec{Type::F16, halvesToFloats, roundOnly<floatsToHalves>},
    Codec{Type::BF16, bfloatsToFloats, roundOnly<floatsToBfloats>},
    Codec{Type::Q4_0, dequantizeQ4_0, roundOnly<roundQ4_0>, searchQ4_0},
    Codec{Type::Q4_1, dequantizeQ4_1, roundOnly<roundQ4_1>, searchQ4_1},
    Codec{Type::Q5_0, dequantizeQ5_0, roundOnly<roundQ5_0>, searchQ5_0},
    Codec{Type::Q5_1, dequantizeQ5_1, roundOnly<roundQ5_1>, searchQ5_1},
    Codec{Type::Q8_0, dequantizeQ8_0, roundOnly<roundQ8_0>},
    Codec{Type::Q2_K, dequantizeQ2_K, quantizeQ2_K},
    Codec{Type::Q3_K, dequantizeQ3_K, quantizeQ3_K},
    Codec{Type::Q4_K, dequantizeQ4_K, quantizeQ4_K},
    Codec{Type::Q5_K, dequantizeQ5_K, quantizeQ5_K},
    Codec{Type::Q6_K, dequantizeQ6_K, quantizeQ6_K},
    Codec{Type::IQ4_NL, dequantizeIQ4_NL, quantizeIQ4_NL},
    Codec{Type::IQ4_XS, dequantizeIQ4_XS, quantizeIQ4_XS},
    Codec{Type::IQ2_XXS, dequantizeIQ2_XXS, quantizeIQ2_XXS},
    Codec{Type::IQ2_XS, dequantizeIQ2_XS, quantizeIQ2_XS},
    Codec{Type::IQ2_S, dequantizeIQ2_S, quantizeIQ2_S},
    Codec{Type::IQ3_XXS, dequantizeIQ3_XXS, quantizeIQ3_XXS},
    Codec{Type::IQ3_S, dequantizeIQ3_S, quantizeIQ3_S},
    Codec{Type::IQ1_S, dequantizeIQ1_S, quantizeIQ1_S},
    Codec{Type::IQ1_M, dequantizeIQ1_M, quantizeIQ1_M},
    Codec{Type::TQ1_0, dequantizeTQ1_0, roundOnly<roundTQ1_0>},
    Codec{Type::TQ2_0, dequantizeTQ2_0, roundOnly<roundTQ2_0>},
    Codec{Type::MXFP4, dequantizeMXFP4, roundOnly<roundMXFP4>},
    Codec{Type::NVFP4, dequantizeNVFP4, roundOnly<roundNVFP4>},
    Codec{Type::Q1_0, dequantizeQ1_0, quantizeQ1_0},
    Codec{Type::Q2_0, dequantizeQ2_0, quantizeQ2_0},
};

const Codec& codecOf(Type type)
{
    const auto found = std::ranges::find(kCodecs, type, &Codec::type);
    if (found == kCodecs.end())
        throw Error(ErrorCode::Unsupported, "weights of type " + std::string(name(type)) + " cannot be read or made");
    return *found;
}

}  // namespace

void dequantize(Type type, std::span<const std::byte> packed, std::span<float> out)
{
    codecOf(type).dequantize(packed.data(), out.data(), out.size());
}

void quantize(Type type, std::span<const float> weights, std::size_t columns, std::span<const float> importance,
              std::span<std::byte> packed)
{
    const Codec& codec = codecOf(type);
    if (info(type).needsImportance && importance.empty())
        throw Error(ErrorCode::Usage,
                    {.problem = std::string(name(type)) + " needs an importance matrix", .advice = std::string(kImportanceAdvice)});
    if (codec.search && !importance.empty()) {
        codec.search(weights.data(), weights.size() / columns, columns, importance.data(), packed.data());
        return;
    }
    const std::uint64_t bytes = rowBytes(type, columns);
    for (std::size_t row = 0; row < weights.size() / columns; ++row)
        codec.quantize(weights.data() + row * columns, columns, importance.empty() ? nullptr : importance.data(),
                       packed.data() + row * bytes);
}

std::size_t findNonFinite(std::span<const float> weights)
{
    constexpr std::size_t kStretch = 4096;
    for (std::size_t begin = 0; begin < weights.size(); begin += kStretch) {
        const auto stretch = weights.subspan(begin, std::min(kStretch, weights.size() - begin));
        if (anyNonFinite(stretch.data(), stretch.size()))
            return begin + std::size_t(std::ranges::find_if_not(stretch, [](float w) { return std::isfinite(w); }) - stretch.begin());
    }
    return weights.size();
}

}  // namespace halftone::quant
