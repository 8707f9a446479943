// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/widgets/chip.h"

#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <numeric>

namespace halftone::app {

void paintChip(QPainter& painter, const QRect& rect, int bits, const QString& text)
{
    const Theme& theme = Theme::current();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.bits(bits));
    painter.drawRoundedRect(rect, 4, 4);
    painter.setPen(theme.onBits(bits));
    painter.setFont(strongFont(painter.font()));
    painter.drawText(rect, Qt::AlignCenter, text);
    painter.restore();
}

Chip::Chip(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Chip::setType(std::optional<quant::Type> type)
{
    if (type == m_type)
        return;
    m_type = type;
    setAccessibleName(type ? QString::fromUtf8(quant::name(*type).data()) : QString());
    updateGeometry();
    update();
}

QSize Chip::sizeHint() const
{
    const QFontMetrics metrics(strongFont(monospaceFont()));
    return {m_type ? metrics.horizontalAdvance(accessibleName()) + 12 : 0, metrics.height() + 4};
}

void Chip::paintEvent(QPaintEvent*)
{
    if (!m_type)
        return;
    QPainter painter(this);
    painter.setFont(monospaceFont());
    paintChip(painter, rect(), quant::info(*m_type).bits, accessibleName());
}

BitsBar::BitsBar(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void BitsBar::setParts(QList<Part> parts)
{
    m_parts = std::move(parts);
    const auto total = std::accumulate(m_parts.begin(), m_parts.end(), quint64(0), [](quint64 sum, const Part& part) { return sum + part.bytes; });
    QStringList lines;
    for (const Part& part : m_parts)
        lines << tr("%1 bits: %2, %3 %").arg(part.bits).arg(bytesText(part.bytes)).arg(total ? qRound(100.0 * double(part.bytes) / double(total)) : 0);
    setToolTip(lines.join(QLatin1Char('\n')));
    setAccessibleName(tr("Bytes by bits"));
    setAccessibleDescription(lines.join(QStringLiteral(", ")));
    update();
}

void BitsBar::paintEvent(QPaintEvent*)
{
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath outline;
    outline.addRoundedRect(rect(), height() / 2.0, height() / 2.0);
    painter.setClipPath(outline);
    painter.fillRect(rect(), theme.grid);
    double total = 0;
    for (const Part& part : m_parts)
        total += double(part.bytes);
    double x = 0;
    for (const Part& part : m_parts) {
        const double width = this->width() * double(part.bytes) / total;
        painter.fillRect(QRectF(x, 0, width, height()), theme.bits(part.bits));
        x += width;
    }
}

}  // namespace halftone::app
