// SPDX-License-Identifier: Apache-2.0
#include "core/base/platform.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __APPLE__
#include <mach/mach.h>
#endif

namespace halftone::platform {

namespace {

// Linux and macOS move at most this much in one call.
constexpr std::size_t kLargestTransfer = std::size_t(1) << 30;

std::error_code fromErrno()
{
    return {errno == EDQUOT ? ENOSPC : errno, std::generic_category()};
}

template <class Call>
auto retried(const Call& call)
{
    auto result = call();
    while (result < 0 && errno == EINTR)
        result = call();
    return result;
}

}  // namespace

std::error_code File::openForReading(const std::filesystem::path& path)
{
    // Without O_NONBLOCK a named pipe would hang here until somebody writes to it.
    const int fd = retried([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); });
    if (fd < 0)
        return fromErrno();
    close();
    m_native = fd;
    struct stat status {};
    if (::fstat(fd, &status) != 0)
        return fromErrno();
    if (S_ISDIR(status.st_mode))
        return std::make_error_code(std::errc::is_a_directory);
    return S_ISREG(status.st_mode) ? std::error_code{} : std::make_error_code(std::errc::not_supported);
}

std::error_code File::createNew(const std::filesystem::path& path)
{
    const int fd = retried([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666); });
    if (fd < 0)
        return fromErrno();
    close();
    m_native = fd;
    return {};
}

std::error_code File::openExclusively(const std::filesystem::path& path)
{
    for (;;) {
        const int fd = retried([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666); });
        if (fd < 0)
            return fromErrno();
        close();
        m_native = fd;
        struct stat opened {
        }, named{};
        if (::flock(fd, LOCK_EX | LOCK_NB) != 0 || ::fstat(fd, &opened) != 0)
            return errno == EWOULDBLOCK ? std::make_error_code(std::errc::device_or_resource_busy) : fromErrno();
        if (!S_ISREG(opened.st_mode))
            return std::make_error_code(std::errc::not_supported);
        // Whoever held it before may have renamed or removed it meanwhile: then the lock is on another file's bytes.
        if (::stat(path.c_str(), &named) == 0 && named.st_dev == opened.st_dev && named.st_ino == opened.st_ino)
            return {};
    }
}

std::error_code File::continueAt(std::uint64_t bytes)
{
    if (const std::error_code code = truncate(bytes))
        return code;
    return ::lseek(int(m_native), off_t(bytes), SEEK_SET) < 0 ? fromErrno() : std::error_code{};
}

void File::close() noexcept
{
    if (m_native != kClosed)
        ::close(int(m_native));
    m_native = kClosed;
}

std::error_code File::size(std::uint64_t& bytes) const
{
    struct stat status {};
    if (::fstat(int(m_native), &status) != 0)
        return fromErrno();
    bytes = std::uint64_t(status.st_size);
    return {};
}

std::error_code File::modified(std::int64_t& nanoseconds) const
{
    struct stat status {};
    if (::fstat(int(m_native), &status) != 0)
        return fromErrno();
#ifdef __APPLE__
    const timespec& time = status.st_mtimespec;
#else
    const timespec& time = status.st_mtim;
#endif
    nanoseconds = std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
    return {};
}

std::error_code File::readAt(std::uint64_t offset, std::span<std::byte> out, std::size_t& count) const
{
    const std::size_t wanted = std::min(out.size(), kLargestTransfer);
    const auto got = retried([&] { return ::pread(int(m_native), out.data(), wanted, off_t(offset)); });
    count = got < 0 ? 0 : std::size_t(got);
    return got < 0 ? fromErrno() : std::error_code{};
}

std::error_code File::write(std::span<const std::byte> bytes, std::size_t& count)
{
    const std::size_t wanted = std::min(bytes.size(), kLargestTransfer);
    const auto put = retried([&] { return ::write(int(m_native), bytes.data(), wanted); });
    count = put < 0 ? 0 : std::size_t(put);
    return put < 0 ? fromErrno() : std::error_code{};
}

std::error_code File::writeAt(std::uint64_t offset, std::span<const std::byte> bytes, std::size_t& count)
{
    const std::size_t wanted = std::min(bytes.size(), kLargestTransfer);
    const auto put = retried([&] { return ::pwrite(int(m_native), bytes.data(), wanted, off_t(offset)); });
    count = put < 0 ? 0 : std::size_t(put);
    return put < 0 ? fromErrno() : std::error_code{};
}

