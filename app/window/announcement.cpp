// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/announcement.h"

#include "app/widgets/texts.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace halftone::app {

Announcement::Announcement(Workspace& workspace, const QString& title, const QString& text, QWidget* parent) : Page(workspace, parent)
{
    auto* column = new QWidget(this);
    column->setFixedWidth(480);
    auto* heading = strongLabel(title, column);
    QFont large = heading->font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    heading->setFont(large);
    auto* sentence = mutedLabel(text, column);
    sentence->setWordWrap(true);
    auto* inner = new QVBoxLayout(column);
    inner->setSpacing(8);
    inner->addWidget(heading);
    inner->addWidget(sentence);
    auto* layout = new QVBoxLayout(this);
    layout->addStretch(2);
    auto* middle = new QHBoxLayout;   // an alignment would forget that the sentence's height follows from its width
    middle->addStretch(1);
    middle->addWidget(column);
    middle->addStretch(1);
    layout->addLayout(middle);
    layout->addStretch(3);
}

}  // namespace halftone::app
