// SPDX-License-Identifier: GPL-3.0-or-later
// Trying a tensor in every type, beside quantizing it to each.
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/sense/weight_errors.h"
#include "tests/inspect/made_tensor.h"

#include <benchmark/benchmark.h>

using namespace halftone;

namespace {

constexpr std::size_t kColumns = 4096, kRows = 512;

const test::MadeTensor& madeTensor()
{
    static const test::MadeTensor made(quant::Type::F16, kColumns, test::bell(kColumns * kRows, 0.02f));
    return made;
}

void tryEveryType(benchmark::State& state)
{
    const Executor executor;
    const auto types = sense::candidatesFor(madeTensor().tensor, sense::makeableTypes(), false);
    for (auto _ : state) {
        Progress progress;
        benchmark::DoNotOptimize(sense::tryTypes(madeTensor().tensor, types, {}, executor, progress));
    }
    state.counters["weights_and_types"] =
        benchmark::Counter(double(kColumns * kRows * types.size()) * double(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(tryEveryType)->UseRealTime()->Unit(benchmark::kMillisecond);

void quantizeToEveryType(benchmark::State& state)
{
    const Executor executor;
    const auto types = sense::candidatesFor(madeTensor().tensor, sense::makeableTypes(), false);
    const auto weights = test::bell(kColumns * kRows, 0.02f);
    for (auto _ : state) {
        for (const quant::Type type : types) {
            const std::uint64_t rowBytes = quant::rowBytes(type, kColumns);
            std::vector<std::byte> packed(rowBytes * kRows);
            executor.forRanges(kRows, 8, [&](std::size_t begin, std::size_t end) {
                quant::quantize(type, std::span(weights).subspan(begin * kColumns, (end - begin) * kColumns), kColumns, {},
                                std::span(packed).subspan(begin * rowBytes, (end - begin) * rowBytes));
            });
            benchmark::DoNotOptimize(packed.data());
        }
    }
    state.counters["weights_and_types"] =
        benchmark::Counter(double(kColumns * kRows * types.size()) * double(state.iterations()), benchmark::Counter::kIsRate);
}
BENCHMARK(quantizeToEveryType)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
