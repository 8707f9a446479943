// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/ridge_view.h"

#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"

#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace halftone::app {
namespace {

constexpr int kLeast = 18, kMost = 64;   // height of a row
constexpr int kTop = 18;                 // room for the first peak
constexpr int kBottom = 16;              // the range is written here
constexpr int kLabel = 30;
constexpr int kSteps = 96;               // points of an outline
constexpr double kOverlap = 1.35;        // a peak may reach into the row above
constexpr double kSigmas = 5;            // what lies further out would squeeze the bells flat

}  // namespace

RidgeView::RidgeView(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAccessibleName(tr("Histograms of all layers"));
}

void RidgeView::setRidge(Ridge ridge)
{
    m_ridge = std::move(ridge);
    m_message.clear();
    m_reach = m_peak = 0;
    for (const RidgeRow& row : m_ridge.rows)
        m_reach = std::max(m_reach, std::min(row.absMax, kSigmas * row.std + std::abs(row.histogram.low + row.histogram.high) / 2));
    if (m_reach <= 0)
        m_reach = 1;
    const double step = 2 * m_reach / kSteps;
    for (const RidgeRow& row : m_ridge.rows)
        for (int i = 0; i < kSteps; ++i)
            m_peak = std::max(m_peak, density(row, -m_reach + i * step, -m_reach + (i + 1) * step));
    updateGeometry();
    update();
}

void RidgeView::setCurrent(int tensor)
{
    m_current = tensor;
    update();
}

void RidgeView::setMessage(const QString& message)
{
    m_message = message;
    if (!message.isEmpty())
        m_ridge = {};
    setAccessibleDescription(message);
    updateGeometry();
    update();
}

QSize RidgeView::sizeHint() const
{
    return {120, kTop + kBottom + kLeast * std::max(1, int(m_ridge.rows.size()))};
}

QRect RidgeView::rowRect(int row, QSize size) const
{
    const int height = std::clamp((size.height() - kTop - kBottom) / std::max(1, int(m_ridge.rows.size())), kLeast, kMost);
    return {0, kTop + row * height, size.width(), height};
}

QRect RidgeView::rowRect(int row) const
{
    return rowRect(row, size());
}

QRect RidgeView::currentRect() const
{
    const auto at = std::ranges::find(m_ridge.rows, m_current, &RidgeRow::tensor);
    return at == m_ridge.rows.end() ? QRect() : rowRect(int(at - m_ridge.rows.begin()));
}

int RidgeView::rowAt(int y) const
{
    for (int row = 0; row < m_ridge.rows.size(); ++row)
        if (const QRect rect = rowRect(row); y >= rect.top() && y <= rect.bottom())
            return row;
    return -1;
}

/// Share of the weights per unit of value inside [low, high].
double RidgeView::density(const RidgeRow& row, double low, double high) const
{
    const auto& histogram = row.histogram;
    const double width = histogram.binWidth();
    if (!(width > 0) || histogram.counts.empty())
        return 0;
    const double from = std::clamp((low - histogram.low) / width, 0.0, double(histogram.counts.size()));
    const double to = std::clamp((high - histogram.low) / width, 0.0, double(histogram.counts.size()));
    double count = 0;
    for (std::size_t bin = std::size_t(from); bin < histogram.counts.size() && double(bin) < to; ++bin)
        count += double(histogram.counts[bin]) * (std::min(to, double(bin + 1)) - std::max(from, double(bin)));
    const double total = double(std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t(0)));
    return total > 0 ? count / total / (high - low) : 0;
}

QPolygonF RidgeView::outline(const RidgeRow& row, const QRectF& area, double peak) const
{
    QPolygonF line;
    const double step = 2 * m_reach / kSteps;
    for (int i = 0; i < kSteps; ++i) {
        const double value = density(row, -m_reach + i * step, -m_reach + (i + 1) * step);
        line << QPointF(area.left() + area.width() * (i + 0.5) / kSteps, area.bottom() - (peak > 0 ? value / peak : 0) * area.height());
    }
    return line;
}

