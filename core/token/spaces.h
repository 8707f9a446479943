// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace halftone::token {

/// U+2581, SentencePiece's visible space.
inline constexpr std::string_view kVisibleSpace = "\xE2\x96\x81";

/// The text with every space made visible, and one more in front on request.
inline std::string escapedSpaces(std::string_view text, bool prefix)
{
    std::string escaped(prefix ? kVisibleSpace : std::string_view());
    escaped.reserve(text.size() * 3 / 2);
    for (const char byte : text) {
        if (byte == ' ')
            escaped += kVisibleSpace;
        else
            escaped += byte;
    }
    return escaped;
}

inline std::string unescapedSpaces(std::string_view text)
{
    std::string plain;
    for (std::size_t found; (found = text.find(kVisibleSpace)) != text.npos; text.remove_prefix(found + kVisibleSpace.size()))
        plain.append(text.substr(0, found)) += ' ';
    return plain.append(text);
}

}  // namespace halftone::token
