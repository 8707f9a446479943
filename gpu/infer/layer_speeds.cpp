// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/layer_speeds.h"

#include "core/base/executor.h"
#include "core/infer/context.h"
#include "gpu/infer/network_pass.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace halftone::gpu {
namespace {

constexpr std::size_t kBatch = 64;

double secondsOf(const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The second time: the first one fetches the weights from the disk and makes kernels.
double steadySecondsOf(const std::function<void()>& work)
{
    work();
    return secondsOf(work);
}

/// From what `run` takes of so many tokens of a layer that has so many weights.
Pace paceOf(std::size_t batch, double weights, const std::function<void(std::size_t)>& run)
{
    const double one = steadySecondsOf([&] { run(1); }), all = steadySecondsOf([&] { run(batch); });
    const double further = batch > 1 ? std::max(0.0, all - one) / double(batch - 1) : one;
    return {.first = one / weights, .further = further / weights};
}

}  // namespace

Speeds measureSpeeds(NetworkKernels& kernels, const std::shared_ptr<const infer::Variant>& variant, infer::KvType kvType,
                     std::uint64_t chunkBytes, Progress& progress)
{
    const infer::Hyperparameters& h = variant->hyperparameters();
    const infer::Variant::Weights& weights = variant->weights();
    const std::size_t batch = std::size_t(std::min<std::uint64_t>(kBatch, h.contextLength));
    const double products = productsOf(weights.layers[0], h);
    std::vector<float> stream(batch * h.width, 1.0f);
    Speeds speeds;

    const Executor executor;
    infer::Context context(variant, batch, executor, kvType);
    const auto rows = [&](std::size_t tokens) { return std::span(stream).first(tokens * h.width); };
    speeds.cpu = paceOf(batch, products, [&](std::size_t tokens) { context.runLayers(rows(tokens), 0, 1, nullptr, progress); });

    const PassShape shape = passShape(h, batch, kvType, kernels.device().limits().storageRange);
    const Placement first{.layers = 1, .bytes = place(weights, shape, 0).bytes};
    std::unique_ptr<NetworkPass> pass;
    pass = std::make_unique<NetworkPass>(kernels, variant, shape, first, chunkBytes, progress);
    speeds.device = paceOf(batch, products, [&](std::size_t tokens) { pass->run(rows(tokens), 0, {}, progress); });

    const std::uint64_t bytes = layerBytes(weights.layers[0]);
    WeightMemory memory(kernels.device(), evenChunk(bytes, chunkBytes));
    speeds.uploadPerByte = steadySecondsOf([&] {
                               memory.startAnew();
                               uploadLayer(memory, weights.layers[0], progress);
                               kernels.device().wait(memory.last());
                           })
        / double(bytes);
    return speeds;
}

}  // namespace halftone::gpu
