// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/announcement.h"

#include "app/widgets/texts.h"

#include <QVBoxLayout>

namespace halftone::app {

Announcement::Announcement(Workspace& workspace, const QString& title, const QString& text, QWidget* parent) : Page(workspace, parent)
{
    auto* column = new QWidget(this);
    column->setMaximumWidth(480);
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
    layout->addWidget(column, 0, Qt::AlignHCenter);
    layout->addStretch(3);
}

}  // namespace halftone::app
