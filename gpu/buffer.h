// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/compute_device.h"

#include <cstddef>
#include <span>

namespace halftone::gpu {

/// Memory of a device with the buffer on it: one allocation each, so make few and large ones.
class Buffer {
public:
    enum class Place {
        Device,  ///< the device's own memory, which kernels work on
        Upload,  ///< the host writes it, see mapped(); the device copies from it
        Readback,  ///< the device copies to it; the host reads it
    };

    Buffer() = default;
    /// `bytes` is rounded up to whole 32-bit words. Throws Error{OutOfMemory}, also beyond Limits::bufferBytes.
    Buffer(ComputeDevice& device, std::uint64_t bytes, Place place);

    std::uint64_t bytes() const { return m_bytes; }
    VkBuffer handle() const { return m_buffer.get(); }
    /// The buffer's bytes as the host sees them, coherent; empty for Place::Device.
    std::span<std::byte> mapped() const { return {m_mapped, m_mapped ? std::size_t(m_bytes) : 0}; }

private:
    Owned<VkDeviceMemory, &VolkDeviceTable::vkFreeMemory> m_memory;
    Owned<VkBuffer, &VolkDeviceTable::vkDestroyBuffer> m_buffer;  // goes before its memory
    std::byte* m_mapped = nullptr;
    std::uint64_t m_bytes = 0;
};

/// A run of bytes in a buffer. What a kernel binds has at most Limits::storageRange bytes and starts at a multiple of
/// Limits::offsetAlignment; copies and fills take multiples of four.
struct Slice {
    Slice() = default;
    Slice(const Buffer& b) : buffer(b.handle()), bytes(b.bytes()) {}
    Slice(const Buffer& b, std::uint64_t start, std::uint64_t length) : buffer(b.handle()), offset(start), bytes(length) {}

    VkBuffer buffer = VK_NULL_HANDLE;
    std::uint64_t offset = 0, bytes = 0;
};

}  // namespace halftone::gpu
