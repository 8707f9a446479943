// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/histogram_plot.h"

#include "app/explore/histogram_bars.h"
#include "app/widgets/format_text.h"
#include "app/widgets/plot_style.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

#include <QKeyEvent>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

constexpr int kRoomForLabel = 150;   // pixels of height
constexpr int kPixelsPerBar = 4;
constexpr int kFewestBins = 48;         // the deepest zoom
constexpr int kMostSticks = 320;        // more would be a solid block
constexpr int kMostHeads = 48;
constexpr int kPixelsPerStick = 9;
constexpr double kLogBase = 0.7;        // where the bars of the logarithmic view stand; one weight is still a visible bar

/// QCustomPlot raises exponents after a small e only; some languages write a large one.
class PowersOfTen : public QCPAxisTickerLog {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar format, int precision) override { return QCPAxisTickerLog::getTickLabel(tick, QLocale::c(), format, precision); }
};

}  // namespace

struct HistogramPlot::Private {
    QCustomPlot* plot = nullptr;
    QCPBars* bars = nullptr;
    QCPGraph* sticks = nullptr;
    QLabel* readOut = nullptr;
    QLabel* message = nullptr;

    inspect::Histogram histogram;
    Kind kind = Kind::Weights;
    std::vector<float> levels;
    std::vector<double> errorPerBin;
    HistogramBars shown;
    int shownSticks = 0;
    bool logarithmic = false;
};

HistogramPlot::HistogramPlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>())
{
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(240, 96);
    setAccessibleName(tr("Histogram"));
    buildPlot();
    const auto label = [this] {
        auto* text = new QLabel(d->plot);
        text->setAttribute(Qt::WA_TransparentForMouseEvents);
        text->hide();
        return text;
    };
    d->readOut = label();
    d->readOut->setContentsMargins(8, 6, 8, 6);
    d->readOut->setAutoFillBackground(true);
    d->message = label();
    d->message->setAlignment(Qt::AlignCenter);
    d->message->setWordWrap(true);
    updateColours();
}

HistogramPlot::~HistogramPlot() = default;

void HistogramPlot::buildPlot()
{
    d->plot = new QCustomPlot(this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(d->plot);
    d->plot->setLocale(locale());
    d->plot->axisRect()->setMinimumMargins(QMargins(36, 6, 8, 20));
    d->plot->setInteraction(QCP::iRangeZoom);
    d->plot->axisRect()->setRangeZoom(Qt::Horizontal);
    d->plot->setSelectionRectMode(QCP::srmCustom);
    d->plot->setNoAntialiasingOnDrag(true);
    d->plot->setFocusProxy(this);
    d->plot->installEventFilter(this);
    d->plot->setContextMenuPolicy(Qt::NoContextMenu);   // ours, see contextMenuEvent
    d->bars = new QCPBars(d->plot->xAxis, d->plot->yAxis);
    d->bars->setAntialiased(false);
    d->sticks = d->plot->addGraph();
    d->sticks->setLineStyle(QCPGraph::lsImpulse);
    d->sticks->setAdaptiveSampling(false);

    connect(d->plot->selectionRect(), &QCPSelectionRect::accepted, this, [this](const QRect& rect) {
        if (rect.width() > 4)
            setRange(d->plot->xAxis->pixelToCoord(rect.left()), d->plot->xAxis->pixelToCoord(rect.right()));
    });
    connect(d->plot, &QCustomPlot::mouseDoubleClick, this, [this] { showAll(); });
    connect(d->plot, &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) { showReadOut(event->position().toPoint()); });
    connect(d->plot->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, [this](const QCPRange& range) { setRange(range.lower, range.upper); });
}

void HistogramPlot::setHistogram(inspect::Histogram histogram, Kind kind)
{
    const bool sameRange = !d->histogram.counts.empty() && d->kind == kind && histogram.low == d->histogram.low && histogram.high == d->histogram.high;
    if (!(histogram.high > histogram.low)) {   // a tensor of one value: give it some room
        const double room = std::max(std::abs(histogram.low) * 1e-3, 1e-6);
        std::uint64_t count = 0;
        for (auto n : histogram.counts)
            count += n;
        histogram = {histogram.low - room, histogram.low + room, std::vector<std::uint64_t>(101)};
        histogram.counts[50] = count;
    }
    d->histogram = std::move(histogram);
    d->kind = kind;
    d->levels.clear();
    d->errorPerBin.clear();
    d->message->hide();
    d->readOut->hide();
    updateColours();
    if (sameRange)
        updateBars();
    else
        showAll();
}

void HistogramPlot::setGrid(std::vector<float> levels, std::vector<double> errorPerBin)
{
    d->levels = std::move(levels);
    d->errorPerBin = std::move(errorPerBin);
    updateBars();
}

void HistogramPlot::setLogarithmic(bool logarithmic)
{
    d->logarithmic = logarithmic;
    updateBars();
}

