// SPDX-License-Identifier: Apache-2.0
#include "gpu/devices.h"

#include "gpu/instance.h"
#include "gpu/physical_devices.h"
#include "gpu/vulkan_error.h"

#include <algorithm>
#include <cstring>
#include <exception>

namespace halftone::gpu {

namespace {

std::string versionText(std::uint32_t version)
{
    return std::to_string(VK_API_VERSION_MAJOR(version)) + '.' + std::to_string(VK_API_VERSION_MINOR(version)) + '.'
        + std::to_string(VK_API_VERSION_PATCH(version));
}

/// Text of a fixed field, which a careless driver may have filled to the brim.
template <std::size_t N>
std::string fieldText(const char (&field)[N])
{
    return {field, std::find(field, field + N, '\0')};
}

Device::Kind kindOf(VkPhysicalDeviceType type)
{
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU: return Device::Kind::Discrete;
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU: return Device::Kind::Integrated;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU: return Device::Kind::Virtual;
    case VK_PHYSICAL_DEVICE_TYPE_CPU: return Device::Kind::Software;
    default: return Device::Kind::Other;
    }
}

/// Order in the list: what is likely to be fast comes first.
int rankOf(Device::Kind kind)
{
    switch (kind) {
    case Device::Kind::Discrete: return 0;
    case Device::Kind::Integrated: return 1;
    case Device::Kind::Virtual: return 2;
    case Device::Kind::Other: return 3;
    case Device::Kind::Software: return 4;
    }
    return 4;
}

/// "radv Mesa 22.3.6" where the driver can say so (Vulkan 1.2), else its version number.
std::string driverText(const Instance& instance, VkPhysicalDevice device, const VkPhysicalDeviceProperties& properties)
{
    if (instance.offers(VK_API_VERSION_1_2) && properties.apiVersion >= VK_API_VERSION_1_2 && vkGetPhysicalDeviceProperties2) {
        VkPhysicalDeviceDriverProperties driver{};
        driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES;
        VkPhysicalDeviceProperties2 chain{};
        chain.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
        chain.pNext = &driver;
        vkGetPhysicalDeviceProperties2(device, &chain);
        const std::string name = fieldText(driver.driverName), info = fieldText(driver.driverInfo);
        if (!name.empty())
            return info.empty() ? name : name + ' ' + info;
    }
    return versionText(properties.driverVersion);
}

std::uint64_t largestLocalHeap(VkPhysicalDevice device)
{
    VkPhysicalDeviceMemoryProperties memory{};
    vkGetPhysicalDeviceMemoryProperties(device, &memory);
    std::uint64_t largest = 0;
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(memory.memoryHeapCount, VK_MAX_MEMORY_HEAPS); ++i) {
        if (memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
            largest = std::max<std::uint64_t>(largest, memory.memoryHeaps[i].size);
    }
    return largest;
}

bool hasComputeQueue(VkPhysicalDevice device)
{
    std::uint32_t count = 0;
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    vkGetPhysicalDeviceQueueFamilyProperties(device, &count, families.data());
    return std::any_of(families.begin(), families.end(),
                       [](const auto& family) { return (family.queueFlags & VK_QUEUE_COMPUTE_BIT) && family.queueCount > 0; });
}

/// Of the largest device-local heap.
std::optional<std::uint64_t> freeBytes(VkPhysicalDevice device)
{
    if (!hasExtension(device, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME))
        return std::nullopt;
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
    VkPhysicalDeviceMemoryProperties2 memory{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &budget};
    vkGetPhysicalDeviceMemoryProperties2(device, &memory);
    std::uint64_t largest = 0, free = 0;
    for (std::uint32_t i = 0; i < std::min<std::uint32_t>(memory.memoryProperties.memoryHeapCount, VK_MAX_MEMORY_HEAPS); ++i) {
        const VkMemoryHeap& heap = memory.memoryProperties.memoryHeaps[i];
        if (!(heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) || heap.size <= largest)
            continue;
        largest = heap.size;
        free = budget.heapBudget[i] - std::min(budget.heapUsage[i], budget.heapBudget[i]);
    }
    return free;
}

/// What a device of Vulkan 1.2 has beyond the least.
std::vector<std::string> featuresOf(VkPhysicalDevice device)
{
    VkPhysicalDeviceSubgroupProperties subgroup{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES};
    VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &subgroup};
    vkGetPhysicalDeviceProperties2(device, &properties);
    VkPhysicalDeviceVulkan12Features v12{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
    VkPhysicalDeviceVulkan11Features v11{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &v12};
    VkPhysicalDeviceFeatures2 features{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = &v11};
    vkGetPhysicalDeviceFeatures2(device, &features);
    std::vector<std::string> names{"subgroups of " + std::to_string(subgroup.subgroupSize)};
    if (v11.storageBuffer16BitAccess)
        names.emplace_back("16-bit storage");
    if (v12.storageBuffer8BitAccess)
        names.emplace_back("8-bit storage");
    if (v12.shaderFloat16)
        names.emplace_back("16-bit floats");
    if (hasExtension(device, "VK_KHR_shader_integer_dot_product"))
        names.emplace_back("integer dot products");
    if (hasExtension(device, "VK_KHR_cooperative_matrix"))
        names.emplace_back("matrix units");
    return names;
}

Device describe(const Instance& instance, VkPhysicalDevice physical)
{
    VkPhysicalDeviceProperties properties{};
    vkGetPhysicalDeviceProperties(physical, &properties);
    Device device;
    device.name = fieldText(properties.deviceName);
    device.driver = driverText(instance, physical, properties);
    device.apiVersion = versionText(properties.apiVersion);
    device.kind = kindOf(properties.deviceType);
    device.memoryBytes = largestLocalHeap(physical);
    device.hasCompute = hasComputeQueue(physical);
    if (instance.offers(VK_API_VERSION_1_2) && properties.apiVersion >= VK_API_VERSION_1_2) {
        device.freeBytes = freeBytes(physical);
        device.features = featuresOf(physical);
    }
    return device;
}

}  // namespace

bool hasExtension(VkPhysicalDevice device, const char* name)
{
    std::uint32_t count = 0;
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> extensions(count);
    vkEnumerateDeviceExtensionProperties(device, nullptr, &count, extensions.data());
    return std::ranges::any_of(extensions, [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

std::vector<PhysicalDevice> rankedDevices(const Instance& instance)
{
    std::vector<PhysicalDevice> devices;
    for (const VkPhysicalDevice physical : instance.physicalDevices())
        devices.push_back({physical, describe(instance, physical)});
    if (devices.empty())
        throw Error(ErrorCode::System, "Vulkan found no device");
    std::ranges::stable_sort(devices, {}, [](const PhysicalDevice& device) { return rankOf(device.description.kind); });
    return devices;
}

Discovery discoverDevices()
{
    try {
        Discovery found;
        for (PhysicalDevice& device : rankedDevices(Instance()))
            found.devices.push_back(std::move(device.description));
        return found;
    } catch (const Error& error) {
        return {.devices = {}, .problem = error.problem()};
    } catch (const std::exception&) {
        return {.devices = {}, .problem = "There is not enough memory to look for Vulkan devices"};
    }
}

}  // namespace halftone::gpu
