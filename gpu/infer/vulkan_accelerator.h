// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/infer/accelerator.h"
#include "gpu/infer/network_kernels.h"
#include "gpu/infer/placement.h"

#include <cstdint>
#include <optional>

namespace halftone::gpu {

class LayerCheck;

struct AcceleratorOptions {
    OpenOptions open = {};
    std::uint64_t memoryBytes = 0;  ///< that a network may take; 0: nine tenths of what is free then
    std::uint64_t chunkBytes = 256u << 20;  ///< of one buffer of weights, at most
    std::function<void(const std::string&)> say = {};
    /// How far a layer of a network may be from the CPU's, relative to its length, before the device is not believed. The CPU rounds
    /// activations to 8 bits, the device only those of single tokens, and only where it has integer dot products.
    double tolerance = 0.05;
    TextUse use = TextUse::Write;
    std::optional<Speeds> speeds = {};  ///< none: measured where a network does not fit
};

/// Runs networks on one Vulkan device.
class VulkanAccelerator : public infer::Accelerator {
public:
    /// Throws Error where the device cannot be opened.
    explicit VulkanAccelerator(AcceleratorOptions options);

    std::unique_ptr<infer::DevicePass> passFor(std::shared_ptr<const infer::Variant> variant, std::size_t capacity, infer::KvType kvType,
                                               Progress& progress) override;
    void gaveUp(const Error& why) override;
    std::string name() const override { return m_device.description().name; }
    std::uint64_t freeBytes() const override;
    std::string whyNot(const infer::Hyperparameters& numbers, std::size_t capacity) const override;
    std::optional<double> multiplySeconds(std::span<const infer::PackedMatrix> matrices, Progress& progress) override;
    std::optional<double> memoryBandwidth(Progress& progress) override;

    ComputeDevice& device() { return m_device; }

private:
    double checkedSeconds(std::span<const infer::PackedMatrix> matrices, Progress& progress);
    void say(const std::string& text) const;
    void check(const std::shared_ptr<const infer::Variant>& variant, infer::KvType kvType, std::size_t placed, Progress& progress);
    void compareLayers(const LayerCheck& check, std::size_t placed, Progress& progress) const;
    Placement choose(const std::shared_ptr<const infer::Variant>& variant, const PassShape& shape, std::uint64_t free, Progress& progress);
    std::unique_ptr<infer::DevicePass> makePass(std::shared_ptr<const infer::Variant> variant, std::size_t capacity, infer::KvType kvType,
                                                Progress& progress);

    AcceleratorOptions m_options;
    ComputeDevice m_device;
    NetworkKernels m_kernels;
};

}  // namespace halftone::gpu
