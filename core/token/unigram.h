// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/character_map.h"
#include "core/token/vocabulary_tokenizer.h"

namespace halftone::token {

/// SentencePiece's Unigram (tokenizer.ggml.model "t5"): of all ways to cut the text into tokens the one with the highest sum of
/// scores, found by the Viterbi algorithm. The text is normalised first and spaces are written U+2581.
class Unigram final : public VocabularyTokenizer {
public:
    static VocabularyDefaults defaults();
    /// Throws Error{Malformed} for a vocabulary without scores or without an unknown token.
    explicit Unigram(const model::Metadata& metadata);

    std::string_view kind() const override { return "SentencePiece Unigram"; }
    std::string_view preTokenizer() const override { return "default"; }

protected:
    void encodeText(std::string_view text, bool afterSpecial, std::vector<Id>& ids) const override;
    std::string textBytes(Id id) const override;

private:
    std::string normalized(std::string_view text) const;
    /// The token spelled so, if it may stand for running text.
    std::optional<Id> pieceOf(std::string_view spelling) const;

    CharacterMap m_characters;
    bool m_mergeSpaces = false;
    double m_unknownScore = 0;
};

}  // namespace halftone::token
