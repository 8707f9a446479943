// SPDX-License-Identifier: Apache-2.0
#include "core/base/file.h"

#include "core/base/error.h"
#include "core/base/platform.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace halftone {

namespace fs = std::filesystem;

namespace {

fs::path folderOf(const fs::path& path)
{
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

std::string gigabytes(std::uint64_t bytes)
{
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), bytes < 10'000'000 ? "%.3f MB" : "%.2f GB", double(bytes) / (bytes < 10'000'000 ? 1e6 : 1e9));
    return text.data();
}

[[noreturn]] void throwSystem(std::string_view action, const std::error_code& code, const fs::path& path, std::string advice)
{
    throw Error(ErrorCode::System,
                {.problem = std::string(action) + ": " + code.message(), .file = toUtf8(path), .advice = std::move(advice)});
}

[[noreturn]] void throwDiskFull(std::uint64_t needed, const fs::path& path)
{
    std::error_code ignored;
    const fs::space_info space = fs::space(folderOf(path), ignored);
    const std::string room = ignored ? std::string() : ", " + gigabytes(space.available) + " is free";
    throw Error(ErrorCode::DiskFull,
                {.problem = "the disk is full: the file needs " + gigabytes(needed) + room,
                 .file = toUtf8(path),
                 .advice = "free some space or choose another folder"});
}

/// NAME with a suffix, next to NAME, so that a rename stays on one file system.
fs::path withSuffix(const fs::path& destination, const std::string& suffix)
{
    // File systems allow names of 255 bytes; a cut inside a UTF-8 sequence would be no name on some of them.
    constexpr std::size_t kLongestStem = 200;
    std::string stem = toUtf8(destination.filename());
    if (stem.size() > kLongestStem) {
        std::size_t cut = kLongestStem;
        while (cut > 0 && (static_cast<unsigned char>(stem[cut]) & 0xC0) == 0x80)
            --cut;
        stem.resize(cut);
    }
    return folderOf(destination) / fromUtf8(stem + suffix);
}

/// "NAME.part-1a2b3c". No two calls give the same name in one process, and the clock keeps processes apart; createNew()
/// settles what remains.
fs::path neighbourOf(const fs::path& destination)
{
    static std::atomic<std::uint32_t> count{0};
    const auto now = std::uint64_t(std::chrono::steady_clock::now().time_since_epoch().count());
    const std::uint64_t mixed = (now ^ (platform::processId() << 40) ^ count.fetch_add(1)) * 0x9E3779B97F4A7C15u;
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), mixed >> 32, 16).ptr;
    return withSuffix(destination, ".part-" + std::string(digits.data(), end));
}

}  // namespace

std::string toUtf8(const fs::path& path)
{
    const std::u8string text = path.u8string();
    return {reinterpret_cast<const char*>(text.data()), text.size()};
}

fs::path fromUtf8(std::string_view utf8)
{
    return fs::path(std::u8string(reinterpret_cast<const char8_t*>(utf8.data()), utf8.size()));
}

fs::path partOf(const fs::path& destination)
{
    return withSuffix(destination, ".part");
}

bool isBeingWritten(const fs::path& destination)
{
    std::error_code ignored;
    platform::File file;
    const fs::path part = partOf(destination);
    return fs::exists(part, ignored) && file.openExclusively(part) == std::errc::device_or_resource_busy;
}

bool sameFile(const fs::path& a, const fs::path& b)
{
    std::error_code ignored;
    return fs::exists(a, ignored) && fs::exists(b, ignored) && fs::equivalent(a, b, ignored);
}

std::uint64_t freeSpace(const fs::path& path)
{
    std::error_code code;
    const fs::path folder = fs::is_directory(path, code) ? path : folderOf(path);
    const fs::space_info space = fs::space(folder, code);
    if (code)
        throwSystem("the free space cannot be read", code, folder, "check that the folder exists");
    return space.available;
}

struct InputFile::Handle {
    fs::path path;
    platform::File file;
};

InputFile::InputFile(const fs::path& path) : m_handle(std::make_unique<Handle>())
{
    m_handle->path = path;
    if (const std::error_code code = m_handle->file.openForReading(path))
        throwSystem("the file cannot be opened", code, path, "check its name and your permissions");
}

InputFile::~InputFile() = default;
InputFile::InputFile(InputFile&&) noexcept = default;
InputFile& InputFile::operator=(InputFile&&) noexcept = default;

std::uint64_t InputFile::size() const
{
    std::uint64_t bytes = 0;
    if (const std::error_code code = m_handle->file.size(bytes))
        throwSystem("the file's size cannot be read", code, m_handle->path, {});
    return bytes;
}

std::int64_t InputFile::modified() const
{
    std::int64_t nanoseconds = 0;
    if (const std::error_code code = m_handle->file.modified(nanoseconds))
        throwSystem("the file's time cannot be read", code, m_handle->path, {});
    return nanoseconds;
}

void InputFile::readAt(std::uint64_t offset, std::span<std::byte> out) const
{
    while (!out.empty()) {
        std::size_t count = 0;
        if (const std::error_code code = m_handle->file.readAt(offset, out, count))
            throwSystem("the file cannot be read", code, m_handle->path, "check the disk");
        if (count == 0)
            throw Error(ErrorCode::System,
                        {.problem = "the file became shorter while it was read",
                         .file = toUtf8(m_handle->path),
                         .place = "byte " + std::to_string(offset),
                         .advice = "wait until other programs are done with it"});
        offset += count;
        out = out.subspan(count);
    }
}

