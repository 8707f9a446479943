// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/card.h"

#include "app/widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace halftone::app {

Card::Card(const QString& title, QWidget* parent)
    : QFrame(parent), m_title(new QLabel(this)), m_note(new QLabel(this)), m_controls(new QHBoxLayout), m_body(new QVBoxLayout)
{
    m_title->setFont(strongFont(font()));
    m_title->setTextFormat(Qt::PlainText);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setMinimumWidth(0);
    m_note->hide();
    setTitle(title);
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_note->installEventFilter(this);
    m_controls->setSpacing(8);
    m_body->setSpacing(4);

    auto* header = new QHBoxLayout;
    header->setSpacing(8);
    header->addWidget(m_title);
    header->addWidget(m_note, 1);
    header->addLayout(m_controls);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->setSpacing(8);
    layout->addLayout(header);
    layout->addLayout(m_body, 1);
    updateColours();
}

void Card::setTitle(const QString& title)
{
    constexpr int kWidest = 360;   // pixels; the name of a tensor may be as long as its file likes
    m_titleText = title;
    m_title->setText(m_title->fontMetrics().elidedText(title, Qt::ElideMiddle, kWidest));
    m_title->setToolTip(m_title->text() == title ? QString() : title);
    m_title->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

void Card::setNote(const QString& note)
{
    m_noteText = note;
    m_note->setToolTip(note);
    m_note->setVisible(!note.isEmpty());
    elideNote();
}

void Card::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(theme.line);
    painter.setBrush(theme.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
}

void Card::resizeEvent(QResizeEvent* event)
{
    QFrame::resizeEvent(event);
    elideNote();
}

void Card::changeEvent(QEvent* event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        updateColours();
    else if (event->type() == QEvent::FontChange)
        m_title->setFont(strongFont(font()));
}

bool Card::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_note && event->type() == QEvent::Resize)
        elideNote();
    return QFrame::eventFilter(watched, event);
}

void Card::elideNote()
{
    m_note->setText(m_note->fontMetrics().elidedText(m_noteText, Qt::ElideRight, m_note->width()));
}

void Card::updateColours()
{
    QPalette muted = m_note->palette();
    if (muted.color(QPalette::WindowText) == Theme::current().muted)
        return;
    muted.setColor(QPalette::WindowText, Theme::current().muted);
    m_note->setPalette(muted);
}

}  // namespace halftone::app
