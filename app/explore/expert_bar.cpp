// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/expert_bar.h"

#include "app/widgets/texts.h"
#include "core/inspect/part.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>

#include <algorithm>
#include <limits>

namespace halftone::app {

ExpertBar::ExpertBar(QWidget* parent) : QWidget(parent), m_expert(new QSpinBox), m_count(mutedLabel())
{
    auto* label = new QLabel(tr("&Expert"));
    label->setBuddy(m_expert);
    m_expert->setAccessibleName(tr("Expert that all plots show"));
    m_expert->setRange(-1, -1);
    m_expert->setSpecialValueText(tr("all"));
    m_expert->setWrapping(true);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(label);
    layout->addWidget(m_expert);
    layout->addWidget(m_count, 1);
    connect(m_expert, &QSpinBox::valueChanged, this, &ExpertBar::expertChanged);
    hide();
}

void ExpertBar::setTensor(const model::Tensor* tensor)
{
    constexpr std::uint64_t kMost = std::numeric_limits<int>::max();
    const int matrices = tensor ? int(std::min(inspect::stackedMatrices(*tensor), kMost)) : 1;
    setVisible(matrices > 1);
    const QSignalBlocker block(m_expert);
    if (matrices > 1 && matrices != m_expert->maximum() + 1) {
        m_expert->setRange(-1, matrices - 1);
        m_expert->setValue(-1);
        m_count->setText(tr("of %n stacked in this tensor", nullptr, matrices));
    }
}

int ExpertBar::expert() const
{
    return isHidden() ? -1 : m_expert->value();
}

}  // namespace halftone::app
