// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/tokenizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace halftone::token {

/// tokenizer.ggml.token_type
enum class TokenType : std::uint8_t { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

/// What the file leaves unsaid depends on the kind of tokenizer.
struct VocabularyDefaults {
    std::optional<Id> bos, eos, unknown, separator;  ///< taken only if the vocabulary has that many tokens
    bool addBos = false, addEos = false, addSeparator = false;
    bool addSpacePrefix = false;
};

/// The checked content of `tokenizer.ggml.*`: one spelling, score and type per token; every special id is a token.
class Vocabulary {
public:
    /// Throws Error{Malformed} naming the key that is missing, of a wrong type or out of range.
    static Vocabulary fromMetadata(const model::Metadata& metadata, const VocabularyDefaults& defaults);

    Vocabulary(const Vocabulary&) = delete;
    Vocabulary& operator=(const Vocabulary&) = delete;
    Vocabulary(Vocabulary&&) = default;
    Vocabulary& operator=(Vocabulary&&) = default;

    std::size_t size() const noexcept { return m_spellings.size(); }
    bool contains(Id id) const noexcept { return id >= 0 && std::size_t(id) < size(); }
    std::string_view spelling(Id id) const { return m_spellings[std::size_t(id)]; }
    float score(Id id) const { return m_scores.empty() ? 0.0f : m_scores[std::size_t(id)]; }
    TokenType type(Id id) const { return m_types.empty() ? TokenType::Normal : m_types[std::size_t(id)]; }
    /// The token spelled so; of several the last, as in llama.cpp. Empty tokens are never found.
    std::optional<Id> find(std::string_view spelling) const;
    std::size_t longestSpelling() const noexcept { return m_longest; }

    std::optional<Id> bos, eos, unknown, separator;
    bool addBos = false, addEos = false, addSeparator = false, addSpacePrefix = false;
    bool endsGeneration(Id id) const { return contains(id) && m_endsGeneration[std::size_t(id)] != 0; }

private:
    Vocabulary() = default;
    void readTokens(const model::Metadata& metadata);
    void readScores(const model::Metadata& metadata);
    void readTypes(const model::Metadata& metadata);
    void readSpecialIds(const model::Metadata& metadata, const VocabularyDefaults& defaults);
    void markEndOfGeneration(const model::Metadata& metadata);
    std::optional<Id> specialId(const model::Metadata& metadata, std::string_view key, std::optional<Id> otherwise) const;

    std::vector<std::string> m_spellings;
    std::unordered_map<std::string_view, Id> m_index;  ///< views of m_spellings, which never changes once filled
    std::vector<float> m_scores;                       ///< empty, or one each
    std::vector<TokenType> m_types;                    ///< empty, or one each
    std::vector<std::uint8_t> m_endsGeneration;
    std::size_t m_longest = 0;
};

}  // namespace halftone::token
