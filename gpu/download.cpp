// SPDX-License-Identifier: Apache-2.0
#include "gpu/download.h"

namespace halftone::gpu {

Download::Download(ComputeDevice& device, std::uint64_t mostBytes)
    : m_device(device),
      m_buffer(device, mostBytes, Buffer::Place::Readback),
      m_commands(device, device.transfer())
{
}

void Download::start(std::span<const Slice> slices, Ticket after)
{
    m_commands.begin();
    std::uint64_t offset = 0;
    for (const Slice& slice : slices) {
        m_commands.copy(slice, {m_buffer, offset, slice.bytes});
        offset += slice.bytes;
    }
    m_done = m_commands.submit({&after, 1});
}

std::span<const std::byte> Download::wait()
{
    m_device.wait(m_done);
    return m_buffer.mapped();
}

}  // namespace halftone::gpu
