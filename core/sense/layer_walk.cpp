// SPDX-License-Identifier: Apache-2.0
#include "core/sense/layer_walk.h"

#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"

namespace halftone::sense {

LayerWalk::LayerWalk(std::shared_ptr<const infer::Variant> variant, const Text& text, const Executor& executor)
    : m_windows(text.tokenizer, text.tokens, text.windows, variant->vocabularySize()),
      m_context(variant, m_windows.length(), executor),
      m_width(variant->hyperparameters().width)
{
    restart();
}

void LayerWalk::restart()
{
    m_layer = 0;
    m_streams.resize(m_windows.count());
    for (std::size_t w = 0; w < m_windows.count(); ++w) {
        const auto tokens = m_windows.input(w);
        m_streams[w].resize(tokens.size() * m_width);
        m_context.embed(tokens, m_streams[w]);
    }
}

void LayerWalk::goTo(std::size_t layer, infer::ProductObserver* observer, Progress& progress)
{
    if (layer < m_layer)
        restart();
    for (auto& stream : m_streams)
        m_context.runLayers(stream, m_layer, layer, observer, progress);
    m_layer = layer;
}

std::span<const float> LayerWalk::scoredRows(std::size_t window) const
{
    return std::span(m_streams[window]).last(m_windows.scored() * m_width);
}

void LayerWalk::observeOutput(infer::ProductObserver& observer, Progress& progress)
{
    for (std::size_t w = 0; w < m_windows.count(); ++w)
        m_context.project(scoredRows(w), &observer, progress);
}

std::span<const float> LayerWalk::logits(std::size_t window, Progress& progress)
{
    return m_context.project(scoredRows(window), nullptr, progress);
}

}  // namespace halftone::sense
