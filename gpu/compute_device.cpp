// SPDX-License-Identifier: Apache-2.0
#include "gpu/compute_device.h"

#include "gpu/physical_devices.h"
#include "gpu/vulkan_error.h"

#include <algorithm>
#include <array>
#include <vector>

namespace halftone::gpu {
namespace {

constexpr std::uint64_t kSilenceNs = 30'000'000'000;

PhysicalDevice choose(const Instance& instance, std::optional<int> index)
{
    std::vector<PhysicalDevice> devices = rankedDevices(instance);
    const std::size_t chosen = std::size_t(index.value_or(0));
    if (chosen >= devices.size())
        throw Error(ErrorCode::Usage,
                    {.problem = "there is no graphics device " + std::to_string(chosen),
                     .advice = "choose one of 0 to " + std::to_string(devices.size() - 1)});
    const Device& device = devices[chosen].description;
    VkPhysicalDeviceProperties properties{};
    vkGetPhysicalDeviceProperties(devices[chosen].handle, &properties);
    if (!device.hasCompute || !instance.offers(VK_API_VERSION_1_2) || properties.apiVersion < VK_API_VERSION_1_2)
        throw Error(ErrorCode::Unsupported,
                    {.problem = device.name + " does not offer Vulkan 1.2", .advice = "update its driver, or use the CPU"});
    return std::move(devices[chosen]);
}

}  // namespace

ComputeDevice::ComputeDevice(OpenOptions options) : m_options(std::move(options)), m_instance(m_options.validation)
{
    PhysicalDevice chosen = choose(m_instance, m_options.index);
    m_physical = chosen.handle;
    m_description = std::move(chosen.description);
    vkGetPhysicalDeviceMemoryProperties(m_physical, &m_memory);
    readLimits();
    readFeatures();
    chooseFamilies();
    createDevice();
    try {
        openQueue(m_compute);
        if (m_features.transferQueue)
            openQueue(m_transfer);
    } catch (...) {  // no destructor runs for what was not made
        close();
        throw;
    }
}

ComputeDevice::~ComputeDevice()
{
    drain();
    close();
}

void ComputeDevice::close()
{
    m_vk.vkDestroySemaphore(m_device, m_compute.timeline, nullptr);
    m_vk.vkDestroySemaphore(m_device, m_transfer.timeline, nullptr);
    m_vk.vkDestroyDevice(m_device, nullptr);
}

void ComputeDevice::readLimits()
{
    VkPhysicalDeviceMaintenance3Properties maintenance{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES};
    VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &maintenance};
    vkGetPhysicalDeviceProperties2(m_physical, &properties);
    const VkPhysicalDeviceLimits& limits = properties.properties.limits;
    m_limits.storageRange = std::min<std::uint64_t>(limits.maxStorageBufferRange, m_options.mostStorageRange);
    m_limits.bufferBytes = maintenance.maxMemoryAllocationSize;
    m_limits.groupInvocations = limits.maxComputeWorkGroupInvocations;
    m_limits.offsetAlignment = std::max<std::uint64_t>(16, limits.minStorageBufferOffsetAlignment);
}

