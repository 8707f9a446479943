// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"
#include "core/quant/codec.h"

#include <cmath>
#include <cstdint>
#include <vector>

namespace halftone::test {

/// A tensor with its own bytes, as a model's tensor would see them on the mapped file.
struct MadeTensor {
    std::vector<std::byte> bytes;
    model::Tensor tensor;

    MadeTensor(quant::Type type, std::uint64_t columns, const std::vector<float>& weights)
    {
        tensor.name = "made.weight";
        tensor.type = type;
        tensor.shape.rank = 2;
        tensor.shape.extent = {columns, weights.size() / columns, 1, 1};
        bytes.resize(quant::rowBytes(type, columns) * tensor.shape.rows());
        quant::quantize(type, weights, columns, {}, bytes);
        tensor.data = bytes;
    }
};

/// Seeded values in a bell shape (sum of uniforms), the same on every machine.
inline std::vector<float> bell(std::size_t count, float scale, float centre = 0, std::uint64_t seed = 1)
{
    std::vector<float> values(count);
    std::uint64_t state = seed;
    for (auto& value : values) {
        float sum = 0;
        for (int i = 0; i < 12; ++i) {
            state = state * 6364136223846793005ull + 1442695040888963407ull;
            sum += float(state >> 40) / float(1 << 24);
        }
        value = centre + scale * (sum - 6);
    }
    return values;
}

}  // namespace halftone::test
