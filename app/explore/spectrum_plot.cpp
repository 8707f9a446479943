// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/spectrum_plot.h"

#include "app/widgets/format_text.h"
#include "app/widgets/plot_style.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/texts.h"
#include "app/widgets/theme.h"

#include <QContextMenuEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

struct Curve {
    QVector<double> counts{0}, percents{0};
};

Curve curveOf(const std::vector<double>& shares)
{
    Curve curve;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        curve.counts.append(double(i + 1));
        curve.percents.append(100 * shares[i]);
    }
    return curve;
}

constexpr double kShares[] = {0.5, 0.9, 0.99};
constexpr double kRadius = 4;
constexpr double kTop = 118;  // per cent: the last mark's k is written above it

/// The points of 50, 90 and 99 %, each with its k.
class Marks : public QCPAbstractItem {
public:
    explicit Marks(QCustomPlot* plot) : QCPAbstractItem(plot) { setClipToAxisRect(false); }

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

    struct Mark {
        double count, share;
    };
    std::vector<Mark> marks;
    QString errorName;  // of the second curve; empty where there is none

protected:
    void draw(QCPPainter* painter) override
    {
        const Theme& theme = Theme::current();
        painter->setAntialiasing(true);
        painter->setFont(mParentPlot->xAxis->tickLabelFont());
        const QFontMetrics metrics(painter->font());
        for (const Mark& mark : marks) {
            const QPointF at(mParentPlot->xAxis->coordToPixel(mark.count), mParentPlot->yAxis->coordToPixel(100 * mark.share));
            painter->setPen(QPen(theme.surface, 1));
            painter->setBrush(theme.error);
            painter->drawEllipse(at, kRadius, kRadius);
            painter->setPen(theme.text);
            // Above the curve, which is concave, and beside it: there is room.
            const QString text = QLocale().toString(int(mark.count));
            const double left = std::max(at.x() - kRadius - metrics.horizontalAdvance(text), double(mParentPlot->axisRect()->left() + 2));
            painter->drawText(QPointF(left, at.y() - kRadius - 1), text);
        }
        if (!errorName.isEmpty())
            drawLegend(painter, metrics);
    }

private:
    /// In the corner that no curve reaches.
    void drawLegend(QCPPainter* painter, const QFontMetrics& metrics) const
    {
        const Theme& theme = Theme::current();
        QRect line = mParentPlot->axisRect()->rect().adjusted(0, 0, -4, -4);
        line.setTop(line.bottom() - metrics.height());
        painter->setPen(theme.error);
        painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, SpectrumPlot::tr("error of %1").arg(errorName));
        line.translate(0, -metrics.height());
        painter->setPen(theme.histogram);
        painter->drawText(line, Qt::AlignRight | Qt::AlignVCenter, SpectrumPlot::tr("weights"));
    }
};

}  // namespace

struct SpectrumPlot::Private {
    QCustomPlot* plot = nullptr;
    QCPGraph* held = nullptr;
    QCPGraph* even = nullptr;
    QCPGraph* error = nullptr;
    Marks* marks = nullptr;
    QLabel* message = nullptr;
    inspect::Spectrum spectrum;
    std::vector<double> shares;
};

SpectrumPlot::SpectrumPlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>())
{
    setMinimumSize(160, 90);
    setAccessibleName(tr("Energy of the first singular values"));
    buildPlot();
    d->message = mutedLabel({}, d->plot);
    d->message->setAlignment(Qt::AlignCenter);
    d->message->setWordWrap(true);
    d->message->setAttribute(Qt::WA_TransparentForMouseEvents);
    d->message->hide();
    updateColours();
}

SpectrumPlot::~SpectrumPlot() = default;

