// SPDX-License-Identifier: GPL-3.0-or-later
// decode/TYPE: one token times a set of matrices far larger than the caches, beside the memory's read bandwidth.
// prompt/TYPE: 512 tokens times the matrices of a layer, in multiplications and additions per second.
#include "core/base/executor.h"
#include "core/infer/matmul.h"
#include "core/quant/codec.h"

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstring>
#include <random>
#include <string>
#include <vector>

using namespace halftone;

namespace {

constexpr std::size_t kSetBytes = std::size_t(1) << 30;
constexpr std::size_t kRows = 4096, kColumns = 4096;

constexpr quant::Type kTypes[] = {
    quant::Type::F32,     quant::Type::F16,   quant::Type::BF16,   quant::Type::Q8_0,    quant::Type::Q5_1,   quant::Type::Q5_0,
    quant::Type::Q4_1,    quant::Type::Q4_0,  quant::Type::Q2_0,   quant::Type::Q1_0,    quant::Type::Q6_K,   quant::Type::Q5_K,
    quant::Type::Q4_K,    quant::Type::Q3_K,  quant::Type::Q2_K,   quant::Type::IQ4_NL,  quant::Type::IQ4_XS, quant::Type::IQ3_S,
    quant::Type::IQ3_XXS, quant::Type::IQ2_S, quant::Type::IQ2_XS, quant::Type::IQ2_XXS, quant::Type::IQ1_M,  quant::Type::IQ1_S,
    quant::Type::MXFP4,   quant::Type::NVFP4, quant::Type::TQ1_0,  quant::Type::TQ2_0,
};

std::vector<float> randomFloats(std::size_t count)
{
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> x(count);
    for (auto& v : x)
        v = normal(random);
    return x;
}

/// `bytes` (rounded down to matrices) of the same few quantized rows over and over.
std::vector<std::byte> packedRows(quant::Type type, std::size_t bytes)
{
    constexpr std::size_t kDifferent = 16;
    std::vector<std::byte> rows(kDifferent * quant::rowBytes(type, kColumns));
    quant::quantize(type, randomFloats(kDifferent * kColumns), kColumns, std::vector<float>(kColumns, 1.0f), rows);
    const std::size_t matrix = kRows * quant::rowBytes(type, kColumns);
    std::vector<std::byte> out(std::max<std::size_t>(1, bytes / matrix) * matrix);
    for (std::size_t at = 0; at < out.size(); at += rows.size())
        std::memcpy(out.data() + at, rows.data(), std::min(rows.size(), out.size() - at));
    return out;
}

void setRate(benchmark::State& state, const char* name, double perIteration)
{
    state.counters[name] = benchmark::Counter(perIteration, benchmark::Counter::kIsIterationInvariantRate);
}

void readMemory(benchmark::State& state)
{
    const Executor executor;
    const std::vector<std::uint64_t> memory(kSetBytes / 8, 1);
    for (auto _ : state) {
        std::atomic<std::uint64_t> total{0};
        executor.forRanges(memory.size(), 1 << 17, [&](std::size_t begin, std::size_t end) {
            std::uint64_t sums[32] = {};
            for (std::size_t i = begin; i < end; i += 32)
                for (std::size_t k = 0; k < 32; ++k)
                    sums[k] += memory[i + k];
            std::uint64_t sum = 0;
            for (const auto s : sums)
                sum += s;
            total += sum;
        });
        benchmark::DoNotOptimize(total.load());
    }
    setRate(state, "bytes/s", double(kSetBytes));
}

void decode(benchmark::State& state, quant::Type type)
{
    const Executor executor;
    const auto packed = packedRows(type, kSetBytes);
    const std::size_t matrix = kRows * quant::rowBytes(type, kColumns);
    const auto x = randomFloats(kColumns);
    infer::Activations activations;
    std::vector<float> out(kRows);
    for (auto _ : state)
        for (std::size_t at = 0; at < packed.size(); at += matrix) {
            activations.assign(x, kColumns);
            infer::multiply({type, packed.data() + at, kRows, kColumns}, activations, out, executor);
        }
    setRate(state, "bytes/s", double(packed.size()));
}

void prompt(benchmark::State& state, quant::Type type)
{
    constexpr std::size_t kTokens = 512;
    const Executor executor;
    const auto packed = packedRows(type, 0);
    const auto x = randomFloats(kColumns * kTokens);
    infer::Activations activations;
    std::vector<float> out(kRows * kTokens);
    for (auto _ : state) {
        activations.assign(x, kColumns);
        infer::multiply({type, packed.data(), kRows, kColumns}, activations, out, executor);
    }
    setRate(state, "FLOP/s", 2.0 * double(kRows * kColumns * kTokens));
}

}  // namespace

int main(int argc, char** argv)
{
    benchmark::RegisterBenchmark("readMemory", readMemory)->UseRealTime()->Unit(benchmark::kMillisecond);
    for (const auto type : kTypes)
        benchmark::RegisterBenchmark(("decode/" + std::string(quant::name(type))).c_str(), decode, type)
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
    for (const auto type : kTypes)
        benchmark::RegisterBenchmark(("prompt/" + std::string(quant::name(type))).c_str(), prompt, type)
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
