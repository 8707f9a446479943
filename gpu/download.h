// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/commands.h"

#include <cstddef>
#include <span>

namespace halftone::gpu {

/// What a submit leaves, on its way to the host from the moment it is there: it waits for no later submit, nor does anybody until the host
/// wants it.
class Download {
public:
    Download(ComputeDevice& device, std::uint64_t mostBytes);

    /// Queues copies of the slices, one behind the other, for when `after` has happened. They have at most `mostBytes` together.
    /// Throws Error.
    void start(std::span<const Slice> slices, Ticket after);
    /// Returns once the bytes are there; they stay until the next start(). Throws Error.
    std::span<const std::byte> wait();

private:
    ComputeDevice& m_device;
    Buffer m_buffer;
    Commands m_commands;
    Ticket m_done;
};

}  // namespace halftone::gpu
