// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/devices.h"
#include "gpu/instance.h"

#include <volk.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace halftone::gpu {

struct Ticket;

/// When a device's integer dot products are used: never, where its driver calls them accelerated, or wherever they exist (tests).
enum class IntegerDot { Never, Accelerated, Always };

/// Which device to open, and how.
struct OpenOptions {
    std::optional<int> index = {};  ///< into discoverDevices(). Without one the first that is no software device, else the first
    Instance::Validation validation =
#ifdef NDEBUG
        Instance::Validation::Off;
#else
        Instance::Validation::On;
#endif
    /// Called before each submit, which fails with what it returns unless that is VK_SUCCESS. Tests lose devices with it.
    std::function<VkResult()> submitHook = {};
    /// Called before the host waits for a submit. Tests watch with it what is queued by then.
    std::function<void(const Ticket&)> waitHook = {};
    /// Called before a shader is compiled, which fails as a submit does. Tests play a driver that cannot.
    std::function<VkResult(std::string_view shader)> compileHook = {};
    std::uint64_t mostStorageRange = UINT64_MAX;  ///< bytes; what the device allows beyond that is not used. Tests cut tensors with it
    IntegerDot integerDot = IntegerDot::Accelerated;
};

/// What a device allows, in bytes unless said otherwise.
struct Limits {
    std::uint64_t storageRange = 0;  ///< of one bound storage buffer; at least 128 MiB unless OpenOptions says less
    std::uint64_t bufferBytes = 0;  ///< of one buffer, which is one allocation
    std::uint32_t groupInvocations = 0;  ///< count
    std::uint64_t offsetAlignment = 1;  ///< of a bound storage buffer's offset; at least 16, so that kernels may read four words at once
};

/// What a device can do beyond the least. No kernel needs any of these.
struct Features {
    bool memoryBudget = false;
    bool transferQueue = false;  ///< a queue family of its own for copies
    bool integerDot = false;  ///< dot products of four signed bytes in a word, as far as OpenOptions wants them
};

struct MemoryBudget {
    std::uint64_t totalBytes = 0;  ///< of the largest device-local heap
    std::uint64_t freeBytes = 0;  ///< of it, for this program; a guess of 80 % where the driver cannot say
};

/// A queue with the timeline that its submits count on.
struct Queue {
    VkQueue handle = VK_NULL_HANDLE;
    std::uint32_t family = 0;
    VkSemaphore timeline = VK_NULL_HANDLE;
    std::uint64_t submitted = 0;  ///< value of the last submit
};

/// A submit that can be waited for, by the host or by another queue. The default one is done.
struct Ticket {
    VkSemaphore timeline = VK_NULL_HANDLE;
    std::uint64_t value = 0;
};

/// An opened device. It belongs to one thread at a time; everything made from it keeps a reference and must go first.
class ComputeDevice {
public:
    /// Throws Error: no such device, no Vulkan 1.2, or the driver said no.
    explicit ComputeDevice(OpenOptions options = {});
    ~ComputeDevice();
    ComputeDevice(const ComputeDevice&) = delete;
    ComputeDevice& operator=(const ComputeDevice&) = delete;

    const Device& description() const { return m_description; }
    const Limits& limits() const { return m_limits; }
    const Features& features() const { return m_features; }
    MemoryBudget memoryBudget() const;
    const Instance& instance() const { return m_instance; }

    VkDevice handle() const { return m_device; }
    /// The device's own entry points, without the loader's detour.
    const VolkDeviceTable& vk() const { return m_vk; }
    Queue& compute() { return m_compute; }
    /// The queue for copies: compute()'s own where the device has no other.
    Queue& transfer() { return m_features.transferQueue ? m_transfer : m_compute; }

    /// The first memory type that `allowed` admits and that has `wanted`, preferably `liked` too. Throws Error{OutOfMemory}.
    std::uint32_t memoryType(std::uint32_t allowed, VkMemoryPropertyFlags wanted, VkMemoryPropertyFlags liked) const;
    /// What OpenOptions::compileHook says.
    VkResult mayCompile(std::string_view shader) const { return m_options.compileHook ? m_options.compileHook(shader) : VK_SUCCESS; }
    /// Queues the commands on `queue` after `after` have happened. Throws Error.
    Ticket submit(Queue& queue, VkCommandBuffer commands, std::span<const Ticket> after);
    /// Returns once the submit is done. Throws Error where the device is lost or silent for half a minute.
    void wait(Ticket ticket) const;
    /// Waits for everything, without complaint: before memory in use goes.
    void drain() const noexcept;

private:
    void readLimits();
    void readFeatures();
    bool hasIntegerDot() const;
    void chooseFamilies();
    void createDevice();
    void close();
    void openQueue(Queue& queue);

    OpenOptions m_options;
    Instance m_instance;
    VkPhysicalDevice m_physical = VK_NULL_HANDLE;
    VkDevice m_device = VK_NULL_HANDLE;
    VolkDeviceTable m_vk{};
    VkPhysicalDeviceMemoryProperties m_memory{};
    Device m_description;
    Limits m_limits;
    Features m_features;
    Queue m_compute, m_transfer;
};

/// Owns an object of a device: `destroy` is the member of the device's table that ends it.
template <class Object, auto destroy>
class Owned {
public:
    Owned() = default;
    Owned(const ComputeDevice& device, Object object) : m_device(&device), m_object(object) {}
    ~Owned() { reset(); }
    Owned(Owned&& other) noexcept : m_device(other.m_device), m_object(std::exchange(other.m_object, VK_NULL_HANDLE)) {}
    Owned& operator=(Owned&& other) noexcept
    {
        std::swap(m_device, other.m_device);
        std::swap(m_object, other.m_object);
        return *this;
    }

    Object get() const { return m_object; }

private:
    void reset()
    {
        if (m_object)
            (m_device->vk().*destroy)(m_device->handle(), m_object, nullptr);
    }

    const ComputeDevice* m_device = nullptr;
    Object m_object = VK_NULL_HANDLE;
};

}  // namespace halftone::gpu
