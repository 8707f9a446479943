// SPDX-License-Identifier: Apache-2.0
#include "core/token/special_tokens.h"

#include <algorithm>

namespace halftone::token {

namespace {

std::uint64_t edge(std::uint32_t node, char byte)
{
    return std::uint64_t(node) << 8 | static_cast<unsigned char>(byte);
}

}  // namespace

SpecialTokens::SpecialTokens(const Vocabulary& vocabulary)
{
    for (Id id = 0; std::size_t(id) < vocabulary.size(); ++id) {
        const TokenType type = vocabulary.type(id);
        const bool always = type == TokenType::UserDefined;
        const std::string_view spelling = vocabulary.spelling(id);
        if ((always || type == TokenType::Control || type == TokenType::Unknown) && !spelling.empty() && spelling.size() <= kLongest)
            insert(spelling, {id, always});
    }
}

void SpecialTokens::insert(std::string_view spelling, End end)
{
    std::uint32_t node = 0;
    m_starts[static_cast<unsigned char>(spelling.front())] = true;
    for (const char byte : spelling) {
        const auto [child, added] = m_edges.try_emplace(edge(node, byte), std::uint32_t(m_ends.size()));
        if (added)
            m_ends.emplace_back();
        node = child->second;
    }
    m_ends[node] = end;
}

SpecialTokens::Match SpecialTokens::longestAt(std::string_view text, bool parseSpecial) const
{
    Match best;
    std::uint32_t node = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto child = m_edges.find(edge(node, text[i]));
        if (child == m_edges.end())
            break;
        node = child->second;
        if (m_ends[node].id >= 0 && (parseSpecial || m_ends[node].always))
            best = {i + 1, m_ends[node].id};
    }
    return best;
}

std::vector<Fragment> SpecialTokens::split(std::string_view text, bool parseSpecial) const
{
    std::vector<Fragment> fragments;
    std::size_t begin = 0, position = 0;
    while (position < text.size()) {
        const bool starts = m_starts[static_cast<unsigned char>(text[position])];
        const Match match = starts ? longestAt(text.substr(position), parseSpecial) : Match{};
        if (match.size == 0) {
            ++position;
            continue;
        }
        if (position > begin)
            fragments.push_back({text.substr(begin, position - begin), std::nullopt});
        fragments.push_back({text.substr(position, match.size), match.id});
        position += match.size;
        begin = position;
    }
    if (begin < text.size())
        fragments.push_back({text.substr(begin), std::nullopt});
    return fragments;
}

}  // namespace halftone::token
