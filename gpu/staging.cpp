// SPDX-License-Identifier: Apache-2.0
#include "gpu/staging.h"

#include <algorithm>
#include <cstring>
#include <deque>

namespace halftone::gpu {
namespace {

std::uint64_t wholeWords(std::uint64_t bytes)
{
    return (bytes + 3) / 4 * 4;
}

}  // namespace

Staging::Part::Part(ComputeDevice& device, std::uint64_t bytes)
    : upload(device, bytes, Buffer::Place::Upload),
      readback(device, bytes, Buffer::Place::Readback),
      commands(device, device.transfer())
{
}

Staging::Staging(ComputeDevice& device, std::uint64_t partBytes) : m_device(device), m_partBytes(partBytes)
{
    for (auto& part : m_parts)
        part = std::make_unique<Part>(device, partBytes);
}

Ticket Staging::upload(std::span<const std::byte> from, const Buffer& to, std::uint64_t offset)
{
    Ticket last;
    while (!from.empty()) {
        const auto run = from.first(std::size_t(std::min<std::uint64_t>(from.size(), m_partBytes)));
        Part& part = nextPart();
        part.commands.begin();  // waits until the part is free
        std::memcpy(part.upload.mapped().data(), run.data(), run.size());
        part.commands.copy({part.upload, 0, wholeWords(run.size())}, {to, offset, wholeWords(run.size())});
        part.ticket = last = part.commands.submit();
        from = from.subspan(run.size());
        offset += run.size();
    }
    return last;
}

void Staging::download(const Buffer& from, std::uint64_t offset, std::span<std::byte> to, Ticket after)
{
    struct Travelling {
        Part& part;
        std::span<std::byte> to;
    };
    std::deque<Travelling> travelling;
    const auto land = [&] {
        const auto [part, target] = travelling.front();
        m_device.wait(part.ticket);
        std::memcpy(target.data(), part.readback.mapped().data(), target.size());
        travelling.pop_front();
    };
    while (!to.empty()) {
        if (travelling.size() == kParts)
            land();
        const auto run = to.first(std::size_t(std::min<std::uint64_t>(to.size(), m_partBytes)));
        Part& part = nextPart();
        part.commands.begin();
        part.commands.copy({from, offset, wholeWords(run.size())}, {part.readback, 0, wholeWords(run.size())});
        part.ticket = part.commands.submit({&after, 1});
        travelling.push_back({part, run});
        to = to.subspan(run.size());
        offset += run.size();
    }
    while (!travelling.empty())
        land();
}

}  // namespace halftone::gpu
