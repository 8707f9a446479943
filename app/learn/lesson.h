// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/learn/knob_panel.h"
#include "core/lesson/levels.h"
#include "core/lesson/sample.h"

#include <QObject>

#include <memory>

namespace halftone::app {

/// What the lessons compute with; made in a job, then never changed.
struct Material {
    lesson::Sample sample;
    lesson::SortedValues normalised;  ///< see lesson::normalised()
    std::size_t asideBlock = 0;  ///< see lesson::leastCentredBlock(), of lesson::kBlock weights
};
/// Throws what lesson::sampleOf() throws.
std::shared_ptr<const Material> materialOf(const model::Tensor& tensor, Progress& progress);

/// A subject explained: some sentences, a live figure, knobs, and the facts that follow. Computes on the sample, within a few
/// milliseconds, whenever a knob is turned.
class Lesson : public QObject {
    Q_OBJECT
public:
    struct Text {
        QString key;  ///< remembered in the settings
        QString title, sentences;
        QString page;  ///< of the window, where what was learnt can be tried on the tensor
    };

    const Text& text() const { return m_text; }
    QWidget* figure() const { return m_figure; }  ///< these two belong to the page that shows them
    KnobPanel* panel() const { return m_panel; }

    /// Another tensor's weights; the lesson is shown.
    void look(std::shared_ptr<const Material> material);
    /// Why these weights cannot be used, or empty.
    virtual QString obstacle(const Material& material) const;

protected:
    Lesson(Text text, QWidget* figure);
    virtual void takeMaterial() {}  ///< knobs take their ranges from material(); emits nothing
    virtual void redraw() = 0;  ///< figure and facts from material() and the knobs
    const Material& material() const { return *m_material; }
    const lesson::Sample& sample() const { return m_material->sample; }

private:
    Text m_text;
    QWidget* m_figure;
    KnobPanel* m_panel;
    std::shared_ptr<const Material> m_material;
};

}  // namespace halftone::app
