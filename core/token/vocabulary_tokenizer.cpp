// SPDX-License-Identifier: Apache-2.0
#include "core/token/vocabulary_tokenizer.h"

namespace halftone::token {

VocabularyTokenizer::VocabularyTokenizer(Vocabulary vocabulary)
    : m_vocabulary(std::move(vocabulary)), m_specialTokens(m_vocabulary)
{
}

std::vector<Id> VocabularyTokenizer::encode(std::string_view utf8, EncodeOptions options) const
{
    std::vector<Id> ids;
    if (options.addSpecial && m_vocabulary.addBos)
        ids.push_back(*m_vocabulary.bos);
    bool afterSpecial = true;
    for (const Fragment& fragment : m_specialTokens.split(utf8, options.parseSpecial)) {
        if (fragment.token)
            ids.push_back(*fragment.token);
        else
            encodeText(fragment.text, afterSpecial, ids);
        afterSpecial = fragment.token.has_value();
    }
    if (options.addSpecial && m_vocabulary.addSeparator)
        ids.push_back(*m_vocabulary.separator);
    if (options.addSpecial && m_vocabulary.addEos)
        ids.push_back(*m_vocabulary.eos);
    return ids;
}

std::string VocabularyTokenizer::bytes(Id id) const
{
    if (!m_vocabulary.contains(id))
        return {};
    switch (m_vocabulary.type(id)) {
    case TokenType::Control:
    case TokenType::Unknown:
        return {};
    case TokenType::UserDefined:
        return std::string(m_vocabulary.spelling(id));
    default:
        return textBytes(id);
    }
}

std::string_view VocabularyTokenizer::spelling(Id id) const
{
    return m_vocabulary.contains(id) ? m_vocabulary.spelling(id) : std::string_view();
}

}  // namespace halftone::token
