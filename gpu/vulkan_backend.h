// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/backend/with_fallback.h"
#include "gpu/row_quantizer.h"

#include <map>

namespace halftone::gpu {

/// A Vulkan device that packs and unpacks rows. A kernel is compiled and compared with the CPU the first time its type is asked for; one
/// that the driver cannot compile or that differs is not used, and a line says so.
class VulkanBackend final : public backend::Backend {
public:
    /// With a rival, which must live longer, types that the CPU makes faster on those threads are left to it. Throws Error where the
    /// device cannot be opened.
    explicit VulkanBackend(OpenOptions options = {}, backend::Say say = {}, const Executor* rival = nullptr);

    std::string name() const override { return m_device.description().name; }
    bool canQuantize(quant::Type type, bool importance) override;
    void quantize(const backend::Rows& rows, std::span<std::byte> packed, Progress& progress) override;

    ComputeDevice& device() { return m_device; }
    const RowQuantizer& quantizer() const { return m_quantizer; }

private:
    bool passes(quant::Type type, bool importance);

    ComputeDevice m_device;
    backend::Say m_say;
    std::optional<backend::CpuBackend> m_rival;
    RowQuantizer m_quantizer;
    std::map<std::pair<quant::Type, bool>, bool> m_passed;
};

}  // namespace halftone::gpu
