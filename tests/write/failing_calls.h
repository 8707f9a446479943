// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace halftone::test {

/// The system's calls on files that core makes, as the linker's --wrap puts them in the program (tests/write/CMakeLists.txt).
enum class Call { Open, Read, Write, Rewrite, Seek, Reserve, Truncate, Flush, Rename };

/// How a call goes wrong.
enum class Fault {
    Refused,  ///< EIO
    Full,  ///< ENOSPC
    Unsupported,  ///< EOPNOTSUPP
    Interrupted,  ///< EINTR, once
    Short,  ///< half of the bytes
    Nothing,  ///< no byte, and no error
    Wrong,  ///< one bit of the bytes turns on the way, and nobody says so
    Trickle,  ///< as over a bad network: every other call is interrupted, those between move few bytes
};

/// From now on the `nth` call (1: the next) of this kind goes wrong, once.
void failOnce(Call call, std::uint64_t nth, Fault fault);
/// The same, and every one after it.
void failFrom(Call call, std::uint64_t nth, Fault fault);
/// Does this within the `nth` call (1: the next) of this kind, before the system's own: what happens meanwhile. Besides the faults.
void during(Call call, std::uint64_t nth, std::function<void()> happens);
/// The same within each of them.
void every(Call call, std::function<void()> happens);
/// How many bytes were read and written since during() happened.
std::uint64_t movedSince();
/// Everything works again. True if a call went wrong meanwhile.
bool stopFailing();

}  // namespace halftone::test
