// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/learn_page.h"

namespace halftone::app {

LearnPage::LearnPage(Workspace& workspace, QWidget* parent)
    : Announcement(workspace, tr("Learn"),
                   tr("This screen will explain scale, zero-point, block, outlier and error in short lessons with live controls, on the weights of the open model. Until then Explore shows all of them at work."),
                   parent)
{
}

}  // namespace halftone::app
