// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernel.h"

#include "gpu/vulkan_error.h"

namespace halftone::gpu {
namespace {

constexpr std::string_view kRefused = "The graphics device's driver cannot compile a kernel";

VkDescriptorSetLayout createBindings(const ComputeDevice& device, std::uint32_t buffers)
{
    std::vector<VkDescriptorSetLayoutBinding> bindings(buffers);
    for (std::uint32_t i = 0; i < buffers; ++i)
        bindings[i] = {.binding = i,
                       .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                       .descriptorCount = 1,
                       .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    const VkDescriptorSetLayoutCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO, .bindingCount = buffers, .pBindings = bindings.data()};
    VkDescriptorSetLayout layout = VK_NULL_HANDLE;
    check(device.vk().vkCreateDescriptorSetLayout(device.handle(), &info, nullptr, &layout), kRefused);
    return layout;
}

VkPipelineLayout createLayout(const ComputeDevice& device, VkDescriptorSetLayout bindings, std::uint32_t pushWords)
{
    const VkPushConstantRange range{.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = pushWords * 4};
    const VkPipelineLayoutCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &bindings,
        .pushConstantRangeCount = pushWords ? 1u : 0u,
        .pPushConstantRanges = &range,
    };
    VkPipelineLayout layout = VK_NULL_HANDLE;
    check(device.vk().vkCreatePipelineLayout(device.handle(), &info, nullptr, &layout), kRefused);
    return layout;
}

using Module = Owned<VkShaderModule, &VolkDeviceTable::vkDestroyShaderModule>;

Module createModule(const ComputeDevice& device, const KernelSource& source)
{
    const std::span<const std::uint32_t> code = source.code.empty() ? shaderCode(source.shader) : source.code;
    const VkShaderModuleCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = code.size_bytes(), .pCode = code.data()};
    VkShaderModule module = VK_NULL_HANDLE;
    check(device.vk().vkCreateShaderModule(device.handle(), &info, nullptr, &module), kRefused);
    return {device, module};
}

VkPipeline createPipeline(const ComputeDevice& device, VkShaderModule module, VkPipelineLayout layout,
                          const std::vector<std::uint32_t>& constants)
{
    std::vector<VkSpecializationMapEntry> entries(constants.size());
    for (std::uint32_t i = 0; i < entries.size(); ++i)
        entries[i] = {.constantID = i, .offset = i * 4, .size = 4};
    const VkSpecializationInfo special{.mapEntryCount = std::uint32_t(entries.size()),
                                       .pMapEntries = entries.data(),
                                       .dataSize = constants.size() * 4,
                                       .pData = constants.data()};
    const VkComputePipelineCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main",
                  .pSpecializationInfo = &special},
        .layout = layout,
    };
    VkPipeline pipeline = VK_NULL_HANDLE;
    check(device.vk().vkCreateComputePipelines(device.handle(), VK_NULL_HANDLE, 1, &info, nullptr, &pipeline), kRefused);
    return pipeline;
}

}  // namespace

Kernel::Kernel(const ComputeDevice& device, const KernelSource& source) : m_buffers(source.buffers), m_pushWords(source.pushWords)
{
    check(device.mayCompile(source.shader), kRefused);
    const Module module = createModule(device, source);
    m_bindings = {device, createBindings(device, source.buffers)};
    m_layout = {device, createLayout(device, m_bindings.get(), source.pushWords)};
    m_pipeline = {device, createPipeline(device, module.get(), m_layout.get(), source.constants)};
}

}  // namespace halftone::gpu
