// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/buffer.h"
#include "gpu/kernel.h"

#include <cstdint>
#include <span>
#include <vector>

namespace halftone::gpu {

/// Records work for a queue and submits it, again and again:
///
///     Commands commands(device, device.compute());
///     commands.begin();
///     commands.dispatch(kernel, {{input, output}}, push, groups);
///     commands.barrier();
///     commands.copy(output, readback);
///     device.wait(commands.submit());
///
/// What is recorded must live until the submit is done. Keep one submit under about 100 ms: drivers reset a device on long ones.
class Commands {
public:
    Commands(ComputeDevice& device, Queue& queue);
    ~Commands();
    Commands(const Commands&) = delete;
    Commands& operator=(const Commands&) = delete;

    /// Waits for the last submit of these commands and starts anew. Throws Error.
    void begin();
    /// `slices` are bound at bindings 0, 1, ...; `push` has exactly the kernel's words.
    void dispatch(const Kernel& kernel, std::span<const Slice> slices, std::span<const std::uint32_t> push, std::uint32_t groupsX,
                  std::uint32_t groupsY = 1, std::uint32_t groupsZ = 1);
    /// As many bytes as the shorter slice has.
    void copy(const Slice& from, const Slice& to);
    void fill(const Slice& slice, std::uint32_t word);
    /// Everything recorded before is finished and visible to everything recorded after, and to the host after the submit.
    void barrier();
    /// Queues the work after `after` have happened. Throws Error.
    Ticket submit(std::span<const Ticket> after = {});

private:
    VkDescriptorSet nextSet(const Kernel& kernel);
    VkDescriptorPool createPool();

    ComputeDevice& m_device;
    Queue& m_queue;
    Owned<VkCommandPool, &VolkDeviceTable::vkDestroyCommandPool> m_pool;
    VkCommandBuffer m_commands = VK_NULL_HANDLE;
    std::vector<Owned<VkDescriptorPool, &VolkDeviceTable::vkDestroyDescriptorPool>> m_sets;
    std::size_t m_setsUsed = 0;  ///< of all pools together
    Ticket m_last;
};

}  // namespace halftone::gpu
