// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/segmented.h"

#include "app/widgets/theme.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QFocusEvent>
#include <QHBoxLayout>
#include <QPainter>
#include <QPainterPath>

namespace halftone::app {
namespace {

class SegmentButton : public QAbstractButton {
public:
    enum Ends { Left = 1, Right = 2 };

    SegmentButton(const QString& text, int ends, QWidget* parent) : QAbstractButton(parent), m_ends(ends)
    {
        setText(text);
        setCheckable(true);
        setFocusPolicy(Qt::TabFocus);
        setAttribute(Qt::WA_Hover);
    }

    QSize sizeHint() const override
    {
        const QFontMetrics metrics(strongFont(font()));
        return {metrics.horizontalAdvance(text()) + 24, metrics.height() + 10};
    }

    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void focusInEvent(QFocusEvent* event) override
    {
        m_focusByKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason || event->reason() == Qt::OtherFocusReason;
        QAbstractButton::focusInEvent(event);
    }

    void paintEvent(QPaintEvent*) override
    {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        // The rounded frame reaches past the inner sides, so that neighbours share one straight line.
        const QRectF frame = QRectF(rect()).adjusted(m_ends & Left ? 0.5 : -7.5, 0.5, m_ends & Right ? -0.5 : 7.5, -0.5);
        painter.setPen(theme.line);
        painter.setBrush(isChecked() ? theme.selection : underMouse() ? theme.panel : theme.surface);
        painter.drawRoundedRect(frame, 6, 6);
        if (!(m_ends & Left))
            painter.drawLine(QPointF(0.5, 1), QPointF(0.5, height() - 1));
        if (hasFocus() && m_focusByKey) {
            painter.setPen(QPen(theme.accent, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(rect()).adjusted(3.5, 3.5, -3.5, -3.5), 4, 4);
        }
        painter.setFont(isChecked() ? strongFont(font()) : font());
        painter.setPen(!isEnabled() ? theme.muted : isChecked() ? theme.accent : theme.text);
        painter.drawText(rect(), Qt::AlignCenter | Qt::TextHideMnemonic, text());
    }

private:
    int m_ends;
    bool m_focusByKey = false;   // a ring after a click would only distract
};

}  // namespace

Segmented::Segmented(const QStringList& labels, QWidget* parent) : QWidget(parent), m_labels(labels), m_group(new QButtonGroup(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    for (int i = 0; i < labels.size(); ++i) {
        const int ends = (i == 0 ? SegmentButton::Left : 0) | (i == labels.size() - 1 ? SegmentButton::Right : 0);
        auto* button = new SegmentButton(labels[i], ends, this);
        button->setChecked(i == 0);
        m_group->addButton(button, i);
        layout->addWidget(button);
    }
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(m_group, &QButtonGroup::idToggled, this, [this](int id, bool on) {
        if (on)
            Q_EMIT indexChanged(id);
    });
}

int Segmented::index() const
{
    return m_group->checkedId();
}

void Segmented::setIndex(int index)
{
    if (auto* button = m_group->button(index))
        button->setChecked(true);
}

}  // namespace halftone::app
