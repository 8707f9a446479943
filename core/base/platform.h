// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

/// The few calls that differ between systems. One of platform_posix.cpp and platform_win32.cpp is built. Failures are
/// error codes; file.cpp turns them into sentences. A full disk or quota is always std::errc::no_space_on_device.
namespace halftone::platform {

/// An open file; closed when destroyed.
class File {
public:
    File() = default;
    ~File() { close(); }
    File(File&& other) noexcept : m_native(other.m_native) { other.m_native = kClosed; }
    File& operator=(File&& other) noexcept
    {
        std::swap(m_native, other.m_native);
        return *this;
    }

    std::error_code openForReading(const std::filesystem::path& path);
    /// Fails with std::errc::file_exists if something has that name already.
    std::error_code createNew(const std::filesystem::path& path);
    /// Opens or creates for writing, with the file to itself: fails with std::errc::device_or_resource_busy while another
    /// process (or another File) holds it so. Nothing is cut off; write() starts at the beginning, see continueAt().
    std::error_code openExclusively(const std::filesystem::path& path);
    /// Cuts off what is beyond `bytes`; write() goes on there.
    std::error_code continueAt(std::uint64_t bytes);
    /// A second failure after the first is of no interest, so this one is silent; flush() before.
    void close() noexcept;

    std::error_code size(std::uint64_t& bytes) const;
    /// When it was last written, in nanoseconds of the system's own clock: good for telling whether it changed.
    std::error_code modified(std::int64_t& nanoseconds) const;
    /// Reads up to out.size() bytes; `count` 0 means the end of the file.
    std::error_code readAt(std::uint64_t offset, std::span<std::byte> out, std::size_t& count) const;
    /// Appends up to all of `bytes`.
    std::error_code write(std::span<const std::byte> bytes, std::size_t& count);
    /// Writes over up to all of `bytes` from `offset`. Nothing may be appended afterwards.
    std::error_code writeAt(std::uint64_t offset, std::span<const std::byte> bytes, std::size_t& count);
    /// Takes room on the disk without writing. A file system that cannot reserve succeeds too.
    std::error_code reserve(std::uint64_t bytes);
    std::error_code truncate(std::uint64_t bytes);
    /// Waits until the disk has everything.
    std::error_code flush();
    /// Asks the system to forget its copy of what was flushed, so that the next read comes from the disk. May do nothing.
    void forget() noexcept;
    /// Renames this file, whose name is `from`, over whatever is at `to`, as one step, and closes it.
    std::error_code renameAndClose(const std::filesystem::path& from, const std::filesystem::path& to);
    /// Maps the whole file read-only; unmap() takes the same span back.
    std::error_code map(std::uint64_t bytes, std::span<const std::byte>& view) const;

private:
    static constexpr std::intptr_t kClosed = -1;
    std::intptr_t m_native = kClosed;
};

void unmap(std::span<const std::byte> view) noexcept;

/// Makes a rename in `folder` survive a loss of power.
std::error_code flushFolder(const std::filesystem::path& folder);

std::uint64_t physicalMemory();
std::uint64_t availableMemory();
std::uint64_t residentMemory();
std::uint64_t processId();

}  // namespace halftone::platform
