// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/texts.h"

#include "app/widgets/theme.h"

namespace halftone::app {
namespace {

QLabel* plainLabel(const QString& text, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    return label;
}

}  // namespace

QLabel* mutedLabel(const QString& text, QWidget* parent)
{
    auto* label = plainLabel(text, parent);
    label->setProperty("muted", true);  // the style sheet colours it
    return label;
}

QLabel* strongLabel(const QString& text, QWidget* parent)
{
    auto* label = plainLabel(text, parent);
    label->setFont(strongFont(label->font()));
    return label;
}

QLabel* badgeLabel(const QString& text, QWidget* parent)
{
    auto* label = plainLabel(text, parent);
    label->setProperty("badge", true);
    label->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return label;
}

ElidedLabel::ElidedLabel(QWidget* parent, Qt::TextElideMode mode) : QLabel(parent), m_mode(mode)
{
    setTextFormat(Qt::PlainText);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
}

void ElidedLabel::setFullText(const QString& text)
{
    m_full = text;
    updateGeometry();
    elide();
}

void ElidedLabel::setDetails(const QString& details)
{
    m_details = details;
    elide();
}

QSize ElidedLabel::minimumSizeHint() const
{
    const QFontMetrics metrics = fontMetrics();
    return {std::min(metrics.horizontalAdvance(m_full), metrics.averageCharWidth() * 8), QLabel::minimumSizeHint().height()};
}

QSize ElidedLabel::sizeHint() const
{
    return {fontMetrics().horizontalAdvance(m_full) + 1, QLabel::sizeHint().height()};
}

void ElidedLabel::resizeEvent(QResizeEvent* event)
{
    QLabel::resizeEvent(event);
    elide();
}

void ElidedLabel::elide()
{
    const QString shown = fontMetrics().elidedText(m_full, m_mode, width());
    if (shown != text())
        setText(shown);
    QStringList tip;
    if (shown != m_full)
        tip << m_full;
    if (!m_details.isEmpty())
        tip << m_details;
    setToolTip(tip.join(QLatin1Char('\n')));
}

}  // namespace halftone::app
