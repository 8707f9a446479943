// SPDX-License-Identifier: GPL-3.0-or-later
// Quantizing and dequantizing on one thread, in weights per second.
// Gaussian weights, as trained models have.
#include "core/quant/codec.h"


#include <benchmark/benchmark.h>

#include <random>
#include <vector>

using namespace halftone;

namespace {

constexpr std::size_t kColumns = 4096, kRows = 64;

std::vector<float> gaussianWeights()
{
    std::mt19937 random(1);
    std::normal_distribution<float> gaussian(0, 0.02f);
    std::vector<float> weights(kColumns * kRows);
    for (float& weight : weights)
        weight = gaussian(random);
    return weights;
}

void quantizeType(benchmark::State& state, quant::Type type, bool weighted)
{
    const auto weights = gaussianWeights();
    const std::vector<float> importance(weighted ? kColumns : 0, 1.0f);
    std::vector<std::byte> packed(quant::rowBytes(type, weights.size()));
    for (auto _ : state)
        quant::quantize(type, weights, kColumns, importance, packed);
    state.SetItemsProcessed(state.iterations() * std::int64_t(weights.size()));
}

void dequantizeType(benchmark::State& state, quant::Type type)
{
    auto weights = gaussianWeights();
    std::vector<std::byte> packed(quant::rowBytes(type, weights.size()));
    quant::quantize(type, weights, kColumns, {}, packed);
    for (auto _ : state)
        quant::dequantize(type, packed, weights);
    state.SetItemsProcessed(state.iterations() * std::int64_t(weights.size()));
}

}  // namespace

int main(int argc, char** argv)
{
    for (const auto& info : quant::allTypes()) {
        const std::string name(info.name);
        if (info.canQuantize) {
            benchmark::RegisterBenchmark(("quantize/" + name).c_str(), quantizeType, info.type, false);
            if (!info.isFloat())
                benchmark::RegisterBenchmark(("quantizeWeighted/" + name).c_str(), quantizeType, info.type, true);
        }
        if (info.canDequantize)
            benchmark::RegisterBenchmark(("dequantize/" + name).c_str(), dequantizeType, info.type);
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
