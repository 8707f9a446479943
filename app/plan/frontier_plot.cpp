// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/frontier_plot.h"

#include "app/widgets/format_text.h"
#include "app/widgets/plot_style.h"
#include "app/widgets/point_names.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"
#include "core/plan/preset.h"

#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

constexpr double kReach = 10;       // pixels around a point that belong to it
constexpr double kRadius = 5;
constexpr double kMegabyte = 1e6;

double megabytes(quint64 bytes) { return double(bytes) / kMegabyte; }

int bitsOf(const QString& preset)
{
    const plan::Preset* found = plan::findPreset(preset.toStdString());
    return found ? quant::info(found->type).bits : 16;
}

QPolygonF starAround(const QPointF& centre, double radius)
{
    QPolygonF star;
    for (int corner = 0; corner < 10; ++corner) {
        const double angle = M_PI * (corner / 5.0 - 0.5), reach = corner % 2 ? radius * 0.45 : radius;
        star << centre + QPointF(std::cos(angle), std::sin(angle)) * reach;
    }
    return star;
}

/// Presets, measured recipes and the user's own, with names that keep apart.
class Marks : public QCPAbstractItem {
public:
    Marks(QCustomPlot* plot, const FrontierPlot::Content& content) : QCPAbstractItem(plot), m_content(content) { setClipToAxisRect(false); }

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

    QPointF position(const Forecast::Point& point) const
    {
        return {mParentPlot->xAxis->coordToPixel(megabytes(point.bytes)), mParentPlot->yAxis->coordToPixel(point.kld.kld)};
    }

protected:
    void draw(QCPPainter* painter) override
    {
        const Theme& theme = Theme::current();
        painter->setAntialiasing(true);
        drawBudget(painter, theme);
        for (const Forecast::Point& point : m_content.presets) {
            painter->setPen(QPen(theme.muted, 0.8));
            painter->setBrush(theme.bits(bitsOf(point.name)));
            painter->drawEllipse(position(point), kRadius, kRadius);
        }
        painter->setBrush(Qt::NoBrush);
        painter->setPen(QPen(theme.text, 1.6));
        for (const Forecast::Point& point : m_content.measured)
            painter->drawRect(QRectF(position(point) - QPointF(4, 4), QSizeF(8, 8)));
        if (m_content.own) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.accent);
            painter->drawPolygon(starAround(position(*m_content.own), kRadius + 3));
        }
        drawNames(painter, theme);
    }

private:
    void drawBudget(QCPPainter* painter, const Theme& theme) const
    {
        if (!m_content.own)
            return;
        const double x = position(*m_content.own).x();
        const QRect area = mParentPlot->axisRect()->rect();
        painter->setPen(QPen(theme.accent, 1, Qt::DashLine));
        painter->drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()));
    }

    void drawNames(QCPPainter* painter, const Theme& theme) const
    {
        PointNames names(kRadius, mParentPlot->viewport());
        for (const Forecast::Point& point : m_content.presets)
            names.addPoint(position(point));
        if (m_content.own)
            names.addPoint(position(*m_content.own));
        painter->setPen(theme.text);
        painter->setFont(strongFont(mParentPlot->xAxis->tickLabelFont()));
        if (m_content.own)   // named first: it may not lose its name to a neighbour
            names.draw(*painter, position(*m_content.own), FrontierPlot::tr("your recipe"));
        painter->setFont(mParentPlot->xAxis->tickLabelFont());
        painter->setPen(theme.muted);
        for (const Forecast::Point& point : m_content.presets)
            names.draw(*painter, position(point), point.name);
    }

    const FrontierPlot::Content& m_content;
};

}  // namespace

struct FrontierPlot::Private {
    Content content;
    QCustomPlot* plot = nullptr;
    QCPGraph* low = nullptr;
    QCPGraph* high = nullptr;
    QCPGraph* line = nullptr;
    Marks* marks = nullptr;
    bool dragging = false;
};

FrontierPlot::FrontierPlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>())
{
    setMinimumSize(200, 140);
    setAccessibleName(tr("Quality against size"));
    d->plot = new QCustomPlot(this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(d->plot);
    d->plot->setLocale(locale());
    d->plot->setContextMenuPolicy(Qt::NoContextMenu);
    d->plot->setMouseTracking(true);
    d->plot->installEventFilter(this);
    d->plot->xAxis->setLabel(tr("file size, MB"));
    d->plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
    d->plot->yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>(new QCPAxisTickerLog));   // the pointer owns it
    d->plot->yAxis->setNumberFormat(QStringLiteral("gb"));
    d->low = d->plot->addGraph();
    d->high = d->plot->addGraph();
    d->line = d->plot->addGraph();
    d->high->setChannelFillGraph(d->low);
    d->marks = new Marks(d->plot, d->content);   // the plot owns its items
    updateColours();
}

FrontierPlot::~FrontierPlot() = default;

void FrontierPlot::setContent(Content content)
{
    d->content = std::move(content);
    updateGraphs();
}

