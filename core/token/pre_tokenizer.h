// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::token {

/// Cuts text into the words that byte-pair merging must not cross. GGUF only names the rule (tokenizer.ggml.pre); the
/// patterns are this program's knowledge. Immutable, thread safe.
class PreTokenizer {
public:
    /// An unknown name gets the rule "default".
    explicit PreTokenizer(std::string_view name);

    bool known() const noexcept { return m_known; }
    /// The family puts BOS first unless the file says otherwise.
    bool addsBos() const noexcept { return m_addsBos; }
    /// A word that is a token is taken as it is, whatever the merges would make of it.
    bool wholeWordsFirst() const noexcept { return m_wholeWordsFirst; }

    /// Words in order, together all of `text`, which must be valid UTF-8. Throws Error{Unsupported} if the pattern
    /// engine gives up.
    std::vector<std::string_view> split(std::string_view text) const;

private:
    struct Pattern;
    std::vector<std::shared_ptr<const Pattern>> m_patterns;
    bool m_known = true, m_addsBos = false, m_wholeWordsFirst = false;
};

}  // namespace halftone::token
