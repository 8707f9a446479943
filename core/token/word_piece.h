// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/vocabulary_tokenizer.h"

namespace halftone::token {

/// BERT's WordPiece: words in lower case without accents, each cut greedily into the longest tokens. GGUF spells a
/// word's beginning "▁wolf" and its continuation "s". A word that cannot be cut is one unknown token.
class WordPiece final : public VocabularyTokenizer {
public:
    static VocabularyDefaults defaults();
    explicit WordPiece(const model::Metadata& metadata) : VocabularyTokenizer(Vocabulary::fromMetadata(metadata, defaults())) {}

    std::string_view kind() const override { return "WordPiece"; }
    std::string_view preTokenizer() const override { return "bert"; }

protected:
    void encodeText(std::string_view text, bool afterSpecial, std::vector<Id>& ids) const override;
    std::string textBytes(Id id) const override;

private:
    void encodeWord(std::string_view word, std::vector<Id>& ids) const;
};

}  // namespace halftone::token