struct AtomicFile::Handle {
    fs::path destination;
    fs::path neighbour;
    platform::File file;
    std::uint64_t expected = 0;
    std::uint64_t written = 0;
    bool committed = false;

    ~Handle()
    {
        if (committed || neighbour.empty())
            return;
        // While it is open it is ours alone; where an open file cannot be removed, afterwards.
        std::error_code open, ignored;
        fs::remove(neighbour, open);
        file.close();
        if (open)
            fs::remove(neighbour, ignored);
    }

    [[noreturn]] void fail(std::string_view action, const std::error_code& code, std::uint64_t needed) const
    {
        if (code == std::errc::no_space_on_device)
            throwDiskFull(std::max(expected, needed), destination);
        throwSystem(action, code, destination, "check the folder, your permissions and the disk");
    }

    void create()
    {
        constexpr int kAttempts = 16;
        std::error_code code;
        for (int attempt = 0; attempt < kAttempts; ++attempt) {
            const fs::path candidate = neighbourOf(destination);
            code = file.createNew(candidate);
            if (!code) {
                neighbour = candidate;
                return;
            }
            if (code != std::errc::file_exists)
                break;
        }
        fail("the file cannot be created", code, expected);
    }

    void createOrOpen()
    {
        const fs::path part = partOf(destination);
        const std::error_code code = file.openExclusively(part);
        if (code == std::errc::device_or_resource_busy)
            throw Error(ErrorCode::System,
                        {.problem = "another run is writing this file",
                         .file = toUtf8(destination),
                         .advice = "wait for it, or choose another name"});
        if (code)
            fail("the file cannot be created", code, expected);
        neighbour = part;
    }

    /// A rename would replace a device or a folder as readily as a file.
    void checkDestination() const
    {
        std::error_code code;
        const fs::file_status status = fs::status(destination, code);
        if (fs::exists(status) && !fs::is_regular_file(status))
            throw Error(ErrorCode::System,
                        {.problem = "the output is not an ordinary file", .file = toUtf8(destination), .advice = "choose another name"});
    }

    /// Room for what `present` bytes in the neighbour leave to write.
    void reserve(std::uint64_t present)
    {
        if (expected <= present)
            return;
        std::error_code code;
        const fs::space_info space = fs::space(folderOf(destination), code);
        if (!code && expected - present > space.available)
            throwDiskFull(expected, destination);
        if (const std::error_code reserved = file.reserve(expected))
            fail("the space for the file cannot be reserved", reserved, expected);
    }
};

AtomicFile::AtomicFile(const fs::path& destination, std::uint64_t expectedBytes) : m_handle(std::make_unique<Handle>())
{
    m_handle->destination = destination;
    m_handle->expected = expectedBytes;
    m_handle->checkDestination();
    m_handle->create();
    m_handle->reserve(0);
}

AtomicFile::AtomicFile(const fs::path& destination, std::uint64_t expectedBytes, Resumable) : m_handle(std::make_unique<Handle>())
{
    m_handle->destination = destination;
    m_handle->expected = expectedBytes;
    m_handle->checkDestination();
    m_handle->createOrOpen();
}

AtomicFile::~AtomicFile() = default;

void AtomicFile::continueAt(std::uint64_t kept)
{
    if (const std::error_code code = m_handle->file.continueAt(kept))
        m_handle->fail("the unfinished file cannot be continued", code, m_handle->expected);
    m_handle->written = kept;
    m_handle->reserve(kept);
}

void AtomicFile::write(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        std::size_t count = 0;
        const std::error_code code = m_handle->file.write(bytes, count);
        if (code || count == 0)  // nothing written and no reason: trying for ever would be no better
            m_handle->fail("the file cannot be written", code ? code : std::make_error_code(std::errc::io_error),
                           m_handle->written + bytes.size());
        m_handle->written += count;
        bytes = bytes.subspan(count);
    }
}

std::uint64_t AtomicFile::written() const noexcept
{
    return m_handle->written;
}

void AtomicFile::rewrite(std::uint64_t offset, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        std::size_t count = 0;
        const std::error_code code = m_handle->file.writeAt(offset, bytes, count);
        if (code || count == 0)
            m_handle->fail("the file cannot be written", code ? code : std::make_error_code(std::errc::io_error), m_handle->written);
        offset += count;
        bytes = bytes.subspan(count);
    }
}

void AtomicFile::flushAndForget()
{
    flush();
    m_handle->file.forget();
}

void AtomicFile::flush()
{
    if (const std::error_code code = m_handle->file.flush())
        m_handle->fail("the file cannot be flushed to the disk", code, m_handle->written);
}

void AtomicFile::commit()
{
    Handle& handle = *m_handle;
    std::error_code code = handle.file.truncate(handle.written);
    if (!code)
        code = handle.file.flush();
    if (!code)
        code = handle.file.renameAndClose(handle.neighbour, handle.destination);
    if (code)
        handle.fail("the file cannot be finished", code, handle.written);
    handle.committed = true;
    if (const std::error_code flushed = platform::flushFolder(folderOf(handle.destination)))
        handle.fail("the folder cannot be flushed to the disk", flushed, handle.written);
}

void AtomicFile::leave() noexcept
{
    m_handle->neighbour.clear();
    m_handle->file.close();
}

void AtomicFile::setAside(const fs::path& name)
{
    if (const std::error_code code = m_handle->file.renameAndClose(m_handle->neighbour, name))
        m_handle->fail("the unfinished file cannot be renamed", code, m_handle->written);
    m_handle->neighbour.clear();
}

}  // namespace halftone
