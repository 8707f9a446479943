// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/accelerator.h"
#include "gpu/infer/device_network.h"
#include "gpu/infer/latent_steps.h"
#include "gpu/infer/layer_stream.h"
#include "gpu/infer/mixture_steps.h"
#include "gpu/infer/network_commands.h"
#include "gpu/infer/submit_pacer.h"

#include <memory>
#include <vector>

namespace halftone::gpu {

/// The forward pass of all architectures on a device, as core/infer/forward_pass.h has it on the CPU: the same steps in the same order,
/// with the activations as floats. One submit for a token, unless that takes too long.
class NetworkPass : public infer::DevicePass {
public:
    /// `kernels` must live longer. Throws Error: no memory, a kernel that does not compile, or cancelled through `progress`.
    NetworkPass(NetworkKernels& kernels, std::shared_ptr<const infer::Variant> variant, const PassShape& shape, const Placement& placement,
                std::uint64_t chunkBytes, Progress& progress);

    std::size_t layers() const override { return m_travelling.end(); }
    bool projects() const override { return !m_network.output().parts.empty(); }
    void run(std::span<float> stream, std::size_t position, const infer::WantedLogits& wanted, Progress& progress) override;
    std::size_t mostKept() const override { return projects() ? m_shape.logitRows : 0; }
    bool compare(const infer::DevicePass& other, std::span<const std::int32_t> targets, std::span<infer::ComparedPrediction> out) override;

private:
    struct Batch {
        std::span<float> stream, logits;  ///< of its rows; of those wanted, the last ones, unless they stay on the device
        std::uint32_t position, tokens, rows;
        std::uint32_t firstLogits;  ///< row on the device that the first logits become
    };
    struct Cache {
        Buffer keys, values;
    };

    std::uint32_t tokensOf(std::size_t left, std::size_t unwanted) const;
    void runBatch(const Batch& batch, Progress& progress);
    void runTravelling(const Batch& batch, Progress& progress);
    const DeviceLayer& weightsOf(std::size_t layer) const;
    double productsOf(std::size_t layer) const;
    void recordLayer(std::size_t layer, const Batch& batch);
    void recordKeysAndValues(std::size_t layer, const Slice& input, const Batch& batch);
    void recordAttention(std::size_t layer, const Batch& batch);
    void recordFeedForward(std::size_t layer, const Slice& stream, std::uint32_t tokens);
    void recordOutput(const Batch& batch);
    /// What is multiplied: the stream normalized, or as it is.
    Slice normalized(const DeviceNorm& norm, const Slice& stream, std::uint32_t tokens);
    /// m_product joins the residual stream, normalized if the model has a norm for it.
    void addRows(const DeviceNorm& norm, std::uint32_t tokens);
    void addProduct(const DeviceMatrix& matrix, const Slice& input, const DeviceNorm& norm, std::uint32_t tokens);
    void normalizeHeads(const DeviceLayer& layer, std::uint32_t tokens);
    void rotateHeads(std::size_t layer, const Batch& batch);
    /// Room for `work` more, in a new submit if need be.
    void makeRoom(double work, const Batch& batch, Progress& progress);
    void submit(const Batch& batch, Progress& progress);
    Buffer uploadAngles(const infer::Rope& rope);

    NetworkKernels& m_kernels;
    std::shared_ptr<const infer::Variant> m_variant;
    const infer::Hyperparameters& m_h;
    PassShape m_shape;
    DeviceNetwork m_network;
    LayerStream m_travelling;  ///< the layers behind those that stay
    double m_mostProducts = 1;  ///< of a layer, with a token
    std::vector<Cache> m_caches;  ///< by layer
    Buffer m_angles, m_windowAngles;  ///< cosines and sines of all positions; of layers with a window, where they turn in another way
    std::uint32_t m_pairs = 0;  ///< 0: nothing turns
    Buffer m_stream, m_entering, m_normalized, m_queries, m_keys, m_values, m_mixed, m_parts, m_product, m_logits;
    HiddenRows m_hidden;
    MixtureSteps m_mixture;
    LatentSteps m_latent;
    Buffer m_upload, m_readback;
    Buffer m_targets, m_compared;  ///< of compare()
    Commands m_commands;
    NetworkCommands m_steps;
    SubmitPacer m_pacer;
    double m_work = 0;  ///< recorded since the last submit
};

}  // namespace halftone::gpu