void RidgeView::draw(QPainter& painter, QSize size) const
{
    const Theme& theme = Theme::current();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    if (!m_message.isEmpty()) {
        painter.setPen(theme.muted);
        painter.drawText(QRect(QPoint(), size).adjusted(8, 0, -8, 0), Qt::AlignCenter | Qt::TextWordWrap, m_message);
        return;
    }
    for (int i = 0; i < m_ridge.rows.size(); ++i) {
        const RidgeRow& row = m_ridge.rows[i];
        const QRect rect = rowRect(i, size);
        const bool current = row.tensor == m_current;
        const double height = std::min((rect.height() - 4) * kOverlap, rect.height() - 4.0 + kTop);
        const QRectF area(kLabel, rect.bottom() - height, size.width() - kLabel - 6, height);
        const QPolygonF line = outline(row, area, m_peak);
        QColor fill = theme.histogram;
        fill.setAlphaF(current ? 0.95f : 0.45f);
        QPolygonF filled = line;
        filled << area.bottomRight() << area.bottomLeft();
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.drawPolygon(filled);
        painter.setPen(QPen(current ? theme.text : theme.muted, current ? 1.4 : 0.8));
        painter.drawPolyline(line);
        painter.setFont(current ? strongFont(font()) : font());
        painter.setPen(current ? theme.text : theme.muted);
        painter.drawText(QRect(0, rect.bottom() - 18, kLabel - 8, 20), Qt::AlignRight | Qt::AlignVCenter, row.layer < 0 ? QString() : QString::number(row.layer));
    }
    if (m_ridge.rows.isEmpty())
        return;
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    painter.setFont(small);
    painter.setPen(theme.muted);
    const QRect last = rowRect(int(m_ridge.rows.size()) - 1, size);
    const QRect axis(kLabel, last.bottom() + 2, size.width() - kLabel - 6, kBottom);
    painter.drawText(axis, Qt::AlignLeft, numberText(-m_reach));
    if (3 * painter.fontMetrics().horizontalAdvance(numberText(-m_reach)) < axis.width())   // the ends say enough where room is short
        painter.drawText(axis, Qt::AlignHCenter, numberText(0));
    painter.drawText(axis, Qt::AlignRight, numberText(m_reach));
}

void RidgeView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    draw(painter, size());
    if (hasFocus()) {
        painter.setPen(Theme::current().accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

void RidgeView::mousePressEvent(QMouseEvent* event)
{
    const int row = rowAt(int(event->position().y()));
    if (row >= 0 && event->button() == Qt::LeftButton)
        Q_EMIT tensorClicked(m_ridge.rows[row].tensor);
}

void RidgeView::keyPressEvent(QKeyEvent* event)
{
    const int step = event->key() == Qt::Key_Down ? 1 : event->key() == Qt::Key_Up ? -1 : 0;
    const auto at = std::find_if(m_ridge.rows.begin(), m_ridge.rows.end(), [&](const RidgeRow& row) { return row.tensor == m_current; });
    const auto next = (at - m_ridge.rows.begin()) + step;
    if (step == 0 || at == m_ridge.rows.end() || next < 0 || next >= m_ridge.rows.size())
        return QWidget::keyPressEvent(event);
    Q_EMIT tensorClicked(m_ridge.rows[next].tensor);
}

void RidgeView::contextMenuEvent(QContextMenuEvent* event)
{
    Q_EMIT contextMenuRequested(event->globalPos());
}

bool RidgeView::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    if (const int row = rowAt(help->pos().y()); row >= 0) {
        const RidgeRow& seen = m_ridge.rows[row];
        QToolTip::showText(help->globalPos(), tr("Layer %1: standard deviation %2, largest |w| %3").arg(seen.layer).arg(numberText(seen.std), numberText(seen.absMax)), this);
    } else {
        QToolTip::hideText();
    }
    return true;
}

Chart RidgeView::chart(const QString& name) const
{
    return paintedChart(name, size(), [this](QPainter& painter, QSize room) { draw(painter, room); }, [this] { return csv(); });
}

QString RidgeView::csv() const
{
    QString text = QStringLiteral("layer,low,high,count\n");
    for (const RidgeRow& row : m_ridge.rows)
        for (std::size_t bin = 0; bin < row.histogram.counts.size(); ++bin)
            text += QStringLiteral("%1,%2,%3,%4\n").arg(row.layer).arg(row.histogram.low + double(bin) * row.histogram.binWidth(), 0, 'g', 9)
                        .arg(row.histogram.low + double(bin + 1) * row.histogram.binWidth(), 0, 'g', 9).arg(row.histogram.counts[bin]);
    return text;
}

}  // namespace halftone::app
