// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
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
};

/// From now on the `nth` call (1: the next) of this kind goes wrong, once.
void failOnce(Call call, std::uint64_t nth, Fault fault);
/// The same, and every one after it.
void failFrom(Call call, std::uint64_t nth, Fault fault);
/// Everything works again. True if a call went wrong meanwhile.
bool stopFailing();

}  // namespace halftone::test
