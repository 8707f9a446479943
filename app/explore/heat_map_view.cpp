// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/heat_map_view.h"

#include "app/widgets/format_text.h"
#include "app/widgets/theme.h"

#include <QContextMenuEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

constexpr double kBrightest = 0.995; // share of the cells below full colour; a lone outlier must not darken the rest
constexpr int kRuler = 18;

QRgb blend(const QColor& from, const QColor& to, double t)
{
    const auto mix = [t](int a, int b) { return int(std::lround(a + (b - a) * t)); };
    return qRgb(mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue()));
}

/// The value that this share of the finite, non-negative values does not pass.
float quantile(std::vector<float> values, double share)
{
    if (values.empty())
        return 0;
    const auto at = values.begin() + std::ptrdiff_t(double(values.size() - 1) * share);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

QString span(std::uint64_t first, std::uint64_t end)
{
    return end - first <= 1 ? QString::number(first) : QStringLiteral("%1–%2").arg(first).arg(end - 1);
}

}  // namespace

HeatMapView::HeatMapView(QWidget* parent) : QWidget(parent)
{
    setMouseTracking(true);
    setAccessibleName(tr("Map of |w|, rows by columns"));
}

void HeatMapView::setMap(inspect::HeatMap map)
{
    m_map = std::move(map);
    m_message.clear();
    m_hovered = {-1, -1};
    setAccessibleDescription(tr("%1 rows, %2 columns").arg(m_map.rows).arg(m_map.columns));
    colour();
}

void HeatMapView::setMeasure(Measure measure)
{
    m_measure = measure;
    colour();
}

void HeatMapView::setMessage(const QString& message)
{
    m_message = message;
    if (!message.isEmpty())
        m_map = {};
    setAccessibleDescription(message);
    colour();
}

void HeatMapView::colour()
{
    const auto& values = m_measure == Measure::Mean ? m_map.mean : m_map.max;
    m_image = QImage(int(m_map.width), int(m_map.height), QImage::Format_RGB32);
    const Theme& theme = Theme::current();
    const float low = quantile(values, 1 - kBrightest), high = quantile(values, kBrightest);
    const double range = high > low ? double(high - low) : 1;
    for (std::uint32_t y = 0; y < m_map.height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(m_image.scanLine(int(y)));
        for (std::uint32_t x = 0; x < m_map.width; ++x) {
            const double t = std::clamp(double(values[std::size_t(y) * m_map.width + x] - low) / range, 0.0, 1.0);
            line[x] = blend(theme.surface, theme.accent, 0.06 + 0.94 * t);
        }
    }
    update();
}

QRect HeatMapView::area(QSize size) const
{
    return QRect(QPoint(0, 0), size).adjusted(0, 0, 0, -kRuler);
}

void HeatMapView::draw(QPainter& painter, QSize size) const
{
    const Theme& theme = Theme::current();
    painter.setFont(font());
    if (!m_message.isEmpty() || m_image.isNull()) {
        painter.setPen(theme.muted);
        painter.drawText(QRect(QPoint(0, 0), size).adjusted(16, 0, -16, 0), Qt::AlignCenter | Qt::TextWordWrap, m_message);
        return;
    }
    const QRect rect = area(size);
    // More cells than pixels are averaged, fewer keep their edges.
    const bool shrinks = m_image.width() > rect.width() || m_image.height() > rect.height();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(rect, shrinks ? m_image.scaled(QSize(std::min(m_image.width(), rect.width()), std::min(m_image.height(), rect.height())), Qt::IgnoreAspectRatio, Qt::SmoothTransformation) : m_image);
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.9);
    painter.setFont(small);
    painter.setPen(theme.muted);
    const QRect ruler(0, rect.bottom() + 3, size.width(), kRuler - 2);
    painter.drawText(ruler, Qt::AlignLeft, tr("column 0"));
    painter.drawText(ruler, Qt::AlignRight, QString::number(m_map.columns - 1));
    painter.drawText(ruler, Qt::AlignHCenter, tr("rows 0 to %1 from the top").arg(m_map.rows - 1));
}

void HeatMapView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    draw(painter, size());
    if (m_hovered.x() < 0 || m_image.isNull())
        return;
    const QRect rect = area(size());
    const double w = double(rect.width()) / m_map.width, h = double(rect.height()) / m_map.height;
    painter.setPen(QPen(Theme::current().error, 1.5));
    painter.drawRect(QRectF(m_hovered.x() * w, m_hovered.y() * h, std::max(3.0, w), std::max(3.0, h)));
}

QString HeatMapView::readOut(const QPoint& position) const
{
    const QRect rect = area(size());
    if (m_image.isNull() || !rect.contains(position))
        return {};
    const auto x = std::uint32_t(std::uint64_t(position.x()) * m_map.width / std::uint64_t(rect.width()));
    const auto y = std::uint32_t(std::uint64_t(position.y()) * m_map.height / std::uint64_t(rect.height()));
    const std::size_t cell = std::size_t(y) * m_map.width + x;
    return tr("row %1, column %2\nmean |w| %3, largest %4")
        .arg(span(m_map.firstRow(y), m_map.firstRow(y + 1)), span(m_map.firstColumn(x), m_map.firstColumn(x + 1)), numberText(double(m_map.mean[cell])), numberText(double(m_map.max[cell])));
}

void HeatMapView::mouseMoveEvent(QMouseEvent* event)
{
    const QPoint position = event->position().toPoint();
    const QString text = readOut(position);
    const QRect rect = area(size());
    m_hovered = text.isEmpty() ? QPoint(-1, -1) : QPoint(int(std::int64_t(position.x()) * m_map.width / rect.width()), int(std::int64_t(position.y()) * m_map.height / rect.height()));
    QToolTip::showText(event->globalPosition().toPoint(), text, this);
    update();
}

void HeatMapView::leaveEvent(QEvent*)
{
    m_hovered = {-1, -1};
    update();
}

void HeatMapView::contextMenuEvent(QContextMenuEvent* event)
{
    Q_EMIT contextMenuRequested(event->globalPos());
}

void HeatMapView::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        colour();
}

Chart HeatMapView::chart(const QString& name) const
{
    return paintedChart(name, size(), [this](QPainter& painter, QSize room) { draw(painter, room); }, [this] { return csv(); });
}

QString HeatMapView::csv() const
{
    QString text = QStringLiteral("first_row,first_column,mean_abs,max_abs\n");
    for (std::uint32_t y = 0; y < m_map.height; ++y)
        for (std::uint32_t x = 0; x < m_map.width; ++x) {
            const std::size_t cell = std::size_t(y) * m_map.width + x;
            text += QStringLiteral("%1,%2,%3,%4\n").arg(m_map.firstRow(y)).arg(m_map.firstColumn(x)).arg(double(m_map.mean[cell]), 0, 'g', 7).arg(double(m_map.max[cell]), 0, 'g', 7);
        }
    return text;
}

}  // namespace halftone::app
