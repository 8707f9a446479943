// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/vocabulary.h"

#include <array>
#include <cstdint>
#include <unordered_map>

namespace halftone::token {

/// A stretch of text, or one token that stood in it.
struct Fragment {
    std::string_view text;
    std::optional<Id> token;
};

/// Finds tokens that are taken from the text as a whole before any splitting: user-defined ones always, control and
/// unknown ones on request. The leftmost wins, then the longest. Work is at most kLongest steps per byte.
class SpecialTokens {
public:
    /// Longer spellings are not looked for.
    static constexpr std::size_t kLongest = 128;

    explicit SpecialTokens(const Vocabulary& vocabulary);

    /// Fragments in order, together all of `text`; those of text are never empty.
    std::vector<Fragment> split(std::string_view text, bool parseSpecial) const;

private:
    struct End {
        Id id = -1;
        bool always = false;  ///< user-defined
    };
    struct Match {
        std::size_t size = 0;
        Id id = -1;
    };
    void insert(std::string_view spelling, End end);
    Match longestAt(std::string_view text, bool parseSpecial) const;

    // A trie; node 0 is the root, edges are keyed by node and byte.
    std::unordered_map<std::uint64_t, std::uint32_t> m_edges;
    std::vector<End> m_ends{End{}};
    std::array<bool, 256> m_starts{};
};

}  // namespace halftone::token
