// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/compare/comparison.h"

#include <QDialog>

class QTextEdit;

namespace halftone::app {

/// What every column reads before it writes: the prompt as the chat template and the tokenizer made it, special tokens marked.
class PromptView : public QDialog {
    Q_OBJECT
public:
    explicit PromptView(const std::vector<PromptPiece>& pieces, QWidget* parent = nullptr);

private:
    QTextEdit* textOf(const std::vector<PromptPiece>& pieces);
};

}  // namespace halftone::app
