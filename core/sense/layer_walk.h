// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/evaluate/text_windows.h"
#include "core/infer/context.h"

#include <memory>
#include <vector>

namespace halftone::infer {
class Variant;
}

namespace halftone::sense {

/// A text to measure on.
struct Text {
    const token::Tokenizer& tokenizer;
    std::span<const token::Id> tokens;  ///< without BOS
    evaluate::Windows windows;
};

/// A text going through a model layer by layer, all its windows at once, so that only the residual streams of one layer are
/// held (tokens x width floats). Not thread safe.
class LayerWalk {
public:
    /// Throws Error{Usage} for a text shorter than one window. `executor` must outlive the walk.
    LayerWalk(std::shared_ptr<const infer::Variant> variant, const Text& text, const Executor& executor);

    const evaluate::TextWindows& windows() const { return m_windows; }
    std::size_t layer() const { return m_layer; }  ///< that the streams enter
    const std::vector<float>& stream(std::size_t window) const { return m_streams[window]; }

    /// To where the streams enter `layer`; from the embedding anew when they are past it. `observer` may be null.
    void goTo(std::size_t layer, infer::ProductObserver* observer, Progress& progress);
    /// Shows the input of the output matrix. The walk must be behind the last layer.
    void observeOutput(infer::ProductObserver& observer, Progress& progress);
    /// Logits of the scored positions, scored x vocabulary, likewise. The span lives until the next call.
    std::span<const float> logits(std::size_t window, Progress& progress);

private:
    void restart();
    std::span<const float> scoredRows(std::size_t window) const;

    evaluate::TextWindows m_windows;
    infer::Context m_context;
    std::size_t m_width;
    std::size_t m_layer = 0;
    std::vector<std::vector<float>> m_streams;
};

}  // namespace halftone::sense
