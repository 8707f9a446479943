// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>
#include <QString>

namespace halftone::app {

/// One of the window's own one-colour icons (resources/icons), drawn in the text colour of the current theme: "undo", "close".
QIcon tintedIcon(const QString& name);

}  // namespace halftone::app
