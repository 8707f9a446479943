// SPDX-License-Identifier: Apache-2.0
#include "core/token/character_map.h"

#include "core/base/error.h"

#include <cstring>

namespace halftone::token {

namespace {

[[noreturn]] void malformed(std::string problem)
{
    throw Error(ErrorCode::Malformed, {.problem = std::move(problem), .place = "tokenizer.ggml.precompiled_charsmap"});
}

// The fields of a unit: bits 0-7 and 31 are the label (or, with bit 31, a value), bit 8 says that a value follows, bits
// 10-30 are the offset to the children, shifted by 8 more where bit 9 is set.
std::uint32_t offsetOf(std::uint32_t unit)
{
    return (unit >> 10) << ((unit & (1u << 9)) >> 6);
}
std::uint32_t labelOf(std::uint32_t unit)
{
    return unit & ((1u << 31) | 0xFF);
}
bool hasValue(std::uint32_t unit)
{
    return (unit >> 8 & 1) != 0;
}
std::uint32_t valueOf(std::uint32_t unit)
{
    return unit & ~(1u << 31);
}

}  // namespace

CharacterMap::CharacterMap(std::span<const std::uint8_t> bytes)
{
    if (bytes.empty())
        return;
    std::uint32_t trieBytes = 0;
    if (bytes.size() < sizeof trieBytes)
        malformed("the map is shorter than its own size");
    std::memcpy(&trieBytes, bytes.data(), sizeof trieBytes);
    bytes = bytes.subspan(sizeof trieBytes);
    if (trieBytes > bytes.size() || trieBytes % sizeof(std::uint32_t) != 0)
        malformed("the trie takes " + std::to_string(trieBytes) + " of the map's " + std::to_string(bytes.size()) + " bytes");
    m_units.resize(trieBytes / sizeof(std::uint32_t));
    if (trieBytes > 0)
        std::memcpy(m_units.data(), bytes.data(), trieBytes);
    bytes = bytes.subspan(trieBytes);
    m_replacements.assign(bytes.begin(), bytes.end());
    if (!m_replacements.empty() && m_replacements.back() != '\0')
        malformed("the last replacement has no end");
}

std::uint32_t CharacterMap::unit(std::size_t index) const
{
    if (index >= m_units.size())
        malformed("the trie leads out of itself");
    return m_units[index];
}

std::optional<CharacterMap::Replacement> CharacterMap::longestAt(std::string_view text) const
{
    if (m_units.empty())
        return std::nullopt;
    std::optional<Replacement> longest;
    std::size_t node = offsetOf(unit(0));
    for (std::size_t i = 0; i < text.size() && text[i] != '\0'; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        node ^= byte;
        if (node >= m_units.size() || labelOf(m_units[node]) != byte)
            break;
        const std::uint32_t current = m_units[node];
        node ^= offsetOf(current);
        if (!hasValue(current))
            continue;
        const std::uint32_t begin = valueOf(unit(node));
        if (begin >= m_replacements.size())
            malformed("a replacement lies outside of the map");
        longest = {i + 1, m_replacements.c_str() + begin};  // every replacement ends with a zero: the constructor saw to the last
    }
    return longest;
}

}  // namespace halftone::token
