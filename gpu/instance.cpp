// SPDX-License-Identifier: Apache-2.0
#include "gpu/instance.h"

#include "gpu/vulkan_error.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>

namespace halftone::gpu {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

/// volk keeps what it loads in globals of its own.
std::mutex& volkMutex()
{
    static std::mutex mutex;
    return mutex;
}

bool hasValidationLayer()
{
    std::uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> layers(count);
    if (vkEnumerateInstanceLayerProperties(&count, layers.data()) != VK_SUCCESS)
        return false;
    return std::ranges::any_of(layers, [](const VkLayerProperties& layer) { return std::strcmp(layer.layerName, kValidationLayer) == 0; });
}

VKAPI_ATTR VkBool32 VKAPI_CALL countMessage(VkDebugUtilsMessageSeverityFlagBitsEXT, VkDebugUtilsMessageTypeFlagsEXT,
                                            const VkDebugUtilsMessengerCallbackDataEXT* data, void* counter)
{
    ++*static_cast<std::atomic<int>*>(counter);
    std::fprintf(stderr, "Vulkan validation: %s\n", data->pMessage);
    return VK_FALSE;
}

}  // namespace

Instance::Instance(Validation validation)
{
    const std::lock_guard lock(volkMutex());
    if (volkInitialize() != VK_SUCCESS)
        throw Error(ErrorCode::System, "Vulkan is not installed on this computer");
    const bool validate = validation == Validation::On && hasValidationLayer();
    create(validate);
    volkLoadInstanceOnly(m_instance);
    if (validate)
        listen();
}

Instance::~Instance()
{
    // Not volk's global: an instance without the extension may have been loaded since.
    const auto destroy = PFN_vkDestroyDebugUtilsMessengerEXT(vkGetInstanceProcAddr(m_instance, "vkDestroyDebugUtilsMessengerEXT"));
    if (m_messenger && destroy)
        destroy(m_instance, m_messenger, nullptr);
    vkDestroyInstance(m_instance, nullptr);
}

void Instance::create(bool validate)
{
    // A 1.0 loader refuses to hear of later versions.
    m_version = std::min<std::uint32_t>(volkGetInstanceVersion(), VK_API_VERSION_1_3);
    VkApplicationInfo application{.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .pApplicationName = "Halftone", .apiVersion = m_version};
    VkInstanceCreateInfo info{.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &application};
    const char* extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
    if (validate) {
        info.enabledLayerCount = 1;
        info.ppEnabledLayerNames = &kValidationLayer;
        info.enabledExtensionCount = 1;
        info.ppEnabledExtensionNames = &extension;
    }
    check(vkCreateInstance(&info, nullptr, &m_instance), "Vulkan could not be started");
}

void Instance::listen()
{
    const VkDebugUtilsMessengerCreateInfoEXT info{
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
        .pfnUserCallback = countMessage,
        .pUserData = &m_messages,
    };
    if (vkCreateDebugUtilsMessengerEXT(m_instance, &info, nullptr, &m_messenger) != VK_SUCCESS)
        m_messenger = VK_NULL_HANDLE;
}

std::vector<VkPhysicalDevice> Instance::physicalDevices() const
{
    std::uint32_t count = 0;
    VkResult result = vkEnumeratePhysicalDevices(m_instance, &count, nullptr);
    std::vector<VkPhysicalDevice> devices(result == VK_SUCCESS ? count : 0);
    if (!devices.empty())
        result = vkEnumeratePhysicalDevices(m_instance, &count, devices.data());
    // Incomplete: a device was plugged in between the calls. The others will do.
    if (result != VK_INCOMPLETE)
        check(result, "Vulkan could not list its devices");
    devices.resize(std::min<std::size_t>(devices.size(), count));
    return devices;
}

}  // namespace halftone::gpu
