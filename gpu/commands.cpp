// SPDX-License-Identifier: Apache-2.0
#include "gpu/commands.h"

#include "gpu/vulkan_error.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace halftone::gpu {
namespace {

constexpr std::uint32_t kSetsPerPool = 256, kBuffersPerSet = 8;
constexpr std::string_view kRefused = "The graphics device refused a list of commands";

}  // namespace

Commands::Commands(ComputeDevice& device, Queue& queue) : m_device(device), m_queue(queue)
{
    const VkCommandPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, .queueFamilyIndex = queue.family};
    VkCommandPool pool = VK_NULL_HANDLE;
    check(device.vk().vkCreateCommandPool(device.handle(), &info, nullptr, &pool), kRefused);
    m_pool = {device, pool};
    const VkCommandBufferAllocateInfo allocate{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                               .commandPool = pool,
                                               .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                               .commandBufferCount = 1};
    check(device.vk().vkAllocateCommandBuffers(device.handle(), &allocate, &m_commands), kRefused);
}

Commands::~Commands()
{
    m_device.drain();
}

void Commands::begin()
{
    m_device.wait(std::exchange(m_last, {}));
    const auto& vk = m_device.vk();
    check(vk.vkResetCommandPool(m_device.handle(), m_pool.get(), 0), kRefused);
    for (const auto& pool : m_sets)
        vk.vkResetDescriptorPool(m_device.handle(), pool.get(), 0);
    m_setsUsed = 0;
    const VkCommandBufferBeginInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    check(vk.vkBeginCommandBuffer(m_commands, &info), kRefused);
}

VkDescriptorPool Commands::createPool()
{
    const VkDescriptorPoolSize size{.type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, .descriptorCount = kSetsPerPool * kBuffersPerSet};
    const VkDescriptorPoolCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, .maxSets = kSetsPerPool, .poolSizeCount = 1, .pPoolSizes = &size};
    VkDescriptorPool pool = VK_NULL_HANDLE;
    check(m_device.vk().vkCreateDescriptorPool(m_device.handle(), &info, nullptr, &pool), kRefused);
    return pool;
}

VkDescriptorSet Commands::nextSet(const Kernel& kernel)
{
    const std::size_t pool = m_setsUsed++ / kSetsPerPool;
    if (pool == m_sets.size())
        m_sets.emplace_back(m_device, createPool());
    const VkDescriptorSetLayout layout = kernel.bindings();
    const VkDescriptorSetAllocateInfo info{.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                           .descriptorPool = m_sets[pool].get(),
                                           .descriptorSetCount = 1,
                                           .pSetLayouts = &layout};
    VkDescriptorSet set = VK_NULL_HANDLE;
    check(m_device.vk().vkAllocateDescriptorSets(m_device.handle(), &info, &set), kRefused);
    return set;
}

void Commands::dispatch(const Kernel& kernel, std::span<const Slice> slices, std::span<const std::uint32_t> push, std::uint32_t groupsX,
                        std::uint32_t groupsY, std::uint32_t groupsZ)
{
    assert(slices.size() == kernel.buffers() && slices.size() <= kBuffersPerSet && push.size() == kernel.pushWords());
    const auto& vk = m_device.vk();
    const VkDescriptorSet set = nextSet(kernel);
    std::array<VkDescriptorBufferInfo, kBuffersPerSet> buffers;
    std::array<VkWriteDescriptorSet, kBuffersPerSet> writes;
    for (std::uint32_t i = 0; i < slices.size(); ++i) {
        buffers[i] = {slices[i].buffer, slices[i].offset, slices[i].bytes};
        writes[i] = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                     .dstSet = set,
                     .dstBinding = i,
                     .descriptorCount = 1,
                     .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                     .pBufferInfo = &buffers[i]};
    }
    vk.vkUpdateDescriptorSets(m_device.handle(), std::uint32_t(slices.size()), writes.data(), 0, nullptr);
    vk.vkCmdBindPipeline(m_commands, VK_PIPELINE_BIND_POINT_COMPUTE, kernel.pipeline());
    vk.vkCmdBindDescriptorSets(m_commands, VK_PIPELINE_BIND_POINT_COMPUTE, kernel.layout(), 0, 1, &set, 0, nullptr);
    if (!push.empty())
        vk.vkCmdPushConstants(m_commands, kernel.layout(), VK_SHADER_STAGE_COMPUTE_BIT, 0, std::uint32_t(push.size_bytes()), push.data());
    vk.vkCmdDispatch(m_commands, groupsX, groupsY, groupsZ);
}

void Commands::copy(const Slice& from, const Slice& to)
{
    const VkBufferCopy region{from.offset, to.offset, std::min(from.bytes, to.bytes)};
    m_device.vk().vkCmdCopyBuffer(m_commands, from.buffer, to.buffer, 1, &region);
}

void Commands::fill(const Slice& slice, std::uint32_t word)
{
    m_device.vk().vkCmdFillBuffer(m_commands, slice.buffer, slice.offset, slice.bytes, word);
}

void Commands::barrier()
{
    constexpr VkPipelineStageFlags kWork = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
    constexpr VkAccessFlags kWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
    const VkMemoryBarrier memory{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                 .srcAccessMask = kWrites,
                                 .dstAccessMask = kWrites | VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT};
    // A queue for copies alone knows no compute stage.
    const VkPipelineStageFlags stages = &m_queue == &m_device.compute() ? kWork : VkPipelineStageFlags(VK_PIPELINE_STAGE_TRANSFER_BIT);
    const VkMemoryBarrier copies{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                 .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                 .dstAccessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT};
    m_device.vk().vkCmdPipelineBarrier(m_commands, stages, stages, 0, 1, stages == kWork ? &memory : &copies, 0, nullptr, 0, nullptr);
}

Ticket Commands::submit(std::span<const Ticket> after)
{
    const auto& vk = m_device.vk();
    const VkMemoryBarrier toHost{
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER, .srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT, .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    vk.vkCmdPipelineBarrier(m_commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &toHost, 0, nullptr, 0,
                            nullptr);
    check(vk.vkEndCommandBuffer(m_commands), kRefused);
    m_last = m_device.submit(m_queue, m_commands, after);
    return m_last;
}

}  // namespace halftone::gpu
