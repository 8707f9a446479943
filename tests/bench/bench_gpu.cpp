// SPDX-License-Identifier: GPL-3.0-or-later
// bench_gpu [--device K]: decoding and prompts of a llama with random weights on a graphics device, beside what reading its packed
// weights once per token would allow at the bandwidth that copies within the device's memory reach in the same run. On a software device
// the figures only show that it works.
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/infer/context.h"
#include "core/infer/variant.h"
#include "core/plan/plan.h"
#include "gpu/commands.h"
#include "gpu/infer/vulkan_accelerator.h"
#include "tests/infer/made_model.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

using namespace halftone;

namespace {

constexpr std::size_t kContext = 256, kPrompt = 128;
constexpr std::uint32_t kVocabulary = 8192;

/// 190 million weights in the shapes of a model of a billion, with a sixth of its layers.
std::shared_ptr<const model::Model> largeModel()
{
    static const auto model = test::ModelMaker::make({.layers = 4,
                                                      .width = 2048,
                                                      .heads = 16,
                                                      .kvHeads = 4,
                                                      .keySize = 128,
                                                      .valueSize = 128,
                                                      .ffnWidth = 5632,
                                                      .vocabulary = kVocabulary,
                                                      .contextLength = kContext})
                                  .model();
    return model;
}

/// Bytes a second that a copy reads and writes together, the best of five.
double copyBandwidth(gpu::ComputeDevice& device)
{
    constexpr std::uint64_t kBytes = 128u << 20;
    const gpu::Buffer from(device, kBytes, gpu::Buffer::Place::Device), to(device, kBytes, gpu::Buffer::Place::Device);
    gpu::Commands commands(device, device.compute());
    double best = 0;
    for (int run = 0; run < 5; ++run) {
        commands.begin();
        commands.copy(from, to);
        const auto start = std::chrono::steady_clock::now();
        device.wait(commands.submit());
        const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
        best = std::max(best, 2.0 * kBytes / time.count());
    }
    return best;
}

struct Bench {
    explicit Bench(std::optional<int> index)
        : accelerator(
            {.open = {.index = index}, .say = [](const std::string& sentence) { std::fprintf(stderr, "%s\n", sentence.c_str()); }})
    {
    }

    Executor executor;
    Progress progress;
    gpu::VulkanAccelerator accelerator;

    std::shared_ptr<const infer::Variant> variant(const std::string& type)
    {
        plan::Recipe recipe;
        recipe.base = "pure:" + type;
        return infer::Variant::prepare(largeModel(), plan::makePlan(*largeModel(), recipe), nullptr, executor, progress);
    }
};

void decode(benchmark::State& state, Bench& bench, const std::string& type)
{
    const auto variant = bench.variant(type);
    infer::Context context(variant, kContext, bench.executor, infer::KvType::F16, &bench.accelerator);
    const double bandwidth = copyBandwidth(bench.accelerator.device());
    token::Id id = 0;
    for (int warm = 0; warm < 3; ++warm)
        context.evaluate({&id, 1}, 1, bench.progress);
    for (auto _ : state) {
        if (context.position() == kContext)
            context.clear();
        context.evaluate({&id, 1}, 1, bench.progress);
        id = token::Id((id + 1) % token::Id(kVocabulary));
    }
    const double read = double(variant->tensorBytes());
    state.counters["tokens_per_s"] = benchmark::Counter(1, benchmark::Counter::kIsIterationInvariantRate);
    state.counters["packed_MB"] = read / 1e6;
    state.counters["copy_GB_per_s"] = bandwidth / 1e9;
    state.counters["share_of_bound"] = benchmark::Counter(read / bandwidth, benchmark::Counter::kIsIterationInvariantRate);
}

void prompt(benchmark::State& state, Bench& bench, const std::string& type)
{
    infer::Context context(bench.variant(type), kContext, bench.executor, infer::KvType::F16, &bench.accelerator);
    std::vector<token::Id> ids(kPrompt);
    for (std::size_t i = 0; i < kPrompt; ++i)
        ids[i] = token::Id(i * 7 % kVocabulary);
    context.evaluate(ids, 1, bench.progress);
    for (auto _ : state) {
        context.clear();
        context.evaluate(ids, 1, bench.progress);
    }
    state.counters["tokens_per_s"] = benchmark::Counter(kPrompt, benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

int main(int argc, char** argv)
try {
    std::optional<int> index;
    if (argc > 2 && std::strcmp(argv[1], "--device") == 0)
        index = std::atoi(argv[2]);
    Bench bench(index);
    for (const std::string type : {"Q8_0", "Q4_0", "Q4_K", "F16"}) {
        const auto add = [&](const std::string& name, auto function) {
            benchmark::RegisterBenchmark((name + "/" + type).c_str(), function, std::ref(bench), type)
                ->UseRealTime()
                ->Unit(benchmark::kMillisecond)
                ->MinTime(2);
        };
        add("decode", decode);
        add("prompt", prompt);
    }
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
} catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
