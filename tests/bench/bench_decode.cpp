// SPDX-License-Identifier: GPL-3.0-or-later
// Whole decoding steps of a llama with random weights, far larger than the caches, beside what reading its packed weights
// once per token at the memory's bandwidth would allow.
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "core/plan/plan.h"

#include "tests/bench/bandwidth.h"
#include "tests/infer/made_model.h"

#include <benchmark/benchmark.h>

using namespace halftone;

namespace {

constexpr std::size_t kContext = 256;

/// 400 million weights in the shapes of a model of a billion, with half its layers.
std::shared_ptr<const model::Model> largeModel()
{
    static const auto model = test::ModelMaker::make({.layers = 8, .width = 2048, .heads = 16, .kvHeads = 4, .keySize = 128, .valueSize = 128, .ffnWidth = 5632, .vocabulary = 8192, .contextLength = kContext}).model();
    return model;
}

void decode(benchmark::State& state, const std::string& type)
{
    const Executor executor;
    Progress progress;
    plan::Recipe recipe;
    recipe.base = "pure:" + type;
    const auto model = largeModel();
    const auto variant = infer::Variant::prepare(model, plan::makePlan(*model, recipe), nullptr, executor, progress);
    infer::Context context(variant, kContext, executor);
    const double bandwidth = bench::readBandwidth(executor);
    token::Id id = 0;
    for (auto _ : state) {
        if (context.position() == kContext)
            context.clear();
        context.evaluate(std::span(&id, 1), 1, progress);
        id = (id + 1) % 8192;
    }
    const double read = double(variant->tensorBytes());   // all but one row of the embedding, a hundredth
    state.counters["tokens_per_s"] = benchmark::Counter(1, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["packed_MB"] = read / 1e6;
    state.counters["read_GB_per_s"] = bandwidth / 1e9;
    state.counters["share_of_bound"] = benchmark::Counter(read / bandwidth, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

int main(int argc, char** argv)
{
    for (const char* type : {"Q8_0", "Q4_0", "Q6_K", "Q4_K"})
        benchmark::RegisterBenchmark((std::string("decode/") + type).c_str(), decode, type)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(2);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}
