// SPDX-License-Identifier: Apache-2.0
#include "core/quant/codec.h"

#include "core/base/error.h"
#include "core/quant/formats.h"
#include "core/quant/half.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace halftone::quant {
namespace {

template <class Stored, auto convert>
void dequantizeFloats(const std::byte* packed, float* out, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        Stored stored;
        std::memcpy(&stored, packed + i * sizeof(Stored), sizeof(Stored));
        out[i] = convert(stored);
    }
}

template <class Stored, auto convert>
void quantizeFloats(const float* x, std::size_t columns, const float*, std::byte* out)
{
    for (std::size_t i = 0; i < columns; ++i) {
        const Stored stored = convert(x[i]);
        std::memcpy(out + i * sizeof(Stored), &stored, sizeof(Stored));
    }
}

float same(float value)
{
    return value;
}

struct Codec {
    Type type;
    Dequantize dequantize;
    QuantizeRow quantize;
};

constexpr std::array kCodecs = {
    Codec{Type::F32, dequantizeFloats<float, same>, quantizeFloats<float, same>},
    Codec{Type::F16, dequantizeFloats<std::uint16_t, halfToFloat>, quantizeFloats<std::uint16_t, floatToHalf>},
    Codec{Type::BF16, dequantizeFloats<std::uint16_t, bfloatToFloat>, quantizeFloats<std::uint16_t, floatToBfloat>},
    Codec{Type::Q4_0, dequantizeQ4_0, quantizeQ4_0},
    Codec{Type::Q4_1, dequantizeQ4_1, quantizeQ4_1},
    Codec{Type::Q5_0, dequantizeQ5_0, quantizeQ5_0},
    Codec{Type::Q5_1, dequantizeQ5_1, quantizeQ5_1},
    Codec{Type::Q8_0, dequantizeQ8_0, quantizeQ8_0},
    Codec{Type::Q2_K, dequantizeQ2_K, quantizeQ2_K},
    Codec{Type::Q3_K, dequantizeQ3_K, quantizeQ3_K},
    Codec{Type::Q4_K, dequantizeQ4_K, quantizeQ4_K},
    Codec{Type::Q5_K, dequantizeQ5_K, quantizeQ5_K},
    Codec{Type::Q6_K, dequantizeQ6_K, quantizeQ6_K},
};

const Codec& codecOf(Type type)
{
    const auto found = std::ranges::find(kCodecs, type, &Codec::type);
    if (found == kCodecs.end())
        throw Error(ErrorCode::Unsupported, "weights of type " + std::string(name(type)) + " cannot be read or made yet");
    return *found;
}

}  // namespace

void dequantize(Type type, std::span<const std::byte> packed, std::span<float> out)
{
    codecOf(type).dequantize(packed.data(), out.data(), out.size());
}

void quantize(Type type, std::span<const float> weights, std::size_t columns, std::span<const float> importance, std::span<std::byte> packed)
{
    const Codec& codec = codecOf(type);
    const std::uint64_t bytes = rowBytes(type, columns);
    for (std::size_t row = 0; row < weights.size() / columns; ++row)
        codec.quantize(weights.data() + row * columns, columns, importance.empty() ? nullptr : importance.data(), packed.data() + row * bytes);
}

std::size_t findNonFinite(std::span<const float> weights)
{
    return std::size_t(std::ranges::find_if_not(weights, [](float w) { return std::isfinite(w); }) - weights.begin());
}

}  // namespace halftone::quant
