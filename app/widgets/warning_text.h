// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/warning.h"

#include <QString>

namespace halftone::app {

/// A model's warning in the window's language, one sentence without a full stop.
QString warningText(const model::Warning& warning);

}  // namespace halftone::app