void FrontierPlot::updateGraphs()
{
    constexpr qsizetype kMostPoints = 1000;
    QVector<double> sizes, low, middle, high;
    const auto& frontier = d->content.frontier;
    const qsizetype stride = frontier.size() / kMostPoints + 1;
    for (qsizetype i = 0; i < frontier.size(); i += stride) {
        if (frontier[i].kld.kld <= 0)
            continue;   // no place on a logarithmic axis
        sizes << megabytes(frontier[i].bytes);
        low << frontier[i].kld.low;
        middle << frontier[i].kld.kld;
        high << frontier[i].kld.high;
    }
    d->low->setData(sizes, low, true);
    d->high->setData(sizes, high, true);
    d->line->setData(sizes, middle, true);
    double bottom = INFINITY, top = 0, left = INFINITY, right = 0;
    const auto include = [&](const Forecast::Point& point) {
        left = std::min(left, megabytes(point.bytes));
        right = std::max(right, megabytes(point.bytes));
        if (point.kld.kld > 0) {
            bottom = std::min(bottom, point.kld.kld);
            top = std::max(top, point.kld.kld);
        }
    };
    for (const auto* points : {&d->content.presets, &d->content.measured})
        std::for_each(points->begin(), points->end(), include);
    if (d->content.own)
        include(*d->content.own);
    if (!frontier.isEmpty())
        include(frontier.first());
    if (top > 0) {
        d->plot->xAxis->setRange(left - 0.06 * (right - left), right + 0.12 * (right - left));
        d->plot->yAxis->setRange(bottom / 2, top * 2);
    }
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

std::optional<QPoint> FrontierPlot::pointOf(const QString& preset) const
{
    for (const Forecast::Point& point : d->content.presets)
        if (point.name == preset)
            return d->marks->position(point).toPoint();
    return std::nullopt;
}

const Forecast::Point* FrontierPlot::presetAt(const QPoint& position) const
{
    return nearestOf(d->content.presets, position);
}

const Forecast::Point* FrontierPlot::nearestOf(const QList<Forecast::Point>& points, const QPoint& position) const
{
    const auto distance = [&](const Forecast::Point& point) {
        const QPointF offset = d->marks->position(point) - position;
        return std::hypot(offset.x(), offset.y());
    };
    const auto nearest = std::min_element(points.begin(), points.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    return nearest != points.end() && distance(*nearest) < kReach ? &*nearest : nullptr;
}

quint64 FrontierPlot::bytesAt(const QPoint& position) const
{
    return quint64(std::max(0.0, d->plot->xAxis->pixelToCoord(position.x()) * kMegabyte));
}

void FrontierPlot::pointAt(const QPoint& position, const QPoint& globalPosition)
{
    const Forecast::Point* preset = presetAt(position);
    d->plot->setCursor(preset ? Qt::PointingHandCursor : Qt::SplitHCursor);
    if (const Forecast::Point* measured = preset ? nullptr : nearestOf(d->content.measured, position)) {
        QToolTip::showText(globalPosition, tr("%1, %2\nKL %3 measured %4").arg(measured->name, bytesText(measured->bytes), numberText(measured->kld.kld), measured->measuredOn), d->plot);
        return;
    }
    if (!preset)
        return QToolTip::hideText();
    QToolTip::showText(globalPosition, tr("%1, %2\nKL %3 predicted, %4 to %5\nClick to apply it").arg(preset->name, bytesText(preset->bytes), numberText(preset->kld.kld), numberText(preset->kld.low), numberText(preset->kld.high)), d->plot);
}

bool FrontierPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() != QEvent::MouseMove && event->type() != QEvent::MouseButtonPress && event->type() != QEvent::MouseButtonRelease)
        return QWidget::eventFilter(watched, event);
    auto* mouse = static_cast<QMouseEvent*>(event);
    const QPoint position = mouse->position().toPoint();
    if (event->type() == QEvent::MouseButtonPress && mouse->button() == Qt::LeftButton) {
        if (const Forecast::Point* preset = presetAt(position)) {
            Q_EMIT presetClicked(preset->name);
        } else {
            d->dragging = true;
            Q_EMIT sizeClicked(bytesAt(position));
        }
    } else if (event->type() == QEvent::MouseButtonRelease) {
        d->dragging = false;
    } else if (d->dragging) {
        Q_EMIT sizeDragged(bytesAt(position));
    } else if (event->type() == QEvent::MouseMove) {
        pointAt(position, mouse->globalPosition().toPoint());
    }
    return QWidget::eventFilter(watched, event);
}

void FrontierPlot::contextMenuEvent(QContextMenuEvent* event)
{
    Q_EMIT contextMenuRequested(event->globalPos());
}

Chart FrontierPlot::chart(const QString& name) const
{
    return {name, size(), [this](QPaintDevice& device, QSize size) { drawPlot(*d->plot, device, size); }, [this] { return csv(); }};
}

QString FrontierPlot::csv() const
{
    QString text = QStringLiteral("kind,name,bytes,kld,low,high\n");
    const auto add = [&text](const QString& kind, const QList<Forecast::Point>& points) {
        for (const Forecast::Point& point : points)
            text += QStringLiteral("%1,%2,%3,%4,%5,%6\n").arg(kind, point.name).arg(point.bytes).arg(point.kld.kld, 0, 'g', 7).arg(point.kld.low, 0, 'g', 7).arg(point.kld.high, 0, 'g', 7);
    };
    add(QStringLiteral("best"), d->content.frontier);
    add(QStringLiteral("preset"), d->content.presets);
    add(QStringLiteral("measured"), d->content.measured);
    return text;
}

void FrontierPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        updateColours();
}

void FrontierPlot::updateColours()
{
    stylePlot(*d->plot);
    const Theme& theme = Theme::current();
    QColor band = theme.accent;
    band.setAlphaF(0.14);
    d->low->setPen(Qt::NoPen);
    d->high->setPen(Qt::NoPen);
    d->high->setBrush(band);
    d->line->setPen(QPen(theme.accent, 2));
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace halftone::app
