// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/compute_device.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace halftone::gpu {

/// SPIR-V of shaders/NAME.comp, or of a variant of it (see CMakeLists.txt). A name that does not exist is our own mistake: throws
/// std::out_of_range.
std::span<const std::uint32_t> shaderCode(std::string_view name);

/// What a kernel is made from.
struct KernelSource {
    std::string_view shader = {};  ///< for shaderCode()
    std::span<const std::uint32_t> code = {};  ///< SPIR-V instead of a shader's name
    std::uint32_t buffers = 0;  ///< storage buffers, at bindings 0, 1, ... of set 0
    std::uint32_t pushWords = 0;  ///< 32-bit words of push constants, at most 32
    std::vector<std::uint32_t> constants = {};  ///< specialization constants 0, 1, ... as bits
};

/// A compute pipeline.
class Kernel {
public:
    Kernel() = default;
    /// Throws Error where the driver cannot compile the shader.
    Kernel(const ComputeDevice& device, const KernelSource& source);

    VkPipeline pipeline() const { return m_pipeline.get(); }
    VkPipelineLayout layout() const { return m_layout.get(); }
    VkDescriptorSetLayout bindings() const { return m_bindings.get(); }
    std::uint32_t buffers() const { return m_buffers; }
    std::uint32_t pushWords() const { return m_pushWords; }

private:
    Owned<VkDescriptorSetLayout, &VolkDeviceTable::vkDestroyDescriptorSetLayout> m_bindings;
    Owned<VkPipelineLayout, &VolkDeviceTable::vkDestroyPipelineLayout> m_layout;
    Owned<VkPipeline, &VolkDeviceTable::vkDestroyPipeline> m_pipeline;
    std::uint32_t m_buffers = 0, m_pushWords = 0;
};

}  // namespace halftone::gpu