void SpectrumPlot::buildPlot()
{
    d->plot = new QCustomPlot(this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(d->plot);
    d->plot->setLocale(locale());
    d->plot->axisRect()->setMinimumMargins(QMargins(32, 8, 12, 20));
    d->plot->setContextMenuPolicy(Qt::NoContextMenu);
    d->plot->setMouseTracking(true);
    d->plot->installEventFilter(this);
    d->plot->yAxis->setRange(0, kTop);
    d->plot->yAxis->setNumberFormat(QStringLiteral("f"));
    d->plot->yAxis->setNumberPrecision(0);
    d->plot->xAxis->setNumberFormat(QStringLiteral("f"));
    d->plot->xAxis->setNumberPrecision(0);
    d->plot->xAxis->setLabel(tr("first singular values"));
    d->plot->yAxis->setLabel(tr("energy, %"));
    d->even = d->plot->addGraph();
    d->held = d->plot->addGraph();
    d->error = d->plot->addGraph();
    d->marks = new Marks(d->plot);
}

void SpectrumPlot::setSpectrum(inspect::Spectrum spectrum)
{
    d->spectrum = std::move(spectrum);
    d->shares = d->spectrum.shares();
    d->message->hide();
    clearError();
    updatePlot();
}

void SpectrumPlot::setError(const inspect::Spectrum& spectrum, const QString& typeName)
{
    const Curve curve = curveOf(spectrum.shares());
    d->error->setData(curve.counts, curve.percents, true);
    d->marks->errorName = typeName;
    updatePlot();
}

void SpectrumPlot::clearError()
{
    d->error->data()->clear();
    d->marks->errorName.clear();
}

bool SpectrumPlot::hasError() const
{
    return !d->error->data()->isEmpty();
}

void SpectrumPlot::setMessage(const QString& message)
{
    d->message->setText(message);
    d->message->setVisible(!message.isEmpty());
    if (!message.isEmpty()) {
        d->spectrum = {};
        d->shares.clear();
        clearError();
    }
    updatePlot();
}

QString SpectrumPlot::message() const
{
    return d->message->isHidden() ? QString() : d->message->text();
}

int SpectrumPlot::markCount() const
{
    return int(d->marks->marks.size());
}

void SpectrumPlot::updatePlot()
{
    const Curve held = curveOf(d->shares);
    const double shown = double(d->shares.size()), all = std::max(1.0, double(d->spectrum.count));
    d->held->setData(held.counts, held.percents, true);
    d->even->setData({0, shown}, {0, 100 * shown / all}, true);
    d->marks->marks.clear();
    for (const double share : kShares)
        if (const auto count = d->spectrum.countFor(share))
            d->marks->marks.push_back({double(*count), d->shares[*count - 1]});
    const bool any = !d->shares.empty();
    for (QCPAxis* axis : {d->plot->xAxis, d->plot->yAxis})
        axis->setVisible(any);
    d->held->setVisible(any);
    d->even->setVisible(any);
    d->plot->xAxis->setRange(0, std::max(1.0, shown));
    setAccessibleDescription(any ? readOut(d->marks->marks.empty() ? d->shares.size() : std::size_t(d->marks->marks.back().count))
                                 : message());
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

QString SpectrumPlot::readOut(std::size_t count) const
{
    if (count == 0 || count > d->shares.size())
        return {};
    const QString text = tr("first %1 of %2: %3 % of the energy\nsingular value %4")
                             .arg(QLocale().toString(qulonglong(count)), QLocale().toString(qulonglong(d->spectrum.count)),
                                  QLocale().toString(100 * d->shares[count - 1], 'f', 1), numberText(d->spectrum.values[count - 1]));
    return d->spectrum.exact ? text : tr("%1\nan estimate").arg(text);
}

Chart SpectrumPlot::chart(const QString& name) const
{
    return {name, size(), [this](QPaintDevice& device, QSize size) { drawPlot(*d->plot, device, size); }, [this] { return csv(); }};
}

QString SpectrumPlot::csv() const
{
    QString text = QStringLiteral("count,singular_value,energy_share\n");
    for (std::size_t i = 0; i < d->shares.size(); ++i)
        text += QStringLiteral("%1,%2,%3\n").arg(i + 1).arg(d->spectrum.values[i], 0, 'g', 9).arg(d->shares[i], 0, 'g', 9);
    return text;
}

void SpectrumPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        updateColours();
}

void SpectrumPlot::updateColours()
{
    const Theme& theme = Theme::current();
    stylePlot(*d->plot);
    QColor fill = theme.histogram;
    fill.setAlphaF(0.3f);
    d->held->setPen(QPen(theme.histogram, 2));
    d->held->setBrush(fill);
    d->error->setPen(QPen(theme.error, 1.5));
    d->even->setPen(QPen(theme.muted, 1, Qt::DotLine));
    updatePlot();
}

void SpectrumPlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    d->message->setGeometry(d->plot->rect().adjusted(16, 8, -16, -8));
}

void SpectrumPlot::contextMenuEvent(QContextMenuEvent* event)
{
    Q_EMIT contextMenuRequested(event->globalPos());
}

bool SpectrumPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::MouseMove) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        const double count = std::round(d->plot->xAxis->pixelToCoord(mouse->position().x()));
        QToolTip::showText(mouse->globalPosition().toPoint(), count >= 1 ? readOut(std::size_t(count)) : QString(), d->plot);
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace halftone::app
