// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/layer_check.h"

#include "core/base/executor.h"
#include "core/infer/context.h"
#include "gpu/infer/network_pass.h"

#include <algorithm>
#include <cmath>

namespace halftone::gpu {
namespace {

/// So many that tokens are gathered by expert where there are experts, although the first batches are short.
std::size_t tokensToCheck(const infer::Hyperparameters& h, std::size_t layer)
{
    constexpr std::size_t kLeast = 9, kTokensOfAnExpert = 10;
    const std::size_t tokens = h.isMixture(layer) ? std::max(kLeast, h.experts * kTokensOfAnExpert / h.routing.used) : kLeast;
    return std::size_t(std::min<std::uint64_t>(tokens, h.contextLength));
}

}  // namespace

double relativeDistance(std::span<const float> x, std::span<const float> y)
{
    double difference = 0, length = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        difference += (double(x[i]) - double(y[i])) * (double(x[i]) - double(y[i]));
        length += double(y[i]) * double(y[i]);
    }
    return length > 0 ? std::sqrt(difference / length) : std::sqrt(difference);
}

LayerCheck::LayerCheck(NetworkKernels& kernels, std::shared_ptr<const infer::Variant> variant, infer::KvType kvType,
                       std::uint64_t chunkBytes)
    : m_kernels(kernels),
      m_variant(std::move(variant)),
      m_kvType(kvType),
      m_chunkBytes(chunkBytes)
{
}

std::vector<std::size_t> LayerCheck::layersToCheck(std::size_t placed) const
{
    const infer::Hyperparameters& h = m_variant->hyperparameters();
    const bool mixtureComesLater = h.experts > 0 && h.denseLayers > 0 && h.denseLayers < placed;
    return mixtureComesLater ? std::vector<std::size_t>{0, h.denseLayers} : std::vector<std::size_t>{0};
}

double LayerCheck::distance(std::size_t layer, Progress& progress) const
{
    const infer::Hyperparameters& h = m_variant->hyperparameters();
    std::vector<token::Id> ids(tokensToCheck(h, layer));
    for (std::size_t i = 0; i < ids.size(); ++i)
        ids[i] = token::Id(i * 7919 % h.vocabulary);
    const Executor executor;
    infer::Context context(m_variant, ids.size(), executor, m_kvType);
    std::vector<float> stream(ids.size() * h.width);
    context.embed(ids, stream);
    std::vector<float> cpu = layer > 0 ? run(layer, stream, progress) : stream;
    context.runLayers(cpu, layer, layer + 1, nullptr, progress);
    return relativeDistance(run(layer + 1, std::move(stream), progress), cpu);
}

/// The stream behind so many layers on the device.
std::vector<float> LayerCheck::run(std::size_t layers, std::vector<float> stream, Progress& progress) const
{
    const infer::Hyperparameters& h = m_variant->hyperparameters();
    const std::size_t tokens = stream.size() / h.width, batch = (tokens - 1) * h.width;
    const PassShape shape = passShape(h, tokens, m_kvType, m_kernels.device().limits().storageRange);
    const Placement placement{.layers = layers, .bytes = place(m_variant->weights(), shape, 0).bytes};
    NetworkPass pass(m_kernels, m_variant, shape, placement, m_chunkBytes, progress);
    pass.run(std::span(stream).first(batch), 0, {}, progress);
    pass.run(std::span(stream).subspan(batch), tokens - 1, {}, progress);
    return stream;
}

}  // namespace halftone::gpu
