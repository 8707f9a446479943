// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/codec.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace halftone::test {

/// Weights of many sizes; a few are zero, subnormal or huge.
inline std::vector<float> randomWeights(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> weights(count);
    float size = 1;
    for (std::size_t i = 0; i < count; ++i) {
        if (i % 32 == 0)
            size = std::ldexp(1.0f, -int(random() % 20));
        const unsigned kind = random() % 3000;
        weights[i] = kind == 0 ? 1e-40f : kind == 1 ? 1e20f : kind < 30 ? 0.0f : kind < 60 ? size : normal(random) * size;
    }
    return weights;
}

inline std::vector<float> randomImportance(std::size_t count, unsigned seed)
{
    std::mt19937 random(seed);
    std::exponential_distribution<float> exponential;
    std::vector<float> importance(count);
    std::ranges::generate(importance, [&] { return random() % 40 == 0 ? 0.0f : exponential(random) * exponential(random); });
    return importance;
}

/// Blocks of a type, the last half of them of any bytes.
inline std::vector<std::byte> randomBlocks(quant::Type type, std::size_t weights, unsigned seed)
{
    std::vector<std::byte> packed(quant::rowBytes(type, weights));
    std::mt19937 random(seed);
    std::ranges::generate(packed, [&] { return std::byte(random() >> 7); });
    const std::size_t block = quant::info(type).blockSize, good = (weights / block + 1) / 2 * block;
    const std::vector<float> from = randomWeights(good, seed), importance(good, 1.0f);
    quant::quantize(type, from, good, quant::info(type).needsImportance ? importance : std::span<const float>(),
                    std::span(packed).first(quant::rowBytes(type, good)));
    return packed;
}

}  // namespace halftone::test
