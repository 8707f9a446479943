// SPDX-License-Identifier: GPL-3.0-or-later
// Quantizing and counting on a device (the first that is no software, or the software one) beside all threads of the CPU, and beside what
// brings floats to the device and packed bytes back. Bytes per second are those of the floats that are quantized, or of the packed bytes
// that are counted.
#include "core/backend/cpu_backend.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/model/tensor.h"
#include "core/quant/codec.h"
#include "gpu/vulkan_backend.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <string>
#include <vector>

using namespace halftone;

namespace {

constexpr std::size_t kColumns = 4096, kRows = 256;

const std::vector<float>& gaussianWeights()
{
    static const std::vector<float> weights = [] {
        std::mt19937 random(1);
        std::normal_distribution<float> gaussian(0, 0.02f);
        std::vector<float> made(kColumns * kRows);
        std::ranges::generate(made, [&] { return gaussian(random); });
        return made;
    }();
    return weights;
}

const std::vector<float>& importance()
{
    static const std::vector<float> values = [] {
        std::mt19937 random(2);
        std::lognormal_distribution<float> spread(0, 1.5f);
        std::vector<float> made(kColumns);
        std::ranges::generate(made, [&] { return spread(random); });
        return made;
    }();
    return values;
}

void quantizeOn(benchmark::State& state, backend::Backend& backend, quant::Type type, bool weighted)
{
    const auto& weights = gaussianWeights();
    if (!backend.canQuantize(type, weighted))
        return state.SkipWithError("not on this device");
    std::vector<std::byte> packed(quant::rowBytes(type, weights.size()));
    Progress progress;
    for (auto _ : state)
        backend.quantize({type, weights, kColumns, weighted ? std::span<const float>(importance()) : std::span<const float>()}, packed,
                         progress);
    state.SetBytesProcessed(state.iterations() * std::int64_t(weights.size() * sizeof(float)));
}

std::vector<std::byte> packedGaussian(quant::Type type)
{
    std::vector<std::byte> packed(quant::rowBytes(type, gaussianWeights().size()));
    quant::quantize(type, gaussianWeights(), kColumns, importance(), packed);
    return packed;
}

void dequantizeOn(benchmark::State& state, backend::Backend& backend, quant::Type type)
{
    if (!backend.canDequantize(type))
        return state.SkipWithError("not on this device");
    const std::vector<std::byte> packed = packedGaussian(type);
    std::vector<float> weights(gaussianWeights().size());
    Progress progress;
    for (auto _ : state)
        backend.dequantize({type, packed}, weights, progress);
    state.SetBytesProcessed(state.iterations() * std::int64_t(packed.size()));
}

/// From one packed type to another.
void requantizeOn(benchmark::State& state, backend::Backend& backend, quant::Type from, quant::Type type)
{
    if (!backend.canQuantize(type, false) || !backend.canDequantize(from))
        return state.SkipWithError("not on this device");
    const std::vector<std::byte> source = packedGaussian(from);
    std::vector<std::byte> packed(quant::rowBytes(type, gaussianWeights().size()));
    Progress progress;
    for (auto _ : state)
        backend.quantize({type, {}, kColumns, {}, {from, source}}, packed, progress);
    state.SetBytesProcessed(state.iterations() * std::int64_t(gaussianWeights().size() * sizeof(float)));
}

void inspectOn(benchmark::State& state, backend::Backend& backend, quant::Type type)
{
    if (!backend.canInspect(type))
        return state.SkipWithError("not on this device");
    const std::vector<std::byte> packed = packedGaussian(type);
    const model::Tensor tensor{.name = "made", .shape = {{kColumns, kRows, 1, 1}, 2}, .type = type, .data = packed};
    Progress progress;
    for (auto _ : state)
        backend.inspect(tensor, 256, progress);
    state.SetBytesProcessed(state.iterations() * std::int64_t(packed.size()));
}

/// Floats to the device and as many bytes back: the bound of everything that is on the host before and after.
void travel(benchmark::State& state, gpu::ComputeDevice& device, bool back)
{
    auto weights = gaussianWeights();
    gpu::Staging staging(device);
    const gpu::Buffer buffer(device, weights.size() * sizeof(float), gpu::Buffer::Place::Device);
    for (auto _ : state) {
        if (back)
            staging.download(buffer, 0, std::as_writable_bytes(std::span(weights)));
        else
            device.wait(staging.upload(std::as_bytes(std::span(weights)), buffer));
    }
    state.SetBytesProcessed(state.iterations() * std::int64_t(weights.size() * sizeof(float)));
}

void registerAll(gpu::VulkanBackend& device, backend::CpuBackend& cpu)
{
    for (const bool back : {false, true})
        benchmark::RegisterBenchmark(back ? "to_host" : "to_device", [&device, back](auto& state) {
            travel(state, device.device(), back);
        })->UseRealTime();
    const auto both = [&](const std::string& name, auto run) {
        benchmark::RegisterBenchmark((name + "/device").c_str(), [&device, run](auto& state) { run(state, device); })->UseRealTime();
        benchmark::RegisterBenchmark((name + "/cpu").c_str(), [&cpu, run](auto& state) { run(state, cpu); })->UseRealTime();
    };
    for (const quant::TypeInfo& info : quant::allTypes()) {
        for (const bool weighted : {false, true})
            if (gpu::quantizeKernel(info.type, weighted))
                both("quantize/" + std::string(info.name) + (weighted ? "/importance" : ""),
                     [type = info.type, weighted](auto& state, backend::Backend& backend) { quantizeOn(state, backend, type, weighted); });
        if (!info.canDequantize)
            continue;
        both("dequantize/" + std::string(info.name),
             [type = info.type](auto& state, backend::Backend& backend) { dequantizeOn(state, backend, type); });
        both("inspect/" + std::string(info.name),
             [type = info.type](auto& state, backend::Backend& backend) { inspectOn(state, backend, type); });
    }
    for (const quant::Type from : {quant::Type::F16, quant::Type::BF16, quant::Type::Q8_0})
        both("requantize/" + std::string(quant::name(from)) + "/Q4_K",
             [from](auto& state, backend::Backend& backend) { requantizeOn(state, backend, from, quant::Type::Q4_K); });
}

}  // namespace

int main(int argc, char** argv)
{
    try {
        const Executor executor;
        gpu::VulkanBackend device({}, [](const std::string& line) { std::cerr << line << '\n'; });
        backend::CpuBackend cpu(executor);
        benchmark::AddCustomContext("device", device.name());
        benchmark::Initialize(&argc, argv);
        registerAll(device, cpu);
        benchmark::RunSpecifiedBenchmarks();
        return 0;
    } catch (const Error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
