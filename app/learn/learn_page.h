// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/announcement.h"

namespace halftone::app {

/// Says what this screen will show.
class LearnPage : public Announcement {
    Q_OBJECT
public:
    explicit LearnPage(Workspace& workspace, QWidget* parent = nullptr);
};

}  // namespace halftone::app
