// SPDX-License-Identifier: GPL-3.0-or-later
// Histogram and statistics of a tensor much larger than the caches, as a share of the machine's read bandwidth.
#include "core/base/progress.h"
#include "core/inspect/channels.h"
#include "core/inspect/spectrum.h"
#include "core/inspect/statistics.h"
#include "tests/bench/bandwidth.h"
#include "tests/inspect/made_tensor.h"

#include <benchmark/benchmark.h>

using namespace halftone;

static void inspectTensor(benchmark::State& state, quant::Type type)
{
    const Executor executor;
    static const double limit = bench::readBandwidth(Executor());
    const auto rows = test::bell(4096 * 64, 0.02f);
    std::vector<float> weights;
    while (weights.size() < std::size_t(4096) * 16384)
        weights.insert(weights.end(), rows.begin(), rows.end());
    const test::MadeTensor made(type, 4096, weights);
    for (auto _ : state) {
        Progress progress;
        benchmark::DoNotOptimize(inspect::inspect(made.tensor, int(state.range(0)), executor, progress));
    }
    state.SetBytesProcessed(std::int64_t(state.iterations()) * std::int64_t(made.bytes.size()));
    state.counters["share_of_read_bandwidth"] = benchmark::Counter(double(made.bytes.size()) * double(state.iterations()) / limit, benchmark::Counter::kIsRate);
    state.counters["read_GB_per_s"] = limit / 1e9;
}
BENCHMARK_CAPTURE(inspectTensor, F16, quant::Type::F16)->Arg(100)->Arg(10000)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(inspectTensor, BF16, quant::Type::BF16)->Arg(10000)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(inspectTensor, F32, quant::Type::F32)->Arg(100)->Arg(10000)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(inspectTensor, Q4_K, quant::Type::Q4_K)->Arg(100)->UseRealTime()->Unit(benchmark::kMillisecond);

static test::MadeTensor squareMatrix(std::uint64_t side)
{
    return {quant::Type::F16, side, test::bell(side * side, 0.02f)};
}

static void channelsOfMatrix(benchmark::State& state)
{
    const Executor executor;
    const test::MadeTensor made = squareMatrix(4096);
    for (auto _ : state) {
        Progress progress;
        benchmark::DoNotOptimize(inspect::channels(made.tensor, executor, progress));
    }
    state.SetBytesProcessed(std::int64_t(state.iterations()) * std::int64_t(made.bytes.size()));
}
BENCHMARK(channelsOfMatrix)->UseRealTime()->Unit(benchmark::kMillisecond);

/// All singular values of a square matrix, or the first 128 estimated.
static void spectrumOfMatrix(benchmark::State& state)
{
    const Executor executor;
    const test::MadeTensor made = squareMatrix(std::uint64_t(state.range(0)));
    const inspect::SpectrumOptions options{.exactSide = state.range(1) != 0 ? inspect::kExactSide : 0};
    for (auto _ : state) {
        Progress progress;
        benchmark::DoNotOptimize(inspect::spectrum(made.tensor, executor, progress, options));
    }
}
BENCHMARK(spectrumOfMatrix)->Args({1024, 1})->Args({2048, 1})->Args({2048, 0})->UseRealTime()->Unit(benchmark::kMillisecond)->ArgNames({"side", "exact"});

BENCHMARK_MAIN();
