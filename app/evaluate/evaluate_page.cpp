// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluate_page.h"

namespace halftone::app {

EvaluatePage::EvaluatePage(Workspace& workspace, QWidget* parent)
    : Announcement(workspace, tr("Evaluate"),
                   tr("This screen will measure every variant of a model: perplexity and divergence against size, time per token against bits, confidence before and after. Until then Compare measures its columns, and halftone-cli measures files."),
                   parent)
{
}

}  // namespace halftone::app
