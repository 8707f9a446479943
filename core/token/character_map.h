// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::token {

/// SentencePiece's precompiled normalisation: which sequences of bytes are replaced by which text (NFKC, mostly). The bytes
/// hold a size, a double array of that size (a trie in two interleaved arrays; Darts-clone's format, 32 bits per unit), and
/// the replacements, each ended by a zero byte (google/sentencepiece, src/normalizer.cc). Immutable, thread safe.
class CharacterMap {
public:
    /// A map that replaces nothing.
    CharacterMap() = default;
    /// Throws Error{Malformed} when the parts do not fit.
    explicit CharacterMap(std::span<const std::uint8_t> bytes);

    struct Replacement {
        std::size_t consumed = 0;  ///< bytes of the text
        std::string_view text;
    };
    /// The replacement of the longest sequence at the front of `text`. Throws Error{Malformed} when the map leads out of itself.
    std::optional<Replacement> longestAt(std::string_view text) const;

private:
    std::uint32_t unit(std::size_t index) const;

    std::vector<std::uint32_t> m_units;
    std::string m_replacements;
};

}  // namespace halftone::token
