// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/difference/overlay_plot.h"

#include "app/explore/histogram_bars.h"
#include "app/widgets/plot_style.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

#include <QContextMenuEvent>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <numeric>

namespace halftone::app {
namespace {

constexpr int kBars = 160;

/// Share of the weights per unit of value.
QList<double> densities(const inspect::Histogram& histogram, const HistogramBars& bars)
{
    const double total = double(std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t(0)));
    QList<double> heights;
    for (const double count : bars.counts)
        heights.append(total > 0 && bars.width > 0 ? count / total / bars.width : 0);
    return heights;
}

}  // namespace

struct OverlayPlot::Private {
    QCustomPlot* plot = nullptr;
    QLabel* message = nullptr;
    QCPGraph* graphs[2] = {};
    WeightPair weights;
    HistogramBars bars[2];
    bool logarithmic = true;

    const inspect::Histogram& histogram(int side) const { return side == 0 ? weights.a : weights.b; }
};

OverlayPlot::OverlayPlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>())
{
    setMinimumSize(240, 120);
    setAccessibleName(tr("Weights of both models"));
    d->plot = new QCustomPlot(this);
    d->plot->setLocale(locale());
    d->plot->setContextMenuPolicy(Qt::NoContextMenu);
    d->plot->setAttribute(Qt::WA_TransparentForMouseEvents);
    d->plot->xAxis->setLabel(tr("value of a weight"));
    d->plot->yAxis->setLabel(tr("density"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(d->plot);
    for (QCPGraph*& graph : d->graphs) {
        graph = d->plot->addGraph();
        graph->setLineStyle(QCPGraph::lsStepLeft);
    }
    d->message = new QLabel(d->plot);
    d->message->setAlignment(Qt::AlignCenter);
    d->message->setWordWrap(true);
    d->message->hide();
    updateColours();
    redraw();
}

OverlayPlot::~OverlayPlot() = default;

void OverlayPlot::setWeights(WeightPair weights)
{
    d->weights = std::move(weights);
    d->message->hide();
    redraw();
}

void OverlayPlot::setLogarithmic(bool logarithmic)
{
    d->logarithmic = logarithmic;
    redraw();
}

void OverlayPlot::setMessage(const QString& message)
{
    d->weights = {};
    d->message->setText(message);
    d->message->setVisible(!message.isEmpty());
    redraw();
}

QString OverlayPlot::message() const
{
    return d->message->isHidden() ? QString() : d->message->text();
}

int OverlayPlot::barCount(int side) const
{
    return int(d->bars[side].counts.size());
}

Chart OverlayPlot::chart(const QString& name) const
{
    return {name, size(), [this](QPaintDevice& device, QSize size) { drawPlot(*d->plot, device, size); }, [this] { return csv(); }};
}

QString OverlayPlot::csv() const
{
    QString text = QStringLiteral("model,low,high,weights\n");
    for (int side = 0; side < 2; ++side)
        for (std::size_t bar = 0; bar < d->bars[side].counts.size(); ++bar)
            text += QStringLiteral("%1,%2,%3,%4\n")
                        .arg(side == 0 ? QLatin1Char('A') : QLatin1Char('B'))
                        .arg(d->bars[side].left(bar), 0, 'g', 9)
                        .arg(d->bars[side].left(bar + 1), 0, 'g', 9)
                        .arg(d->bars[side].counts[bar], 0, 'f', 0);
    return text;
}

void OverlayPlot::redraw()
{
    double low = 0, high = 0, peak = 0, least = 1e300;
    for (int side = 0; side < 2; ++side)
        if (!d->histogram(side).counts.empty()) {
            low = std::min(low, d->histogram(side).low);
            high = std::max(high, d->histogram(side).high);
        }
    for (int side = 0; side < 2; ++side) {
        const HistogramBars& bars = d->bars[side] = joinBins(d->histogram(side), low, high, kBars);
        const QList<double> heights = densities(d->histogram(side), bars);
        QList<double> places;
        for (qsizetype bar = 0; bar < heights.size(); ++bar) {
            places.append(bars.left(std::size_t(bar)));
            peak = std::max(peak, heights[bar]);
            least = heights[bar] > 0 ? std::min(least, heights[bar]) : least;
        }
        d->graphs[side]->setData(places, heights, true);
    }
    const bool any = peak > 0;
    d->plot->xAxis->setVisible(any);
    d->plot->yAxis->setVisible(any);
    const bool log = d->logarithmic && any;
    d->plot->yAxis->setScaleType(log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    d->plot->yAxis->setTicker(log ? QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog) : QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
    d->plot->yAxis->setNumberFormat(log ? QStringLiteral("eb") : QStringLiteral("gb"));
    d->plot->yAxis->setNumberPrecision(log ? 0 : 4);
    if (any) {
        d->plot->xAxis->setRange(low, high);
        d->plot->yAxis->setRange(log ? least / 2 : 0, peak * (log ? 2 : 1.05));
    }
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

void OverlayPlot::updateColours()
{
    const Theme& theme = Theme::current();
    stylePlot(*d->plot);
    d->graphs[0]->setPen(Qt::NoPen);
    d->graphs[0]->setBrush(theme.histogram);
    d->graphs[1]->setPen(QPen(theme.error, 1.4));
    d->graphs[1]->setBrush(Qt::NoBrush);
    d->message->setStyleSheet(QStringLiteral("QLabel { color: %1; background: transparent; }").arg(theme.muted.name()));
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

void OverlayPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        updateColours();
}

void OverlayPlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    d->message->setGeometry(d->plot->rect().adjusted(16, 8, -16, -8));
}

void OverlayPlot::contextMenuEvent(QContextMenuEvent* event)
{
    if (barCount(0) + barCount(1) > 0)
        showChartMenu(this, event->globalPos(), chart(QStringLiteral("weights of both")));
}

}  // namespace halftone::app
