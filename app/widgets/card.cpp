// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/card.h"

#include "app/widgets/texts.h"
#include "app/widgets/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {

Card::Card(const QString& title, QWidget* parent)
    : QFrame(parent), m_title(new ElidedLabel(this)), m_note(new QLabel(this)), m_names(new QHBoxLayout), m_controls(new QHBoxLayout),
      m_header(new QBoxLayout(QBoxLayout::LeftToRight)), m_body(new QVBoxLayout)
{
    m_title->setFont(strongFont(font()));
    m_title->setFullText(title);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setMinimumWidth(0);
    m_note->hide();
    setTitle(title);
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_note->installEventFilter(this);
    m_controls->setSpacing(8);
    m_body->setSpacing(4);

    m_names->setSpacing(8);
    m_names->addWidget(m_title);
    m_names->addWidget(m_note, 1);
    m_header->setSpacing(8);
    m_header->addLayout(m_names, 1);
    m_header->addLayout(m_controls);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 10, 12, 10);
    layout->setSpacing(8);
    layout->addLayout(m_header);
    layout->addLayout(m_body, 1);
    updateColours();
}

void Card::setTitle(const QString& title)
{
    m_title->setFullText(title);
    m_title->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

QString Card::title() const
{
    return m_title->fullText();
}

void Card::setNote(const QString& note, const QString& details)
{
    m_noteText = note;
    m_note->setToolTip(details.isEmpty() ? note : note + QLatin1Char('\n') + details);
    m_note->setVisible(!note.isEmpty());
    elideNote();
}

bool Card::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest)  // a title or a control has another width
        placeControls();
    return QFrame::event(event);
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
    placeControls();
    elideNote();
}

/// Beside the title where both have room.
void Card::placeControls()
{
    const QMargins margins = layout()->contentsMargins();
    const int room = width() - margins.left() - margins.right();
    const bool fits = m_controls->isEmpty() || m_title->sizeHint().width() + m_header->spacing() + m_controls->minimumSize().width() <= room;
    m_header->setDirection(fits ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

/// As narrow as with the controls below the title.
QSize Card::minimumSizeHint() const
{
    const QMargins margins = layout()->contentsMargins();
    const int width = std::max({m_names->minimumSize().width(), m_controls->minimumSize().width(), m_body->minimumSize().width()});
    return {width + margins.left() + margins.right(), QFrame::minimumSizeHint().height()};
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
