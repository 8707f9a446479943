// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/vocabulary_tokenizer.h"

#include <array>

namespace halftone::token {

/// SentencePiece's BPE (tokenizer.ggml.model "llama"): the pair whose joined token scores best merges first; characters
/// without a token become byte tokens <0x00> to <0xFF>; a space is written U+2581.
class SentencePiece final : public VocabularyTokenizer {
public:
    static VocabularyDefaults defaults();
    explicit SentencePiece(const model::Metadata& metadata);

    std::string_view kind() const override { return "SentencePiece BPE"; }
    std::string_view preTokenizer() const override { return "default"; }

protected:
    void encodeText(std::string_view text, bool afterSpecial, std::vector<Id>& ids) const override;
    std::string textBytes(Id id) const override;

private:
    void appendBytes(std::string_view bytes, std::vector<Id>& ids) const;

    std::array<std::optional<Id>, 256> m_byteTokens;
};

}  // namespace halftone::token
