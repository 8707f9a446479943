// SPDX-License-Identifier: Apache-2.0
#include "core/token/utf8.h"

#include <algorithm>

namespace halftone::token {

namespace {

/// How many bytes a lead byte asks for and what its second byte may be (Unicode, table 3-7). Length 0: no lead byte.
struct Lead {
    std::size_t length;
    unsigned char low = 0x80, high = 0xBF;
};

Lead leadOf(unsigned char byte)
{
    if (byte < 0x80)
        return {1};
    if (byte >= 0xC2 && byte <= 0xDF)
        return {2};
    if (byte == 0xE0)
        return {3, 0xA0};
    if (byte == 0xED)  // surrogates are no characters
        return {3, 0x80, 0x9F};
    if (byte >= 0xE1 && byte <= 0xEF)
        return {3};
    if (byte == 0xF0)
        return {4, 0x90};
    if (byte >= 0xF1 && byte <= 0xF3)
        return {4};
    if (byte == 0xF4)
        return {4, 0x80, 0x8F};
    return {0};
}

}  // namespace

Utf8Step stepUtf8(std::string_view bytes)
{
    const Lead lead = leadOf(static_cast<unsigned char>(bytes.front()));
    if (lead.length == 0)
        return {Utf8Step::Kind::Invalid, 1};
    const std::size_t available = std::min(lead.length, bytes.size());
    for (std::size_t i = 1; i < available; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const unsigned char low = i == 1 ? lead.low : 0x80, high = i == 1 ? lead.high : 0xBF;
        if (byte < low || byte > high)
            return {Utf8Step::Kind::Invalid, i};
    }
    return {available == lead.length ? Utf8Step::Kind::Valid : Utf8Step::Kind::Truncated, available};
}

std::string repairedUtf8(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto [kind, size] = stepUtf8(bytes);
        text += kind == Utf8Step::Kind::Valid ? bytes.substr(0, size) : kReplacementCharacter;
        bytes.remove_prefix(size);
    }
    return text;
}

}  // namespace halftone::token
