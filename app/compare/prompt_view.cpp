// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/prompt_view.h"

#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"

#include <QDialogButtonBox>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {

PromptView::PromptView(const std::vector<PromptPiece>& pieces, QWidget* parent) : QDialog(parent)
{
    setWindowTitle(tr("What every column reads"));
    setAttribute(Qt::WA_DeleteOnClose);
    const auto special = std::ranges::count_if(pieces, &PromptPiece::special);
    auto* close = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(close, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(10);
    layout->addWidget(mutedLabel(tr("%1 tokens, %2 of them special: marked here, and never written as text")
                                     .arg(countText(pieces.size()), countText(quint64(special))),
                                 this));
    layout->addWidget(textOf(pieces), 1);
    layout->addWidget(close);
    resize(640, 420);
}

QTextEdit* PromptView::textOf(const std::vector<PromptPiece>& pieces)
{
    auto* text = new QTextEdit(this);
    text->setReadOnly(true);
    text->setAccessibleName(windowTitle());
    text->document()->setDefaultFont(readingFont());
    text->document()->setDocumentMargin(10);
    QTextCharFormat plain, special;
    plain.setForeground(Theme::current().text);
    special.setFont(monospaceFont());
    special.setForeground(Theme::current().accent);
    special.setBackground(Theme::current().selection);
    QTextCursor cursor(text->document());
    for (const PromptPiece& piece : pieces)
        cursor.insertText(QString::fromStdString(piece.text), piece.special ? special : plain);
    text->moveCursor(QTextCursor::Start);
    return text;
}

}  // namespace halftone::app
