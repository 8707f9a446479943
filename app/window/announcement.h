// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/page.h"

namespace halftone::app {

/// A page that has nothing to show yet: a heading and a sentence or two in the middle.
class Announcement : public Page {
    Q_OBJECT
public:
    Announcement(Workspace& workspace, const QString& title, const QString& text, QWidget* parent = nullptr);
};

}  // namespace halftone::app
