// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/layout_bar.h"

#include "app/widgets/theme.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kBar = 20, kGap = 8;
constexpr int kSwatch = 10, kBeside = 6, kBetween = 18;
constexpr double kLeastWidth = 3, kCut = 1.5;  // of a field that would vanish; between two

}  // namespace

LayoutBar::LayoutBar(QWidget* parent) : QWidget(parent)
{
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Layout of a packed block"));
}

void LayoutBar::setParts(QList<Part> parts)
{
    m_parts = std::move(parts);
    QStringList told;
    for (const Part& part : m_parts)
        told << part.name + QStringLiteral(": ") + figures(part);
    setAccessibleDescription(told.join(QStringLiteral("; ")));
    updateGeometry();
    update();
}

QString LayoutBar::figures(const Part& part) const
{
    const QString bits = tr("%1 bits").arg(QLocale().toString(part.bits));
    return part.content.isEmpty() ? bits : bits + QStringLiteral(" · ") + part.content;
}

QSize LayoutBar::entrySize(const Part& part) const
{
    const QFontMetrics strong(strongFont(font())), plain(font());
    const int text = std::max(strong.horizontalAdvance(part.name), plain.horizontalAdvance(figures(part)));
    return {kSwatch + kBeside + text, strong.height() + plain.height()};
}

QList<QPoint> LayoutBar::places(int width) const
{
    QList<QPoint> result;
    QPoint at(0, kBar + kGap);
    for (const Part& part : m_parts) {
        const QSize size = entrySize(part);
        if (at.x() > 0 && at.x() + size.width() > width)
            at = QPoint(0, at.y() + size.height() + 4);
        result << at;
        at.rx() += size.width() + kBetween;
    }
    return result;
}

int LayoutBar::heightForWidth(int width) const
{
    return m_parts.isEmpty() ? kBar : places(width).last().y() + entrySize(m_parts.last()).height() + 2;
}

void LayoutBar::drawBar(QPainter& painter) const
{
    const Theme& theme = Theme::current();
    int bits = 0;
    for (const Part& part : m_parts)
        bits += part.bits;
    double x = 0;
    for (const Part& part : m_parts) {
        const double wide = std::max(kLeastWidth, double(part.bits) / bits * (width() - (kLeastWidth + kCut) * double(m_parts.size())));
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.bits(part.colour));
        painter.drawRoundedRect(QRectF(x, 0, wide, kBar), 2, 2);
        x += wide + kCut;
    }
}

void LayoutBar::paintEvent(QPaintEvent*)
{
    if (m_parts.isEmpty())
        return;
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    drawBar(painter);
    const QList<QPoint> where = places(width());
    for (qsizetype i = 0; i < m_parts.size(); ++i) {
        const QRect entry(where[i], entrySize(m_parts[i]));
        const int line = entry.height() / 2;
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.bits(m_parts[i].colour));
        painter.drawRoundedRect(QRect(entry.left(), entry.top() + (line - kSwatch) / 2, kSwatch, kSwatch), 2, 2);
        const QRect text = entry.adjusted(kSwatch + kBeside, 0, 4, 0);
        painter.setFont(strongFont(font()));
        painter.setPen(theme.text);
        painter.drawText(text, Qt::AlignLeft | Qt::AlignTop, m_parts[i].name);
        painter.setFont(font());
        painter.setPen(theme.muted);
        painter.drawText(text, Qt::AlignLeft | Qt::AlignBottom, figures(m_parts[i]));
    }
}

}  // namespace halftone::app
