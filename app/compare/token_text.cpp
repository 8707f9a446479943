// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/token_text.h"

#include "app/widgets/theme.h"

#include <QHoverEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTextBlockFormat>
#include <QTextCursor>

#include <algorithm>
#include <cmath>

namespace halftone::app {
double surprise(float probability)
{
    return std::clamp(-std::log10(std::max(probability, 1e-6f)) / 3.0, 0.0, 1.0);
}

TokenText::TokenText(QWidget* parent) : QTextEdit(parent)
{
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setFont(readingFont());
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    document()->setDocumentMargin(0);
    connect(this, &QTextEdit::cursorPositionChanged, this, [this] { Q_EMIT tokenHovered(tokenAt(textCursor().position())); });
}

void TokenText::begin(const QString& prompt)
{
    m_prompt = prompt;
    m_tokens.clear();
    m_ends.clear();
    m_firstDifference = m_highlighted = -1;
    clear();
    QTextCursor cursor(document());
    QTextBlockFormat block;
    block.setLineHeight(135, QTextBlockFormat::ProportionalHeight);
    cursor.setBlockFormat(block);
    QTextCharFormat muted;
    muted.setForeground(Theme::current().muted);
    cursor.insertText(prompt, muted);
}

void TokenText::append(ColumnToken token)
{
    const bool atEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 4;
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(QString::fromStdString(token.text));
    m_ends.push_back(cursor.position());
    m_tokens.push_back(std::move(token));
    format(int(m_tokens.size()) - 1);
    if (atEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void TokenText::showFromStart()
{
    verticalScrollBar()->setValue(0);
}

void TokenText::setFirstDifference(int token)
{
    if (m_firstDifference == token)
        return;
    const int before = m_firstDifference;
    m_firstDifference = token;
    for (const int one : {before, token})
        if (one >= 0 && one < int(m_tokens.size()))
            format(one);
}

void TokenText::setHighlighted(int token)
{
    const int before = std::exchange(m_highlighted, token);
    for (const int one : {before, token})
        if (one >= 0 && one < int(m_tokens.size()))
            format(one);
}

void TokenText::setPlain(bool plain)
{
    if (std::exchange(m_plain, plain) != plain)
        updateColours();
}

void TokenText::updateColours()
{
    QTextCursor cursor(document());
    cursor.setPosition(int(m_prompt.size()), QTextCursor::KeepAnchor);
    QTextCharFormat muted;
    muted.setForeground(Theme::current().muted);
    cursor.mergeCharFormat(muted);
    for (std::size_t i = 0; i < m_tokens.size(); ++i)
        format(int(i));
}

int TokenText::tokenAt(int textPosition) const
{
    if (textPosition <= m_prompt.size())
        return -1;
    const auto end = std::ranges::lower_bound(m_ends, textPosition);
    return end == m_ends.end() ? -1 : int(end - m_ends.begin());
}

/// The difference is a bold underline in the error colour, so that it is not told by hue alone.
void TokenText::format(int token)
{
    const Theme& theme = Theme::current();
    QTextCursor cursor(document());
    cursor.setPosition(token == 0 ? int(m_prompt.size()) : m_ends[std::size_t(token) - 1]);
    cursor.setPosition(m_ends[std::size_t(token)], QTextCursor::KeepAnchor);
    QColor ground = theme.error;
    ground.setAlphaF(float((theme.dark ? 0.45 : 0.34) * surprise(m_tokens[std::size_t(token)].probability)));
    QTextCharFormat format;
    format.setForeground(theme.text);
    if (m_plain) {
        cursor.setCharFormat(format);
        return;
    }
    format.setBackground(token == m_highlighted ? QBrush(theme.selection) : QBrush(ground));
    if (token == m_firstDifference) {
        format.setFontWeight(QFont::Bold);
        format.setUnderlineStyle(QTextCharFormat::SingleUnderline);
        format.setUnderlineColor(theme.error);
        format.setForeground(theme.error);
    }
    cursor.setCharFormat(format);
}

bool TokenText::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::MouseMove)
        Q_EMIT tokenHovered(tokenAt(cursorForPosition(static_cast<QMouseEvent*>(event)->position().toPoint()).position()));
    else if (event->type() == QEvent::Leave)
        Q_EMIT tokenHovered(-1);
    return QTextEdit::viewportEvent(event);
}

void TokenText::changeEvent(QEvent* event)
{
    QTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateColours();
}

}  // namespace halftone::app
