// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace halftone::token {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

/// The front of some bytes read as UTF-8.
struct Utf8Step {
    enum class Kind {
        Valid,      ///< `size` bytes are one character
        Invalid,    ///< `size` bytes (Unicode's "maximal subpart") can begin no character
        Truncated,  ///< all bytes are the beginning of a character that may still be completed
    };
    Kind kind;
    std::size_t size;
};
/// `bytes` must not be empty.
Utf8Step stepUtf8(std::string_view bytes);

/// The same text with every broken sequence replaced by U+FFFD.
std::string repairedUtf8(std::string_view bytes);

}  // namespace halftone::token
