// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/special_tokens.h"
#include "core/token/vocabulary.h"

namespace halftone::token {

/// What all kinds share: a vocabulary, special tokens found first, BOS and EOS around the rest.
class VocabularyTokenizer : public Tokenizer {
public:
    explicit VocabularyTokenizer(Vocabulary vocabulary);

    std::vector<Id> encode(std::string_view utf8, EncodeOptions options) const final;
    std::string bytes(Id id) const final;
    std::string_view spelling(Id id) const final;

    std::size_t size() const final { return m_vocabulary.size(); }
    std::optional<Id> bos() const final { return m_vocabulary.bos; }
    std::optional<Id> eos() const final { return m_vocabulary.eos; }
    bool addsBos() const final { return m_vocabulary.addBos; }
    bool endsGeneration(Id id) const final { return m_vocabulary.endsGeneration(id); }
    bool certain() const override { return true; }

protected:
    const Vocabulary& vocabulary() const noexcept { return m_vocabulary; }
    /// Appends the ids of a text without special tokens. `afterSpecial`: the text's beginning, or a special token before.
    virtual void encodeText(std::string_view text, bool afterSpecial, std::vector<Id>& ids) const = 0;
    /// The bytes of a token that is neither control, unknown nor user-defined.
    virtual std::string textBytes(Id id) const = 0;

private:
    Vocabulary m_vocabulary;
    SpecialTokens m_specialTokens;
};

}  // namespace halftone::token