void HistogramPlot::setMessage(const QString& message)
{
    d->message->setText(message);
    d->message->setVisible(!message.isEmpty());
    setAccessibleDescription(message);
    if (message.isEmpty())
        return;
    d->histogram = {};
    d->levels.clear();
    d->errorPerBin.clear();
    d->readOut->hide();
    placeMessage();
    updateBars();
}

QString HistogramPlot::message() const
{
    return d->message->isHidden() ? QString() : d->message->text();
}

HistogramPlot::Range HistogramPlot::range() const
{
    const QCPRange range = d->plot->xAxis->range();
    return {range.lower, range.upper};
}

void HistogramPlot::setRange(double low, double high)
{
    if (d->histogram.counts.empty() || !(high > low))
        return;
    const double whole = d->histogram.high - d->histogram.low;
    const double width = std::clamp(high - low, std::min(whole, d->histogram.binWidth() * kFewestBins), whole);
    const double left = std::clamp((low + high - width) / 2, d->histogram.low, d->histogram.high - width);
    const QSignalBlocker block(d->plot->xAxis);
    d->plot->xAxis->setRange(left, left + width);
    updateBars();
}

void HistogramPlot::showAll()
{
    setRange(d->histogram.low, d->histogram.high);
}

int HistogramPlot::barCount() const
{
    return int(d->shown.counts.size());
}

int HistogramPlot::stickCount() const
{
    return d->shownSticks;
}

QString HistogramPlot::readOut(double value) const
{
    const int bar = d->shown.barAt(value);
    if (bar < 0)
        return {};
    const double left = d->shown.left(std::size_t(bar));
    QString text = QStringLiteral("<b>%1 … %2</b>").arg(numberText(left), numberText(left + d->shown.width));
    const QString count = countText(quint64(d->shown.counts[std::size_t(bar)]));
    if (d->levels.empty())
        return text + QStringLiteral("<br>") + tr("%1 weights").arg(count);
    const std::size_t level = nearestLevel(d->levels, left + d->shown.width / 2);
    text += QStringLiteral("<br>") + tr("%1 weights → level %2 of %3 (%4)").arg(count).arg(level + 1).arg(d->levels.size()).arg(numberText(double(d->levels[level])));
    if (!d->errorPerBin.empty() && d->shown.counts[std::size_t(bar)] > 0)
        text += QStringLiteral("<br>") + tr("mean error %1").arg(numberText(meanOverBar(d->histogram, d->errorPerBin, d->shown, bar)));
    return text;
}

QPoint HistogramPlot::pointAt(double value) const
{
    return {int(d->plot->xAxis->coordToPixel(value)), d->plot->axisRect()->center().y()};
}

Chart HistogramPlot::chart(const QString& name) const
{
    return {name, size(), [this](QPaintDevice& device, QSize size) { drawPlot(*d->plot, device, size); }, [this] { return csv(); }};
}

QString HistogramPlot::csv() const
{
    QString text = QStringLiteral("low,high,count,mean_error\n");
    for (std::size_t bar = 0; bar < d->shown.counts.size(); ++bar) {
        const double left = d->shown.left(bar);
        text += QStringLiteral("%1,%2,%3,%4\n")
                    .arg(left, 0, 'g', 9).arg(left + d->shown.width, 0, 'g', 9).arg(d->shown.counts[bar], 0, 'f', 0)
                    .arg(meanOverBar(d->histogram, d->errorPerBin, d->shown, int(bar)), 0, 'g', 6);
    }
    return text;
}

void HistogramPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        updateColours();
}

void HistogramPlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    placeMessage();
    updateBars();
}

void HistogramPlot::keyPressEvent(QKeyEvent* event)
{
    const Range now = range();
    const double width = now.high - now.low, middle = (now.low + now.high) / 2;
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoom(0.7, middle); break;
    case Qt::Key_Minus: zoom(1 / 0.7, middle); break;
    case Qt::Key_Left: setRange(now.low - width / 8, now.high - width / 8); break;
    case Qt::Key_Right: setRange(now.low + width / 8, now.high + width / 8); break;
    case Qt::Key_Home:
    case Qt::Key_Escape: showAll(); break;
    default: QWidget::keyPressEvent(event);
    }
}

void HistogramPlot::contextMenuEvent(QContextMenuEvent* event)
{
    Q_EMIT contextMenuRequested(event->globalPos());
}

bool HistogramPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Leave)
        d->readOut->hide();
    // The rubber band belongs to the left button; the right one opens the menu.
    if (event->type() == QEvent::MouseButtonPress && static_cast<QMouseEvent*>(event)->button() == Qt::RightButton)
        return true;
    return QWidget::eventFilter(watched, event);
}

void HistogramPlot::zoom(double factor, double around)
{
    const Range now = range();
    setRange(around + (now.low - around) * factor, around + (now.high - around) * factor);
}

