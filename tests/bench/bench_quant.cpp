// SPDX-License-Identifier: GPL-3.0-or-later
// Quantizing and dequantizing in weights per second, on one thread and, quantizing, on all. Gaussian weights, as trained models have. Beside
// them a copy of the same weights: the memory's own limit for types that only round.
#include "core/base/executor.h"
#include "core/quant/codec.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <thread>
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

/// Of every column, over four orders of magnitude.
std::vector<float> importanceOf(bool weighted)
{
    std::mt19937 random(2);
    std::lognormal_distribution<float> spread(0, 1.5f);
    std::vector<float> importance(weighted ? kColumns : 0);
    for (float& value : importance)
        value = spread(random);
    return importance;
}

void quantizeType(benchmark::State& state, quant::Type type, bool weighted, int threads)
{
    const auto weights = gaussianWeights(), importance = importanceOf(weighted);
    const std::uint64_t rowBytes = quant::rowBytes(type, kColumns);
    std::vector<std::byte> packed(rowBytes * kRows);
    const Executor executor(threads);
    for (auto _ : state)
        executor.forRanges(kRows, 1, [&](std::size_t begin, std::size_t end) {
            quant::quantize(type, std::span(weights).subspan(begin * kColumns, (end - begin) * kColumns), kColumns, importance,
                            std::span(packed).subspan(begin * rowBytes, (end - begin) * rowBytes));
        });
    state.SetItemsProcessed(state.iterations() * std::int64_t(weights.size()));
}

void dequantizeType(benchmark::State& state, quant::Type type)
{
    auto weights = gaussianWeights();
    std::vector<std::byte> packed(quant::rowBytes(type, weights.size()));
    quant::quantize(type, weights, kColumns, importanceOf(quant::info(type).needsImportance), packed);
    for (auto _ : state)
        quant::dequantize(type, packed, weights);
    state.SetItemsProcessed(state.iterations() * std::int64_t(weights.size()));
}

void copyWeights(benchmark::State& state)
{
    const auto weights = gaussianWeights();
    std::vector<float> copy(weights.size());
    for (auto _ : state) {
        std::memcpy(copy.data(), weights.data(), weights.size() * sizeof(float));
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * std::int64_t(weights.size()));
}

}  // namespace

int main(int argc, char** argv)
{
    const int threads = int(std::max(1u, std::thread::hardware_concurrency()));
    const auto addQuantize = [threads](const quant::TypeInfo& info, const char* title, bool weighted) {
        const std::string name = std::string(title) + "/" + std::string(info.name);
        benchmark::RegisterBenchmark(name.c_str(), quantizeType, info.type, weighted, 1);
        benchmark::RegisterBenchmark((name + "/allThreads").c_str(), quantizeType, info.type, weighted, threads)->UseRealTime();
    };
    benchmark::RegisterBenchmark("copy", copyWeights);
    for (const auto& info : quant::allTypes()) {
        if (info.canQuantize && !info.needsImportance)
            addQuantize(info, "quantize", false);
        if (info.canQuantize && !info.isFloat())
            addQuantize(info, "quantizeWeighted", true);
        if (info.canDequantize)
            benchmark::RegisterBenchmark(("dequantize/" + std::string(info.name)).c_str(), dequantizeType, info.type);
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