void ComputeDevice::readFeatures()
{
    VkPhysicalDeviceVulkan12Features v12{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
    VkPhysicalDeviceFeatures2 features{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &v12};
    vkGetPhysicalDeviceFeatures2(m_physical, &features);
    m_features.memoryBudget = hasExtension(m_physical, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    m_features.integerDot = hasIntegerDot();
    if (!v12.timelineSemaphore)
        throw Error(ErrorCode::Unsupported,
                    {.problem = m_description.name + " has no timeline semaphores", .advice = "update its driver, or use the CPU"});
}

bool ComputeDevice::hasIntegerDot() const
{
    if (m_options.integerDot == IntegerDot::Never || !hasExtension(m_physical, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME))
        return false;
    VkPhysicalDeviceShaderIntegerDotProductFeaturesKHR dot{.sType =
                                                               VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES_KHR};
    VkPhysicalDeviceFeatures2 features{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &dot};
    vkGetPhysicalDeviceFeatures2(m_physical, &features);
    VkPhysicalDeviceShaderIntegerDotProductPropertiesKHR speed{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES_KHR};
    VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &speed};
    vkGetPhysicalDeviceProperties2(m_physical, &properties);
    const bool wanted = speed.integerDotProduct4x8BitPackedSignedAccelerated || m_options.integerDot == IntegerDot::Always;
    return dot.shaderIntegerDotProduct && wanted;
}

void ComputeDevice::chooseFamilies()
{
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(m_physical, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(m_physical, &count, families.data());
    // The last family with compute is often one without graphics, whose work no screen waits for.
    for (std::uint32_t i = 0; i < count; ++i) {
        const VkQueueFlags flags = families[i].queueFlags;
        if (flags & VK_QUEUE_COMPUTE_BIT) {
            m_compute.family = i;
        } else if ((flags & VK_QUEUE_TRANSFER_BIT) && !(flags & VK_QUEUE_GRAPHICS_BIT)) {
            m_transfer.family = i;
            m_features.transferQueue = true;
        }
    }
}

void ComputeDevice::createDevice()
{
    const float priority = 1;
    std::array<VkDeviceQueueCreateInfo, 2> queues{};
    for (std::size_t i = 0; i < queues.size(); ++i)
        queues[i] = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                     .queueFamilyIndex = i == 0 ? m_compute.family : m_transfer.family,
                     .queueCount = 1,
                     .pQueuePriorities = &priority};
    VkPhysicalDeviceShaderIntegerDotProductFeaturesKHR dot{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES_KHR, .shaderIntegerDotProduct = VK_TRUE};
    VkPhysicalDeviceVulkan12Features v12{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
                                         .pNext = m_features.integerDot ? &dot : nullptr,
                                         .timelineSemaphore = VK_TRUE};
    std::vector<const char*> extensions;
    if (m_features.memoryBudget)
        extensions.push_back(VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    if (m_features.integerDot)
        extensions.push_back(VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME);
    const VkDeviceCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext = &v12,
        .queueCreateInfoCount = m_features.transferQueue ? 2u : 1u,
        .pQueueCreateInfos = queues.data(),
        .enabledExtensionCount = std::uint32_t(extensions.size()),
        .ppEnabledExtensionNames = extensions.data(),
    };
    check(vkCreateDevice(m_physical, &info, nullptr, &m_device), "The graphics device could not be opened");
    volkLoadDeviceTable(&m_vk, m_device);
}

void ComputeDevice::openQueue(Queue& queue)
{
    m_vk.vkGetDeviceQueue(m_device, queue.family, 0, &queue.handle);
    const VkSemaphoreTypeCreateInfo type{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                         .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    const VkSemaphoreCreateInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type};
    check(m_vk.vkCreateSemaphore(m_device, &info, nullptr, &queue.timeline), "The graphics device could not be opened");
}

MemoryBudget ComputeDevice::memoryBudget() const
{
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
    VkPhysicalDeviceMemoryProperties2 memory{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
                                             .pNext = m_features.memoryBudget ? &budget : nullptr};
    vkGetPhysicalDeviceMemoryProperties2(m_physical, &memory);
    MemoryBudget result;
    for (std::uint32_t i = 0; i < m_memory.memoryHeapCount; ++i) {
        const VkMemoryHeap& heap = m_memory.memoryHeaps[i];
        if (!(heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) || heap.size <= result.totalBytes)
            continue;
        result.totalBytes = heap.size;
        const std::uint64_t used = std::min(budget.heapUsage[i], budget.heapBudget[i]);
        result.freeBytes = m_features.memoryBudget ? budget.heapBudget[i] - used : heap.size / 5 * 4;
    }
    return result;
}

std::uint32_t ComputeDevice::memoryType(std::uint32_t allowed, VkMemoryPropertyFlags wanted, VkMemoryPropertyFlags liked) const
{
    for (const VkMemoryPropertyFlags flags : {wanted | liked, wanted})
        for (std::uint32_t i = 0; i < m_memory.memoryTypeCount; ++i)
            if ((allowed >> i & 1) && (m_memory.memoryTypes[i].propertyFlags & flags) == flags)
                return i;
    throw Error(ErrorCode::OutOfMemory, "The graphics device offers no memory of the kind needed");
}

Ticket ComputeDevice::submit(Queue& queue, VkCommandBuffer commands, std::span<const Ticket> after)
{
    std::vector<VkSemaphore> semaphores;
    std::vector<std::uint64_t> values;
    for (const Ticket& ticket : after) {
        if (!ticket.timeline)
            continue;
        semaphores.push_back(ticket.timeline);
        values.push_back(ticket.value);
    }
    const std::vector<VkPipelineStageFlags> stages(semaphores.size(), VK_PIPELINE_STAGE_ALL_COMMANDS_BIT);
    const std::uint64_t value = queue.submitted + 1;
    const VkTimelineSemaphoreSubmitInfo timeline{
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = std::uint32_t(values.size()),
        .pWaitSemaphoreValues = values.data(),
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &value,
    };
    const VkSubmitInfo info{
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = &timeline,
        .waitSemaphoreCount = std::uint32_t(semaphores.size()),
        .pWaitSemaphores = semaphores.data(),
        .pWaitDstStageMask = stages.data(),
        .commandBufferCount = 1,
        .pCommandBuffers = &commands,
        .signalSemaphoreCount = 1,
        .pSignalSemaphores = &queue.timeline,
    };
    if (m_options.submitHook)
        check(m_options.submitHook(), "The graphics device refused work");
    check(m_vk.vkQueueSubmit(queue.handle, 1, &info, VK_NULL_HANDLE), "The graphics device refused work");
    queue.submitted = value;
    return {queue.timeline, value};
}

void ComputeDevice::wait(Ticket ticket) const
{
    if (!ticket.timeline)
        return;
    if (m_options.waitHook)
        m_options.waitHook(ticket);
    const VkSemaphoreWaitInfo info{
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO, .semaphoreCount = 1, .pSemaphores = &ticket.timeline, .pValues = &ticket.value};
    check(m_vk.vkWaitSemaphores(m_device, &info, kSilenceNs), "The graphics device failed");
}

void ComputeDevice::drain() const noexcept
{
    m_vk.vkDeviceWaitIdle(m_device);
}

}  // namespace halftone::gpu