std::error_code File::reserve([[maybe_unused]] std::uint64_t bytes)
{
#ifdef __linux__
    // Not posix_fallocate: where the file system cannot reserve, that one writes a byte to every block instead.
    if (retried([&] { return ::fallocate(int(m_native), 0, 0, off_t(bytes)); }) != 0 && errno != EOPNOTSUPP && errno != ENOSYS)
        return fromErrno();
#endif
    return {};
}

std::error_code File::truncate(std::uint64_t bytes)
{
    return retried([&] { return ::ftruncate(int(m_native), off_t(bytes)); }) == 0 ? std::error_code{} : fromErrno();
}

std::error_code File::flush()
{
#ifdef __APPLE__
    // fsync leaves the bytes in the drive's cache there.
    if (::fcntl(int(m_native), F_FULLFSYNC) == 0)
        return {};
#endif
    return retried([&] { return ::fsync(int(m_native)); }) == 0 ? std::error_code{} : fromErrno();
}

void File::forget() noexcept
{
#ifdef __linux__
    (void)::posix_fadvise(int(m_native), 0, 0, POSIX_FADV_DONTNEED);
#endif
}

std::error_code File::renameAndClose(const std::filesystem::path& from, const std::filesystem::path& to)
{
    // The other way round, another run could take hold of the closed file before it has its name.
    const std::error_code code = ::rename(from.c_str(), to.c_str()) == 0 ? std::error_code{} : fromErrno();
    close();
    return code;
}

std::error_code File::map(std::uint64_t bytes, std::span<const std::byte>& view) const
{
    void* address = ::mmap(nullptr, std::size_t(bytes), PROT_READ, MAP_SHARED, int(m_native), 0);
    if (address == MAP_FAILED)
        return fromErrno();
    view = {static_cast<const std::byte*>(address), std::size_t(bytes)};
    return {};
}

void unmap(std::span<const std::byte> view) noexcept
{
    ::munmap(const_cast<std::byte*>(view.data()), view.size());
}

std::error_code flushFolder(const std::filesystem::path& folder)
{
    const int fd = retried([&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (fd < 0)
        return fromErrno();
    const bool flushed = retried([&] { return ::fsync(fd); }) == 0;
    // Some network file systems know no fsync of a folder; they keep renames in order themselves.
    const std::error_code code = flushed || errno == EINVAL || errno == ENOTSUP ? std::error_code{} : fromErrno();
    ::close(fd);
    return code;
}

std::uint64_t physicalMemory()
{
    const long pages = ::sysconf(_SC_PHYS_PAGES), pageBytes = ::sysconf(_SC_PAGESIZE);
    return pages > 0 && pageBytes > 0 ? std::uint64_t(pages) * std::uint64_t(pageBytes) : 0;
}

std::uint64_t availableMemory()
{
#ifdef __linux__
    // Counts what the cache of files would give back, which the number of free pages does not.
    std::ifstream lines("/proc/meminfo");
    std::string name;
    for (std::uint64_t kibibytes = 0; lines >> name >> kibibytes; lines.ignore(16, '\n'))
        if (name == "MemAvailable:")
            return kibibytes * 1024;
#endif
    return physicalMemory() / 2;
}

std::uint64_t residentMemory()
{
#ifdef __APPLE__
    mach_task_basic_info info{};
    mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
    const bool known = task_info(mach_task_self(), MACH_TASK_BASIC_INFO, reinterpret_cast<task_info_t>(&info), &count) == KERN_SUCCESS;
    return known ? info.resident_size : 0;
#else
    std::FILE* statm = std::fopen("/proc/self/statm", "re");
    if (!statm)
        return 0;
    unsigned long long all = 0, resident = 0;
    const bool known = std::fscanf(statm, "%llu %llu", &all, &resident) == 2;
    std::fclose(statm);
    return known ? resident * std::uint64_t(::sysconf(_SC_PAGESIZE)) : 0;
#endif
}

std::uint64_t processId()
{
    return std::uint64_t(::getpid());
}

}  // namespace halftone::platform
