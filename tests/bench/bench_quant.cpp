// SPDX-License-Identifier: GPL-3.0-or-later
// Quantizing and dequantizing in weights per second, on one thread and, quantizing, on all; in the caches. Gaussian weights, as trained
// models have. The types that only round also stream from memory and back ("stream"), beside STREAM's triad over arrays of the same size:
// bytes read and written per second, on all threads.
#include "core/base/executor.h"
#include "core/quant/codec.h"

#include <benchmark/benchmark.h>
#include <hwy/targets.h>

#include <algorithm>
#include <random>
#include <string_view>
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

constexpr std::size_t kStreamedRows = 16384;  // 256 MiB of floats: no cache holds them

void streamType(benchmark::State& state, quant::Type type, int threads)
{
    const auto some = gaussianWeights();
    std::vector<float> weights(kColumns * kStreamedRows);
    for (std::size_t at = 0; at < weights.size(); at += some.size())
        std::ranges::copy(some, weights.begin() + std::ptrdiff_t(at));
    const std::uint64_t rowBytes = quant::rowBytes(type, kColumns);
    std::vector<std::byte> packed(rowBytes * kStreamedRows);
    const Executor executor(threads);
    for (auto _ : state)
        executor.forRanges(kStreamedRows, 64, [&](std::size_t begin, std::size_t end) {
            quant::quantize(type, std::span(weights).subspan(begin * kColumns, (end - begin) * kColumns), kColumns, {},
                            std::span(packed).subspan(begin * rowBytes, (end - begin) * rowBytes));
        });
    state.SetBytesProcessed(state.iterations() * std::int64_t(weights.size() * sizeof(float) + packed.size()));
}

/// a = b + 3 c, as STREAM has it.
void triad(benchmark::State& state, int threads)
{
    std::vector<float> a(kColumns * kStreamedRows), b(a.size(), 1), c(a.size(), 2);
    const Executor executor(threads);
    for (auto _ : state) {
        executor.forRanges(kStreamedRows, 64, [&](std::size_t begin, std::size_t end) {
            for (std::size_t i = begin * kColumns; i < end * kColumns; ++i)
                a[i] = b[i] + 3 * c[i];
        });
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(state.iterations() * std::int64_t(3 * a.size() * sizeof(float)));
}

/// `--avx2` as the first argument: as on a processor without AVX-512.
void chooseTargets(int& argc, char**& argv)
{
    if (argc < 2 || std::string_view(argv[1]) != "--avx2")
        return;
    hwy::DisableTargets(HWY_AVX3 | HWY_AVX3_DL);
    argv[1] = argv[0];
    ++argv;
    --argc;
}

}  // namespace

int main(int argc, char** argv)
{
    chooseTargets(argc, argv);
    const int threads = int(std::max(1u, std::thread::hardware_concurrency()));
    const auto addQuantize = [threads](const quant::TypeInfo& info, const char* title, bool weighted) {
        const std::string name = std::string(title) + "/" + std::string(info.name);
        benchmark::RegisterBenchmark(name.c_str(), quantizeType, info.type, weighted, 1);
        benchmark::RegisterBenchmark((name + "/allThreads").c_str(), quantizeType, info.type, weighted, threads)->UseRealTime();
    };
    benchmark::RegisterBenchmark("triad", triad, threads)->UseRealTime();
    for (const quant::Type type : {quant::Type::Q4_0, quant::Type::Q4_1, quant::Type::Q5_0, quant::Type::Q5_1, quant::Type::Q8_0,
                                   quant::Type::TQ1_0, quant::Type::TQ2_0, quant::Type::MXFP4})
        benchmark::RegisterBenchmark(("stream/" + std::string(quant::name(type))).c_str(), streamType, type, threads)->UseRealTime();
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
