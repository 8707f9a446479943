// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/write/failing_calls.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstring>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/types.h>

extern "C" {
int __real_open(const char*, int, ...);
ssize_t __real_pread(int, void*, size_t, off_t);
ssize_t __real_write(int, const void*, size_t);
ssize_t __real_pwrite(int, const void*, size_t, off_t);
off_t __real_lseek(int, off_t, int);
int __real_fallocate(int, int, off_t, off_t);
int __real_ftruncate(int, off_t);
int __real_fsync(int);
int __real_rename(const char*, const char*);
}

namespace halftone::test {
namespace {

struct {
    std::atomic<bool> armed{false};
    Call call{};
    Fault fault{};
    bool lasting = false;
    std::atomic<std::int64_t> left{0};  ///< calls until it goes wrong
    std::atomic<bool> happened{false};
} plan;

/// What happens during a call.
struct {
    std::atomic<bool> armed{false}, over{false};
    bool always = false;
    Call call{};
    std::atomic<std::int64_t> left{0};
    std::function<void()> happens;
    std::atomic<std::uint64_t> moved{0};
} moment;

void arm(Call call, std::uint64_t nth, Fault fault, bool lasting)
{
    plan.call = call;
    plan.fault = fault;
    plan.lasting = lasting;
    plan.left = std::int64_t(nth);
    plan.happened = false;
    plan.armed = true;
}

void meet(Call call)
{
    if (!moment.armed || moment.call != call || (--moment.left != 0 && !moment.always))
        return;
    moment.happens();
    moment.over = true;
}

ssize_t counted(ssize_t moved)
{
    if (moment.over && moved > 0)
        moment.moved += std::uint64_t(moved);
    return moved;
}

/// How this call goes wrong, if it does.
std::optional<Fault> faultOf(Call call)
{
    meet(call);
    if (!plan.armed || plan.call != call)
        return std::nullopt;
    const std::int64_t left = --plan.left;
    if (left > 0 || (left < 0 && !plan.lasting))
        return std::nullopt;
    plan.happened = true;
    return plan.fault;
}

int errorOf(Fault fault)
{
    switch (fault) {
    case Fault::Full: return ENOSPC;
    case Fault::Unsupported: return EOPNOTSUPP;
    case Fault::Interrupted:
    case Fault::Trickle: return EINTR;
    default: return EIO;
    }
}

/// A call that moves no bytes.
template <class Real>
auto plainCall(Call call, const Real& real) -> decltype(real())
{
    if (const auto fault = faultOf(call)) {
        errno = errorOf(*fault);
        return -1;
    }
    return real();
}

bool movesBytes(Fault fault)
{
    if (fault == Fault::Trickle)
        return plan.left % 2 == 0;
    return fault == Fault::Short || fault == Fault::Nothing || fault == Fault::Wrong;
}

/// How many of so many bytes such a call moves.
size_t fewOf(Fault fault, size_t count)
{
    constexpr size_t kTrickle = 1000;
    return fault == Fault::Trickle ? std::min(count, kTrickle) : count > 1 ? count / 2 : count;
}

template <class Real>
ssize_t writingCall(Call call, const void* bytes, size_t count, const Real& real)
{
    const auto fault = faultOf(call);
    if (fault && !movesBytes(*fault)) {
        errno = errorOf(*fault);
        return -1;
    }
    if (fault == Fault::Nothing)
        return 0;
    if (fault == Fault::Short || fault == Fault::Trickle)
        return counted(real(bytes, fewOf(*fault, count)));
    if (fault == Fault::Wrong) {
        std::vector<char> wrong(static_cast<const char*>(bytes), static_cast<const char*>(bytes) + count);
        wrong[count / 2] ^= 4;
        return counted(real(wrong.data(), count));
    }
    return counted(real(bytes, count));
}

}  // namespace

void failOnce(Call call, std::uint64_t nth, Fault fault)
{
    arm(call, nth, fault, false);
}
void failFrom(Call call, std::uint64_t nth, Fault fault)
{
    arm(call, nth, fault, true);
}

void during(Call call, std::uint64_t nth, std::function<void()> happens)
{
    moment.always = false;
    moment.call = call;
    moment.left = std::int64_t(nth);
    moment.happens = std::move(happens);
    moment.over = false;
    moment.moved = 0;
    moment.armed = true;
}
void every(Call call, std::function<void()> happens)
{
    during(call, 1, std::move(happens));
    moment.always = true;
}
std::uint64_t movedSince()
{
    return moment.moved;
}

bool stopFailing()
{
    moment.armed = false;
    plan.armed = false;
    return plan.happened;
}

}  // namespace halftone::test

using namespace halftone::test;

extern "C" {

int __wrap_open(const char* path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return plainCall(Call::Open, [&] { return __real_open(path, flags, mode); });
}

ssize_t __wrap_pread(int file, void* out, size_t count, off_t offset)
{
    const auto fault = faultOf(Call::Read);
    if (fault && !movesBytes(*fault)) {
        errno = errorOf(*fault);
        return -1;
    }
    if (fault == Fault::Nothing)
        return 0;
    const bool few = fault == Fault::Short || fault == Fault::Trickle;
    const ssize_t got = counted(__real_pread(file, out, few ? fewOf(*fault, count) : count, offset));
    if (fault == Fault::Wrong && got > 0)
        static_cast<char*>(out)[got / 2] ^= 4;
    return got;
}

ssize_t __wrap_write(int file, const void* bytes, size_t count)
{
    return writingCall(Call::Write, bytes, count, [&](const void* b, size_t c) { return __real_write(file, b, c); });
}

ssize_t __wrap_pwrite(int file, const void* bytes, size_t count, off_t offset)
{
    return writingCall(Call::Rewrite, bytes, count, [&](const void* b, size_t c) { return __real_pwrite(file, b, c, offset); });
}

off_t __wrap_lseek(int file, off_t offset, int whence)
{
    return plainCall(Call::Seek, [&] { return __real_lseek(file, offset, whence); });
}

int __wrap_fallocate(int file, int mode, off_t offset, off_t count)
{
    return plainCall(Call::Reserve, [&] { return __real_fallocate(file, mode, offset, count); });
}

int __wrap_ftruncate(int file, off_t count)
{
    return plainCall(Call::Truncate, [&] { return __real_ftruncate(file, count); });
}

int __wrap_fsync(int file)
{
    return plainCall(Call::Flush, [&] { return __real_fsync(file); });
}

int __wrap_rename(const char* from, const char* to)
{
    return plainCall(Call::Rename, [&] { return __real_rename(from, to); });
}
}
