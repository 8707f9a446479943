// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/backend/with_fallback.h"
#include "gpu/row_quantizer.h"
#include "gpu/tensor_inspector.h"

#include <map>
#include <optional>

namespace halftone::gpu {

/// A Vulkan device that packs and unpacks rows and counts weights. A kernel is compiled and compared with the CPU the first time its type
/// is asked for; one that the driver cannot compile or that differs is not used, and a line says so.
class VulkanBackend final : public backend::Backend {
public:
    /// With a rival, which must live longer, types that the CPU makes faster on those threads are left to it. Throws Error where the
    /// device cannot be opened.
    explicit VulkanBackend(OpenOptions options = {}, backend::Say say = {}, const Executor* rival = nullptr);

    std::string name() const override { return m_device.description().name; }
    bool canQuantize(quant::Type type, bool importance) override;
    void quantize(const backend::Rows& rows, std::span<std::byte> packed, Progress& progress) override;
    bool canDequantize(quant::Type type) override;
    void dequantize(const backend::Packed& packed, std::span<float> out, Progress& progress) override;
    bool canInspect(quant::Type type) override;
    inspect::Inspection inspect(const model::Tensor& tensor, int bins, Progress& progress) override;

    ComputeDevice& device() { return m_device; }
    const RowQuantizer& quantizer() const { return m_quantizer; }

private:
    template <class Compile, class Agrees>
    bool passes(const std::string& task, const std::string& results, const Compile& compile, const Agrees& agrees) const;
    TensorInspector& inspector();

    ComputeDevice m_device;
    backend::Say m_say;
    std::optional<backend::CpuBackend> m_rival;
    Staging m_staging;
    RowUnpacker m_unpacker;
    RowQuantizer m_quantizer;
    std::optional<TensorInspector> m_inspector;
    std::map<std::pair<quant::Type, bool>, bool> m_passed;
    std::map<quant::Type, bool> m_unpacked, m_inspected;
};

}  // namespace halftone::gpu
