// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/share_bar.h"

#include "app/widgets/theme.h"

#include <QPainter>

#include <algorithm>

namespace halftone::app {

ShareBar::ShareBar(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ShareBar::setShare(std::optional<double> share)
{
    m_share = share ? std::optional(std::clamp(*share, 0.0, 1.0)) : std::nullopt;
    update();
}

void ShareBar::paintEvent(QPaintEvent*)
{
    constexpr double kScarce = 0.9;
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF whole = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const double radius = whole.height() / 2;
    painter.setPen(theme.line);
    painter.setBrush(m_share ? theme.grid : QColor(Qt::transparent));
    painter.drawRoundedRect(whole, radius, radius);
    if (!m_share || *m_share <= 0)
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(*m_share >= kScarce ? theme.warning : theme.accent);
    painter.drawRoundedRect(QRectF(whole.topLeft(), QSizeF(std::max(whole.height(), whole.width() * *m_share), whole.height())), radius,
                            radius);
}

}  // namespace halftone::app
