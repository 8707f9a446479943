// SPDX-License-Identifier: Apache-2.0
#include "core/evaluate/text_windows.h"

#include "core/base/error.h"
#include "core/infer/hyperparameters.h"

#include <algorithm>

namespace halftone::evaluate {

void checkWindows(const infer::Hyperparameters& numbers, const token::Tokenizer& tokenizer, std::span<const token::Id> tokens,
                  const Windows& windows)
{
    if (windows.window > numbers.contextLength)
        throw Error(ErrorCode::Usage,
                    {.problem = "a context of " + std::to_string(windows.window) + " tokens is longer than the model was trained for",
                     .advice = "choose " + std::to_string(numbers.contextLength) + " or less"});
    TextWindows(tokenizer, tokens, windows, numbers.vocabulary);
}

TextWindows::TextWindows(const token::Tokenizer& tokenizer, std::span<const token::Id> tokens, const Windows& windows,
                         std::uint64_t vocabulary)
    : m_length(windows.window)
{
    if (m_length < 4)
        throw Error(ErrorCode::Usage, "a window has at least 4 tokens");
    if (tokenizer.addsBos())
        m_bos = tokenizer.bos();
    // The text starts with BOS before it is cut, as llama-perplexity's does.
    if (m_bos)
        m_ids.push_back(*m_bos);
    m_ids.insert(m_ids.end(), tokens.begin(), tokens.end());
    m_count = m_ids.size() / m_length;
    if (windows.maxWindows > 0)
        m_count = std::min(m_count, windows.maxWindows);
    if (m_count == 0)
        throw Error(
            ErrorCode::Usage,
            {.problem = "the text has " + std::to_string(m_ids.size()) + " tokens, fewer than one window of " + std::to_string(m_length),
             .file = {},
             .place = {},
             .advice = "give a longer text or a context of at most " + std::to_string(m_ids.size())});
    const auto unknown = [&](token::Id id) { return id < 0 || std::uint64_t(id) >= vocabulary; };
    if (std::any_of(m_ids.begin(), m_ids.end(), unknown))
        throw Error(ErrorCode::Usage, "the text was cut into tokens that the model does not have");
}

std::vector<token::Id> TextWindows::whole(std::size_t window) const
{
    const auto first = m_ids.begin() + std::ptrdiff_t(window * m_length);
    std::vector<token::Id> ids(first, first + std::ptrdiff_t(m_length));
    if (m_bos)
        ids.front() = *m_bos;
    return ids;
}

std::vector<token::Id> TextWindows::input(std::size_t window) const
{
    std::vector<token::Id> ids = whole(window);
    ids.pop_back();
    return ids;
}

}  // namespace halftone::evaluate
