// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/pre_tokenizer.h"
#include "core/token/vocabulary_tokenizer.h"

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace halftone::token {

/// GPT-2's byte-level BPE: a pre-tokenizer cuts the text into words, each word's bytes are written as visible
/// characters, and neighbours merge in the order of tokenizer.ggml.merges.
class ByteBpe final : public VocabularyTokenizer {
public:
    explicit ByteBpe(const model::Metadata& metadata);

    std::string_view kind() const override { return "byte-level BPE"; }
    std::string_view preTokenizer() const override { return m_preTokenizerName; }
    bool certain() const override { return m_preTokenizer.known(); }

protected:
    void encodeText(std::string_view text, bool afterSpecial, std::vector<Id>& ids) const override;
    std::string textBytes(Id id) const override;

private:
    /// A token's id, or beyond the vocabulary the number of a spelling that only merges mention.
    using Symbol = std::int32_t;
    struct Rule {
        std::uint32_t rank;
        Symbol merged;
    };
    struct Interner;
    void readMerges(const model::Metadata& metadata, Interner& interner);
    void encodeWord(std::string_view word, std::vector<Symbol>& symbols, std::vector<Id>& ids) const;
    void append(Symbol symbol, std::vector<Id>& ids) const;

    std::string m_preTokenizerName;
    PreTokenizer m_preTokenizer;
    std::array<Symbol, 256> m_byteSymbols{};
    std::unordered_map<std::uint64_t, Rule> m_rules;  ///< by left and right symbol
    std::vector<std::string> m_extraSpellings;        ///< of the symbols from size() on
};

}  // namespace halftone::token
