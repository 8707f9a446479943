// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/commands.h"

#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace halftone::gpu {

/// Moves bytes between host and device through a ring of mapped buffers, on the device's transfer queue: while one part travels the host
/// copies the next.
class Staging {
public:
    /// `partBytes` is the size of each of the ring's buffers, a multiple of four.
    explicit Staging(ComputeDevice& device, std::uint64_t partBytes = 8u << 20);

    /// Queues the bytes on their way; `from` may go when this returns. A kernel that reads them is submitted after the ticket. `offset` is
    /// a multiple of four. Throws Error.
    Ticket upload(std::span<const std::byte> from, const Buffer& to, std::uint64_t offset = 0);
    /// Returns with the bytes, read after `after` has happened. `offset` is a multiple of four. Throws Error.
    void download(const Buffer& from, std::uint64_t offset, std::span<std::byte> to, Ticket after = {});

private:
    static constexpr std::size_t kParts = 3;
    struct Part {
        Part(ComputeDevice& device, std::uint64_t bytes);
        Buffer upload, readback;
        Commands commands;
        Ticket ticket;
    };
    Part& nextPart() { return *m_parts[m_next++ % kParts]; }

    ComputeDevice& m_device;
    std::uint64_t m_partBytes;
    std::array<std::unique_ptr<Part>, kParts> m_parts;
    std::size_t m_next = 0;
};

}  // namespace halftone::gpu