void HistogramPlot::updateColours()
{
    const Theme& theme = Theme::current();
    stylePlot(*d->plot);
    const QColor fill = d->kind == Kind::Weights ? theme.histogram : theme.error;
    d->bars->setBrush(fill);
    d->bars->setPen(Qt::NoPen);
    d->sticks->setPen(QPen(theme.error, 1.6));
    d->plot->selectionRect()->setPen(QPen(theme.accent));
    QColor band = theme.accent;
    band.setAlpha(40);
    d->plot->selectionRect()->setBrush(band);
    d->readOut->setStyleSheet(QStringLiteral("QLabel { background: %1; color: %2; border: 1px solid %3; border-radius: 6px; }")
                                  .arg(theme.surface.name(), theme.text.name(), theme.line.name()));
    d->message->setStyleSheet(QStringLiteral("QLabel { color: %1; background: transparent; }").arg(theme.muted.name()));
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

void HistogramPlot::updateBars()
{
    const Range visible = range();
    const int maxBars = std::max(20, d->plot->width() / kPixelsPerBar);
    d->shown = joinBins(d->histogram, visible.low, visible.high, maxBars);
    QVector<double> keys, values;
    for (std::size_t bar = 0; bar < d->shown.counts.size(); ++bar) {
        keys.append(d->shown.left(bar) + d->shown.width / 2);
        values.append(d->shown.counts[bar]);
    }
    const double highest = values.isEmpty() ? 1 : *std::max_element(values.begin(), values.end());
    updateValueAxis(highest);
    d->bars->setWidth(d->shown.width * 0.86);
    d->bars->setData(keys, values, true);
    const bool any = !keys.isEmpty();
    d->plot->xAxis->setVisible(any);
    const QString label = d->kind == Kind::Weights ? tr("value of a weight") : tr("error: quantized minus original");
    d->plot->xAxis->setLabel(height() >= kRoomForLabel ? label : QString());
    d->plot->yAxis->setVisible(any);
    d->plot->yAxis->setLabel(tr("weights"));
    updateSticks();
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

void HistogramPlot::updateValueAxis(double highest)
{
    QCPAxis* axis = d->plot->yAxis;
    d->bars->setBaseValue(d->logarithmic ? kLogBase : 0);
    if (d->logarithmic) {
        axis->setScaleType(QCPAxis::stLogarithmic);
        axis->setTicker(QSharedPointer<PowersOfTen>::create());
        axis->setNumberFormat(QStringLiteral("eb"));
        axis->setNumberPrecision(0);
        axis->setRange(kLogBase, std::max(highest, 1.0) * 1.6);
    } else {
        axis->setScaleType(QCPAxis::stLinear);
        axis->setTicker(QSharedPointer<QCPAxisTicker>::create());
        axis->setNumberFormat(QStringLiteral("f"));
        axis->setNumberPrecision(0);
        axis->setRange(0, highest * 1.06);
    }
}

void HistogramPlot::updateSticks()
{
    const Range visible = range();
    const auto first = std::lower_bound(d->levels.begin(), d->levels.end(), float(visible.low));
    const auto last = std::upper_bound(first, d->levels.end(), float(visible.high));
    d->shownSticks = last - first > kMostSticks ? 0 : int(last - first);
    QVector<double> keys, values;
    // Sticks are as high as the bars while they stand apart; close together they are short ticks on the ground, which leave
    // the bars readable. None is lower than a tick, so that levels outside the weights are seen too.
    const bool apart = d->shownSticks <= kMostHeads && d->shownSticks * kPixelsPerStick < d->plot->axisRect()->width();
    const QCPRange axis = d->plot->yAxis->range();
    const double least = d->logarithmic ? kLogBase * std::pow(axis.upper / kLogBase, 0.1) : axis.upper * 0.06;
    for (auto level = first; level != last && d->shownSticks > 0; ++level) {
        const int bar = d->shown.barAt(double(*level));
        keys.append(double(*level));
        values.append(std::max(least, bar < 0 || !apart ? 0 : d->shown.counts[std::size_t(bar)]));
    }
    d->sticks->setScatterStyle(apart ? QCPScatterStyle(QCPScatterStyle::ssDisc, 5) : QCPScatterStyle(QCPScatterStyle::ssNone));
    d->sticks->setPen(QPen(Theme::current().error, apart ? 1.6 : 1));
    d->sticks->setData(keys, values, true);
}

void HistogramPlot::placeMessage()
{
    d->message->setGeometry(d->plot->rect().adjusted(24, 8, -24, -8));
}

void HistogramPlot::showReadOut(const QPoint& position)
{
    const QString text = d->plot->axisRect()->rect().contains(position) ? readOut(d->plot->xAxis->pixelToCoord(position.x())) : QString();
    d->readOut->setVisible(!text.isEmpty());
    if (text.isEmpty())
        return;
    d->readOut->setText(text);
    d->readOut->adjustSize();
    const QRect room = d->plot->rect();
    QPoint at = position + QPoint(16, -d->readOut->height() - 8);
    if (at.x() + d->readOut->width() > room.right())
        at.setX(position.x() - 16 - d->readOut->width());
    at.setY(std::clamp(at.y(), 0, std::max(0, room.height() - d->readOut->height())));
    d->readOut->move(at);
}

}  // namespace halftone::app
