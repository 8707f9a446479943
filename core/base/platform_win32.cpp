// SPDX-License-Identifier: Apache-2.0
#include "core/base/platform.h"

#include <algorithm>

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
// After windows.h, whose types it needs.
#include <psapi.h>

namespace halftone::platform {

namespace {

constexpr std::size_t kLargestTransfer = std::size_t(1) << 30;

std::error_code lastError()
{
    const DWORD code = ::GetLastError();
    if (code == ERROR_DISK_FULL || code == ERROR_HANDLE_DISK_FULL || code == ERROR_DISK_QUOTA_EXCEEDED)
        return std::make_error_code(std::errc::no_space_on_device);
    if (code == ERROR_FILE_EXISTS || code == ERROR_ALREADY_EXISTS)
        return std::make_error_code(std::errc::file_exists);
    return {int(code), std::system_category()};
}

std::error_code check(BOOL succeeded)
{
    return succeeded ? std::error_code{} : lastError();
}

HANDLE handle(std::intptr_t native)
{
    return reinterpret_cast<HANDLE>(native);
}

OVERLAPPED at(std::uint64_t offset)
{
    OVERLAPPED place{};
    place.Offset = DWORD(offset);
    place.OffsetHigh = DWORD(offset >> 32);
    return place;
}

}  // namespace

std::error_code File::openForReading(const std::filesystem::path& path)
{
    const HANDLE opened = ::CreateFileW(path.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                                        OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (opened == INVALID_HANDLE_VALUE)
        return lastError();
    close();
    m_native = reinterpret_cast<std::intptr_t>(opened);
    return ::GetFileType(opened) == FILE_TYPE_DISK ? std::error_code{} : std::make_error_code(std::errc::not_supported);
}

std::error_code File::createNew(const std::filesystem::path& path)
{
    const HANDLE opened = ::CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (opened == INVALID_HANDLE_VALUE)
        return lastError();
    close();
    m_native = reinterpret_cast<std::intptr_t>(opened);
    return {};
}

std::error_code File::openExclusively(const std::filesystem::path& path)
{
    // Others may read it, as this process does to check what it wrote; a second writer is refused.
    const HANDLE opened =
        ::CreateFileW(path.c_str(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (opened == INVALID_HANDLE_VALUE)
        return ::GetLastError() == ERROR_SHARING_VIOLATION ? std::make_error_code(std::errc::device_or_resource_busy) : lastError();
    close();
    m_native = reinterpret_cast<std::intptr_t>(opened);
    return {};
}

std::error_code File::continueAt(std::uint64_t bytes)
{
    if (const std::error_code code = truncate(bytes))
        return code;
    LARGE_INTEGER place{};
    place.QuadPart = LONGLONG(bytes);
    return check(::SetFilePointerEx(handle(m_native), place, nullptr, FILE_BEGIN));
}

void File::close() noexcept
{
    if (m_native != kClosed)
        ::CloseHandle(handle(m_native));
    m_native = kClosed;
}

std::error_code File::size(std::uint64_t& bytes) const
{
    LARGE_INTEGER size{};
    const std::error_code code = check(::GetFileSizeEx(handle(m_native), &size));
    bytes = std::uint64_t(size.QuadPart);
    return code;
}

std::error_code File::modified(std::int64_t& nanoseconds) const
{
    FILETIME time{};
    const std::error_code code = check(::GetFileTime(handle(m_native), nullptr, nullptr, &time));
    nanoseconds = (std::int64_t(time.dwHighDateTime) << 32 | time.dwLowDateTime) * 100;
    return code;
}

std::error_code File::readAt(std::uint64_t offset, std::span<std::byte> out, std::size_t& count) const
{
    OVERLAPPED place = at(offset);
    DWORD got = 0;
    const BOOL read = ::ReadFile(handle(m_native), out.data(), DWORD(std::min(out.size(), kLargestTransfer)), &got, &place);
    count = got;
    return read || ::GetLastError() == ERROR_HANDLE_EOF ? std::error_code{} : lastError();
}

std::error_code File::write(std::span<const std::byte> bytes, std::size_t& count)
{
    DWORD put = 0;
    const BOOL written = ::WriteFile(handle(m_native), bytes.data(), DWORD(std::min(bytes.size(), kLargestTransfer)), &put, nullptr);
    count = put;
    return check(written);
}

std::error_code File::writeAt(std::uint64_t offset, std::span<const std::byte> bytes, std::size_t& count)
{
    OVERLAPPED place = at(offset);
    DWORD put = 0;
    const BOOL written = ::WriteFile(handle(m_native), bytes.data(), DWORD(std::min(bytes.size(), kLargestTransfer)), &put, &place);
    count = put;
    return check(written);
}

std::error_code File::reserve(std::uint64_t bytes)
{
    FILE_ALLOCATION_INFO room{};
    room.AllocationSize.QuadPart = LONGLONG(bytes);
    return check(::SetFileInformationByHandle(handle(m_native), FileAllocationInfo, &room, sizeof room));
}

std::error_code File::truncate(std::uint64_t bytes)
{
    FILE_END_OF_FILE_INFO end{};
    end.EndOfFile.QuadPart = LONGLONG(bytes);
    return check(::SetFileInformationByHandle(handle(m_native), FileEndOfFileInfo, &end, sizeof end));
}

std::error_code File::flush()
{
    return check(::FlushFileBuffers(handle(m_native)));
}

void File::forget() noexcept {}

std::error_code File::renameAndClose(const std::filesystem::path& from, const std::filesystem::path& to)
{
    close();  // an open file cannot be renamed here
    return check(::MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH));
}

std::error_code File::map(std::uint64_t bytes, std::span<const std::byte>& view) const
{
    const HANDLE mapping = ::CreateFileMappingW(handle(m_native), nullptr, PAGE_READONLY, 0, 0, nullptr);
    if (!mapping)
        return lastError();
    const void* address = ::MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, std::size_t(bytes));
    const std::error_code code = address ? std::error_code{} : lastError();
    // The view keeps the mapping alive.
    ::CloseHandle(mapping);
    if (!code)
        view = {static_cast<const std::byte*>(address), std::size_t(bytes)};
    return code;
}

void unmap(std::span<const std::byte> view) noexcept
{
    ::UnmapViewOfFile(view.data());
}

std::error_code flushFolder(const std::filesystem::path&)
{
    // renameAndClose() writes through.
    return {};
}

std::uint64_t physicalMemory()
{
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    return ::GlobalMemoryStatusEx(&status) ? status.ullTotalPhys : 0;
}

std::uint64_t availableMemory()
{
    MEMORYSTATUSEX status{};
    status.dwLength = sizeof status;
    return ::GlobalMemoryStatusEx(&status) ? status.ullAvailPhys : 0;
}

std::uint64_t residentMemory()
{
    PROCESS_MEMORY_COUNTERS counters{};
    return ::GetProcessMemoryInfo(::GetCurrentProcess(), &counters, sizeof counters) ? counters.WorkingSetSize : 0;
}

std::uint64_t processId()
{
    return ::GetCurrentProcessId();
}

}  // namespace halftone::platform
