// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace halftone {

/// A path as UTF-8 for messages and JSON, whatever the system's encoding.
std::string toUtf8(const std::filesystem::path& path);
/// The path that a UTF-8 command-line argument or setting names.
std::filesystem::path fromUtf8(std::string_view utf8);

/// True when both name the same existing file, through links and mounts. A path that does not exist is no other's twin.
bool sameFile(const std::filesystem::path& a, const std::filesystem::path& b);

/// Bytes an unprivileged user may still write in the folder of `path` (the folder must exist). Throws Error{System}.
std::uint64_t freeSpace(const std::filesystem::path& path);

/// A file read by position (pread), safe against shrinking under our feet: a short read throws Error{System}.
class InputFile {
public:
    explicit InputFile(const std::filesystem::path& path);
    ~InputFile();
    InputFile(InputFile&&) noexcept;
    InputFile& operator=(InputFile&&) noexcept;

    std::uint64_t size() const;
    /// When it was last written, in nanoseconds of the system's own clock: good for telling whether it changed.
    std::int64_t modified() const;
    /// Fills all of `out` from `offset`. May be called from several threads.
    void readAt(std::uint64_t offset, std::span<std::byte> out) const;

private:
    struct Handle;
    std::unique_ptr<Handle> m_handle;
};

/// The neighbour of a file that can be continued: "NAME.part".
std::filesystem::path partOf(const std::filesystem::path& destination);
/// True while an AtomicFile of this or another process holds that neighbour.
bool isBeingWritten(const std::filesystem::path& destination);

/// A file that appears whole or not at all: written to a temporary neighbour ("NAME.part-XXXX"), flushed to the disk,
/// then renamed over the destination by commit(). Destroyed without commit, it leaves nothing behind.
class AtomicFile {
public:
    /// Creates the neighbour and reserves `expectedBytes` (0: none), so that a full disk shows at once.
    /// Throws Error{DiskFull} or Error{System}.
    AtomicFile(const std::filesystem::path& destination, std::uint64_t expectedBytes);

    struct Resumable {};
    /// The same with a neighbour of a fixed name, partOf(destination), that another run can go on with when this process
    /// dies. It is locked, and what a dead process left in it stays until continueAt(), which takes the room. Throws
    /// Error{System} while another run writes it.
    AtomicFile(const std::filesystem::path& destination, std::uint64_t expectedBytes, Resumable);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    /// Keeps the first `kept` bytes of a resumable neighbour, cuts off the rest and goes on there. Call it once, before write().
    /// Throws Error{DiskFull} or Error{System}.
    void continueAt(std::uint64_t kept);
    /// Appends. Throws Error{DiskFull} or Error{System}.
    void write(std::span<const std::byte> bytes);
    std::uint64_t written() const noexcept;
    /// Writes over bytes that were written before. Nothing may be appended afterwards.
    void rewrite(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Waits until the disk has what was written.
    void flush();
    /// The same, and who reads the file next reads the disk where the system can be asked for it.
    void flushAndForget();
    /// Flushes file and folder and renames. Nothing may be written afterwards.
    void commit();

    /// Lets go of a resumable neighbour and leaves it to another run. Nothing else may be called afterwards.
    void leave() noexcept;
    /// The same, under another name.
    void setAside(const std::filesystem::path& name);

private:
    struct Handle;
    std::unique_ptr<Handle> m_handle;
};

}  // namespace halftone
