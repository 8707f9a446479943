// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/variant_plot.h"

#include "app/widgets/format_text.h"
#include "app/widgets/plot_style.h"
#include "app/widgets/point_names.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

constexpr double kReach = 10;  // pixels around a point that belong to it
constexpr double kRadius = 5;

/// All variants, drawn at once: names must know of each other to keep apart.
class Marks : public QCPAbstractItem {
public:
    explicit Marks(QCustomPlot* plot) : QCPAbstractItem(plot) { setClipToAxisRect(false); }

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

    QPointF position(const QPointF& point) const
    {
        return {mParentPlot->xAxis->coordToPixel(point.x()), mParentPlot->yAxis->coordToPixel(point.y())};
    }

    VariantPlot::Content content;
    int current = -1;

protected:
    void draw(QCPPainter* painter) override
    {
        const Theme& theme = Theme::current();
        painter->setAntialiasing(true);
        const auto drawSeries = [&](const VariantPlot::Series& series) {
            content.joined ? drawLine(painter, theme, series) : drawPoint(painter, theme, series);
        };
        for (const auto& series : content.series)
            if (series.row != current)
                drawSeries(series);
        for (const auto& series : content.series)  // on top of the others
            if (series.row == current)
                drawSeries(series);
        if (!content.joined)
            drawNames(painter, theme);
    }

private:
    void drawLine(QCPPainter* painter, const Theme& theme, const VariantPlot::Series& series) const
    {
        QPolygonF line;
        for (const QPointF& point : series.points)
            line << position(point);
        painter->setPen(QPen(theme.bits(series.bits), series.row == current ? 2.6 : 1.4));
        painter->setBrush(Qt::NoBrush);
        painter->drawPolyline(line);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.bits(series.bits));
        for (const QPointF& point : line)
            painter->drawEllipse(point, series.row == current ? 3.2 : 2.2, series.row == current ? 3.2 : 2.2);
    }

    void drawPoint(QCPPainter* painter, const Theme& theme, const VariantPlot::Series& series) const
    {
        const bool ringed = series.row == current;
        for (const QPointF& point : series.points) {
            painter->setPen(QPen(ringed ? theme.text : theme.muted, ringed ? 2 : 0.8));
            painter->setBrush(theme.bits(series.bits));
            painter->drawEllipse(position(point), ringed ? kRadius + 1.5 : kRadius, ringed ? kRadius + 1.5 : kRadius);
        }
    }

    void drawNames(QCPPainter* painter, const Theme& theme) const
    {
        painter->setFont(mParentPlot->xAxis->tickLabelFont());
        PointNames names(kRadius, mParentPlot->axisRect()->rect().adjusted(0, -4, 8, 0));
        for (const auto& series : content.series)
            for (const QPointF& point : series.points)
                names.addPoint(position(point));
        QList<const VariantPlot::Series*> order;
        for (const auto& series : content.series)
            series.row == current ? order.prepend(&series) : order.append(&series);  // the chosen one may not lose its name to a neighbour
        for (const auto* series : order) {
            painter->setPen(series->row == current ? theme.text : theme.muted);
            for (const QPointF& point : series->points)
                names.draw(*painter, position(point), series->name);
        }
    }
};

}  // namespace

struct VariantPlot::Private {
    QCustomPlot* plot = nullptr;
    Marks* marks = nullptr;

    /// The point nearest to the position, if one is near.
    std::optional<std::pair<const Series*, QPointF>> at(const QPoint& position) const
    {
        std::optional<std::pair<const Series*, QPointF>> nearest;
        double best = kReach;
        for (const Series& series : marks->content.series)
            for (const QPointF& point : series.points) {
                const QPointF distance = marks->position(point) - position;
                if (const double length = std::hypot(distance.x(), distance.y()); length < best) {
                    best = length;
                    nearest = {&series, point};
                }
            }
        return nearest;
    }
};

