// SPDX-License-Identifier: Apache-2.0
#include "core/token/tokenizer.h"
#include "core/token/utf8.h"

namespace halftone::token {

std::string StreamDecoder::push(std::string_view bytes)
{
    m_pending += bytes;
    std::string text;
    std::string_view rest = m_pending;
    while (!rest.empty()) {
        const auto [kind, size] = stepUtf8(rest);
        if (kind == Utf8Step::Kind::Truncated)
            break;
        text += kind == Utf8Step::Kind::Valid ? rest.substr(0, size) : kReplacementCharacter;
        rest.remove_prefix(size);
    }
    m_pending.erase(0, m_pending.size() - rest.size());
    return text;
}

std::string StreamDecoder::finish()
{
    // What is pending is always the beginning of one character.
    std::string text(m_pending.empty() ? std::string_view() : kReplacementCharacter);
    m_pending.clear();
    return text;
}

}  // namespace halftone::token
