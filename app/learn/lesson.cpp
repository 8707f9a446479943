// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/lesson.h"

namespace halftone::app {

std::shared_ptr<const Material> materialOf(const model::Tensor& tensor, Progress& progress)
{
    lesson::Sample sample = lesson::sampleOf(tensor, progress);
    lesson::SortedValues normalised = lesson::normalised(sample);
    const std::size_t aside = lesson::leastCentredBlock(sample, lesson::kBlock);
    return std::make_shared<const Material>(Material{std::move(sample), std::move(normalised), aside});
}

Lesson::Lesson(Text text, QWidget* figure) : m_text(std::move(text)), m_figure(figure), m_panel(new KnobPanel)
{
    connect(m_panel, &KnobPanel::changed, this, [this] {
        if (m_material)
            redraw();
    });
}

void Lesson::look(std::shared_ptr<const Material> material)
{
    if (material != m_material) {
        m_material = std::move(material);
        takeMaterial();
    }
    redraw();
}

QString Lesson::obstacle(const Material& material) const
{
    return material.sample.blocks(lesson::kBlock) == 0 ? tr("The rows of this tensor are shorter than a block of 32. Select a larger one.")
                                                       : QString();
}

}  // namespace halftone::app