VariantPlot::VariantPlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>())
{
    setMinimumSize(180, 116);
    d->plot = new QCustomPlot(this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(d->plot);
    d->plot->setLocale(locale());
    d->plot->axisRect()->setMinimumMargins(QMargins(36, 6, 8, 20));
    d->plot->setContextMenuPolicy(Qt::NoContextMenu);
    d->plot->setMouseTracking(true);
    d->plot->installEventFilter(this);
    d->plot->xAxis->ticker()->setTickCount(5);
    d->marks = new Marks(d->plot);  // the plot owns its items
    updateColours();
}

VariantPlot::~VariantPlot() = default;

void VariantPlot::setContent(Content content)
{
    for (Series& series : content.series)
        series.points.removeIf([&](const QPointF& point) {
            return !std::isfinite(point.x()) || !std::isfinite(point.y()) || (content.logarithmic && point.y() <= 0);
        });
    d->marks->content = std::move(content);
    updateAxes();
}

void VariantPlot::setCurrent(int row)
{
    d->marks->current = row;
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

std::optional<QPoint> VariantPlot::pointOf(int row) const
{
    for (const Series& series : d->marks->content.series)
        if (series.row == row && !series.points.isEmpty())
            return d->marks->position(series.points.first()).toPoint();
    return std::nullopt;
}

void VariantPlot::updateAxes()
{
    const Content& content = d->marks->content;
    double left = INFINITY, right = -INFINITY, bottom = INFINITY, top = -INFINITY;
    for (const Series& series : content.series)
        for (const QPointF& point : series.points) {
            left = std::min(left, point.x());
            right = std::max(right, point.x());
            bottom = std::min(bottom, point.y());
            top = std::max(top, point.y());
        }
    QCPAxis& y = *d->plot->yAxis;
    y.setScaleType(content.logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    y.setTicker(content.logarithmic ? QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog)
                                    : QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));  // the pointer owns it
    y.setNumberFormat(content.logarithmic ? QStringLiteral("gb") : QStringLiteral("g"));
    d->plot->xAxis->setLabel(content.xLabel);
    if (left <= right) {
        const double width = std::max(right - left, 1e-6), height = std::max(top - bottom, 1e-6 * std::max(1.0, std::abs(top)));
        d->plot->xAxis->setRange(left - 0.06 * width, right + 0.1 * width);
        content.logarithmic ? y.setRange(bottom / 1.8, top * 1.8) : y.setRange(bottom - 0.1 * height, top + 0.12 * height);
    }
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

Chart VariantPlot::chart(const QString& name) const
{
    return {name, size(), [this](QPaintDevice& device, QSize size) { drawPlot(*d->plot, device, size); }, [this] { return csv(); }};
}

QString VariantPlot::csv() const
{
    QString text = QStringLiteral("name,bits,x,y\n");
    for (const Series& series : d->marks->content.series)
        for (const QPointF& point : series.points)
            text += QStringLiteral("\"%1\",%2,%3,%4\n")
                        .arg(QString(series.name).replace(QLatin1Char('"'), QStringLiteral("\"\"")))
                        .arg(series.bits)
                        .arg(point.x(), 0, 'g', 9)
                        .arg(point.y(), 0, 'g', 9);
    return text;
}

bool VariantPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::MouseMove && event->type() != QEvent::MouseButtonRelease)
        return QWidget::eventFilter(watched, event);
    auto* mouse = static_cast<QMouseEvent*>(event);
    const auto found = d->at(mouse->position().toPoint());
    d->plot->setCursor(found ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (found && event->type() == QEvent::MouseButtonRelease && mouse->button() == Qt::LeftButton)
        Q_EMIT variantClicked(found->first->row);
    else if (found)
        QToolTip::showText(mouse->globalPosition().toPoint(),
                           tr("%1: %2, %3").arg(found->first->name, numberText(found->second.x()), numberText(found->second.y())), d->plot);
    else
        QToolTip::hideText();
    return QWidget::eventFilter(watched, event);
}

void VariantPlot::contextMenuEvent(QContextMenuEvent* event)
{
    showChartMenu(this, event->globalPos(), chart(accessibleName()));
}

void VariantPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        updateColours();
}

void VariantPlot::updateColours()
{
    stylePlot(*d->plot);
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace halftone::app
