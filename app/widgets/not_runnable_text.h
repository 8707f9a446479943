// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/infer/not_runnable.h"

#include <QString>

namespace halftone::app {

/// Why a model cannot be run, in the window's language: half a sentence, for behind a colon. Empty for a model that can be run.
QString notRunnableText(const infer::NotRunnable& reason);

}  // namespace halftone::app
