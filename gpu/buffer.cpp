// SPDX-License-Identifier: Apache-2.0
#include "gpu/buffer.h"

#include "gpu/vulkan_error.h"

#include <algorithm>
#include <array>

namespace halftone::gpu {
namespace {

constexpr VkMemoryPropertyFlags kHostMemory = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;

VkBuffer createBuffer(ComputeDevice& device, std::uint64_t bytes)
{
    const std::array families{device.compute().family, device.transfer().family};
    const bool shared = families[0] != families[1];
    const VkBufferCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = bytes,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
        .sharingMode = shared ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE,
        .queueFamilyIndexCount = shared ? 2u : 0u,
        .pQueueFamilyIndices = families.data(),
    };
    VkBuffer buffer = VK_NULL_HANDLE;
    check(device.vk().vkCreateBuffer(device.handle(), &info, nullptr, &buffer), "The graphics device refused a buffer");
    return buffer;
}

std::uint32_t memoryTypeFor(const ComputeDevice& device, Buffer::Place place, std::uint32_t allowed)
{
    switch (place) {
    case Buffer::Place::Device: return device.memoryType(allowed, 0, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    case Buffer::Place::Upload: return device.memoryType(allowed, kHostMemory, 0);
    case Buffer::Place::Readback: return device.memoryType(allowed, kHostMemory, VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
    }
    return 0;
}

VkDeviceMemory allocate(ComputeDevice& device, VkBuffer buffer, Buffer::Place place)
{
    VkMemoryRequirements needs{};
    device.vk().vkGetBufferMemoryRequirements(device.handle(), buffer, &needs);
    const VkMemoryAllocateInfo info{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                    .allocationSize = needs.size,
                                    .memoryTypeIndex = memoryTypeFor(device, place, needs.memoryTypeBits)};
    VkDeviceMemory memory = VK_NULL_HANDLE;
    check(device.vk().vkAllocateMemory(device.handle(), &info, nullptr, &memory), "The graphics device refused memory");
    return memory;
}

}  // namespace

Buffer::Buffer(ComputeDevice& device, std::uint64_t bytes, Place place) : m_bytes(std::max<std::uint64_t>(4, (bytes + 3) / 4 * 4))
{
    if (m_bytes > device.limits().bufferBytes)
        throw vulkanError({}, VK_ERROR_OUT_OF_DEVICE_MEMORY);
    m_buffer = {device, createBuffer(device, m_bytes)};
    m_memory = {device, allocate(device, m_buffer.get(), place)};
    check(device.vk().vkBindBufferMemory(device.handle(), m_buffer.get(), m_memory.get(), 0), "The graphics device refused memory");
    if (place == Place::Device)
        return;
    void* mapped = nullptr;
    check(device.vk().vkMapMemory(device.handle(), m_memory.get(), 0, VK_WHOLE_SIZE, 0, &mapped),
          "The graphics device's memory cannot be written");
    m_mapped = static_cast<std::byte*>(mapped);
}

}  // namespace halftone::gpu
