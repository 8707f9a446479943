// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <volk.h>

#include <atomic>
#include <cstdint>
#include <vector>

namespace halftone::gpu {

/// A Vulkan instance. Opening one loads the Vulkan loader at run time (through volk). Any thread may make one; core functions are then
/// volk's globals, which belong to the loader and serve every instance.
class Instance {
public:
    enum class Validation { Off, On };

    /// With Validation::On the Khronos validation layer watches, where it is installed. Throws Error.
    explicit Instance(Validation validation = Validation::Off);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    VkInstance handle() const { return m_instance; }
    bool offers(std::uint32_t version) const { return m_version >= version; }
    /// In the loader's order. Throws Error.
    std::vector<VkPhysicalDevice> physicalDevices() const;

    bool validates() const { return m_messenger != VK_NULL_HANDLE; }
    /// Warnings and errors of the validation layer so far; each is written to stderr too.
    int validationMessages() const { return m_messages; }

private:
    void create(bool validate);
    void listen();

    VkInstance m_instance = VK_NULL_HANDLE;
    VkDebugUtilsMessengerEXT m_messenger = VK_NULL_HANDLE;
    std::uint32_t m_version = 0;
    std::atomic<int> m_messages{0};
};

}  // namespace halftone::gpu
