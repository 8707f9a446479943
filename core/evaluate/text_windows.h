// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/token/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace halftone::infer {
struct Hyperparameters;
}

namespace halftone::evaluate {

/// llama-perplexity's windows: non-overlapping runs of `window` tokens, the first of each replaced by BOS where the model
/// adds one, the second half scored (window - 1 - window/2 predictions). A tail shorter than a window is left out.
struct Windows {
    std::size_t window = 512;
    std::size_t maxWindows = 0;  ///< 0: all
};

/// Predictions that count in a window: those of the second half, without the one past the end.
constexpr std::size_t scoredPredictions(std::size_t window)
{
    return window - 1 - window / 2;
}

/// For a look before anything is computed: throws Error{Usage} for windows longer than the model was trained for and for a text
/// shorter than one window, with the number that would fit, and for tokens that the model does not have.
void checkWindows(const infer::Hyperparameters& numbers, const token::Tokenizer& tokenizer, std::span<const token::Id> tokens,
                  const Windows& windows);

/// A text cut into windows.
class TextWindows {
public:
    /// `tokens` is the whole text without BOS. Throws Error{Usage} for a text shorter than one window and for tokens that a
    /// vocabulary of this size does not have.
    TextWindows(const token::Tokenizer& tokenizer, std::span<const token::Id> tokens, const Windows& windows, std::uint64_t vocabulary);

    std::size_t count() const { return m_count; }
    std::size_t length() const { return m_length; }
    std::size_t scored() const { return scoredPredictions(m_length); }
    /// All tokens of a window.
    std::vector<token::Id> whole(std::size_t window) const;
    /// What is run to be scored; the last token is only ever predicted.
    std::vector<token::Id> input(std::size_t window) const;
    /// The true token after the i-th scored position.
    token::Id target(std::size_t window, std::size_t i) const { return m_ids[window * m_length + m_length / 2 + 1 + i]; }

private:
    std::vector<token::Id> m_ids;
    std::optional<token::Id> m_bos;
    std::size_t m_length, m_count = 0;
};

}  // namespace halftone::evaluate
