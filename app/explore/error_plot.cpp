// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/error_plot.h"

#include "app/widgets/format_text.h"
#include "app/widgets/plot_style.h"
#include "app/widgets/point_names.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

#include <QLabel>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

constexpr double kReach = 11;       // pixels around a point that belong to it
constexpr double kRadius = 5;

double bitsOf(const TypeError& error)
{
    return quant::info(error.type).bitsPerWeight();
}

/// Noise below the signal; a type that changes nothing has no place on a logarithmic axis.
double decibels(const TypeError& error)
{
    return -error.distortion.snrDb;
}

QString nameOf(quant::Type type)
{
    const auto name = quant::name(type);
    return QString::fromLatin1(name.data(), qsizetype(name.size()));
}

/// All points with their names, drawn at once: names must know of each other to keep apart.
class Points : public QCPAbstractItem {
public:
    explicit Points(QCustomPlot* plot) : QCPAbstractItem(plot) { setClipToAxisRect(false); }

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

    QPointF position(const TypeError& error) const
    {
        return {mParentPlot->xAxis->coordToPixel(bitsOf(error)), mParentPlot->yAxis->coordToPixel(decibels(error))};
    }

    std::vector<TypeError> errors;   // finite ones only, in order of bits
    std::optional<quant::Type> chosen;

protected:
    void draw(QCPPainter* painter) override
    {
        const Theme& theme = Theme::current();
        drawFrontier(painter, theme);
        painter->setAntialiasing(true);
        for (const TypeError& error : errors) {
            const bool ringed = chosen == error.type;
            painter->setPen(QPen(ringed ? theme.text : theme.muted, ringed ? 2 : 0.8));
            painter->setBrush(theme.bits(quant::info(error.type).bits));
            painter->drawEllipse(position(error), ringed ? kRadius + 1.5 : kRadius, ringed ? kRadius + 1.5 : kRadius);
        }
        drawNames(painter, theme);
    }

private:
    /// The types that no other beats in both size and error, joined by a dotted line.
    void drawFrontier(QCPPainter* painter, const Theme& theme) const
    {
        QPolygonF line;
        double best = INFINITY;
        for (std::size_t i = 0; i < errors.size(); ++i) {
            const bool beaten = i + 1 < errors.size() && bitsOf(errors[i + 1]) == bitsOf(errors[i]) && decibels(errors[i + 1]) < decibels(errors[i]);
            if (beaten || decibels(errors[i]) >= best)
                continue;
            best = decibels(errors[i]);
            line << position(errors[i]);
        }
        painter->setAntialiasing(true);
        painter->setPen(QPen(theme.muted, 1, Qt::DotLine));
        painter->drawPolyline(line);
    }

    void drawNames(QCPPainter* painter, const Theme& theme) const
    {
        painter->setFont(mParentPlot->xAxis->tickLabelFont());
        painter->setPen(theme.text);
        PointNames names(kRadius, mParentPlot->viewport());
        for (const TypeError& error : errors)
            names.addPoint(position(error));
        // The chosen type is named first: it may not lose its name to a neighbour.
        std::vector<const TypeError*> order;
        for (const TypeError& error : errors)
            order.insert(error.type == chosen ? order.begin() : order.end(), &error);
        for (const TypeError* error : order)
            names.draw(*painter, position(*error), nameOf(error->type));
    }
};

}  // namespace

struct ErrorPlot::Private {
    QCustomPlot* plot = nullptr;
    Points* points = nullptr;
    QLabel* message = nullptr;
};

ErrorPlot::ErrorPlot(QWidget* parent) : QWidget(parent), d(std::make_unique<Private>())
{
    setMinimumSize(180, 120);
    setAccessibleName(tr("Error against bits"));
    d->plot = new QCustomPlot(this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(d->plot);
    d->plot->setLocale(locale());
    d->plot->axisRect()->setMinimumMargins(QMargins(32, 6, 8, 20));
    d->plot->setContextMenuPolicy(Qt::NoContextMenu);
    d->plot->setMouseTracking(true);
    d->plot->installEventFilter(this);
    d->plot->xAxis->setLabel(tr("bits per weight"));
    d->points = new Points(d->plot);
    d->message = new QLabel(d->plot);
    d->message->setAlignment(Qt::AlignCenter);
    d->message->setWordWrap(true);
    d->message->setAttribute(Qt::WA_TransparentForMouseEvents);
    d->message->hide();
    updateColours();
    updateAxes();
}

ErrorPlot::~ErrorPlot() = default;

void ErrorPlot::setErrors(std::vector<TypeError> errors)
{
    std::erase_if(errors, [](const TypeError& error) { return !std::isfinite(error.distortion.snrDb); });
    d->points->errors = std::move(errors);
    d->message->hide();
    updateAxes();
}

void ErrorPlot::setChosen(std::optional<quant::Type> type)
{
    d->points->chosen = type;
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

void ErrorPlot::setMessage(const QString& message)
{
    d->message->setText(message);
    d->message->setVisible(!message.isEmpty());
    if (!message.isEmpty())
        d->points->errors.clear();
    updateAxes();
}

QString ErrorPlot::message() const
{
    return d->message->isHidden() ? QString() : d->message->text();
}

std::optional<QPoint> ErrorPlot::pointOf(quant::Type type) const
{
    for (const TypeError& error : d->points->errors)
        if (error.type == type)
            return d->points->position(error).toPoint();
    return std::nullopt;
}

Chart ErrorPlot::chart(const QString& name) const
{
    return {name, size(), [this](QPaintDevice& device, QSize size) { drawPlot(*d->plot, device, size); }, [this] { return csv(); }};
}

QString ErrorPlot::csv() const
{
    QString text = QStringLiteral("type,bits_per_weight,rmse,snr_db,cosine,max_error\n");
    for (const TypeError& error : d->points->errors) {
        const auto& distortion = error.distortion;
        text += QStringLiteral("%1,%2,%3,%4,%5,%6\n").arg(nameOf(error.type)).arg(bitsOf(error)).arg(distortion.rmse, 0, 'g', 7)
                    .arg(distortion.snrDb, 0, 'f', 3).arg(distortion.cosine, 0, 'g', 9).arg(distortion.maxError, 0, 'g', 7);
    }
    return text;
}

void ErrorPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        updateColours();
}

void ErrorPlot::updateColours()
{
    stylePlot(*d->plot);
    d->message->setStyleSheet(QStringLiteral("QLabel { color: %1; background: transparent; }").arg(Theme::current().muted.name()));
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

void ErrorPlot::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    d->message->setGeometry(d->plot->rect().adjusted(16, 8, -16, -8));
}

void ErrorPlot::contextMenuEvent(QContextMenuEvent* event)
{
    Q_EMIT contextMenuRequested(event->globalPos());
}

bool ErrorPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::MouseMove || event->type() == QEvent::MouseButtonRelease) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        const auto error = errorAt(mouse->position().toPoint());
        d->plot->setCursor(error ? Qt::PointingHandCursor : Qt::ArrowCursor);
        if (error && event->type() == QEvent::MouseButtonRelease && mouse->button() == Qt::LeftButton)
            Q_EMIT typeClicked(error->type);
        else if (error)
            QToolTip::showText(mouse->globalPosition().toPoint(),
                               tr("%1, %2\nRMSE %3 · signal / noise %4 dB\nClick to choose it").arg(nameOf(error->type), bitsPerWeightText(bitsOf(*error)), numberText(error->distortion.rmse))
                                   .arg(locale().toString(error->distortion.snrDb, 'f', 1)), d->plot);
        else
            QToolTip::hideText();
    }
    return QWidget::eventFilter(watched, event);
}

std::optional<TypeError> ErrorPlot::errorAt(const QPoint& position) const
{
    std::optional<TypeError> nearest;
    double best = kReach;
    for (const TypeError& error : d->points->errors) {
        const QPointF distance = d->points->position(error) - position;
        if (const double length = std::hypot(distance.x(), distance.y()); length < best) {
            best = length;
            nearest = error;
        }
    }
    return nearest;
}

void ErrorPlot::updateAxes()
{
    double low = 0, high = -INFINITY, most = 8;
    for (const TypeError& error : d->points->errors) {
        low = std::min(low, decibels(error));
        high = std::max(high, decibels(error));
        most = std::max(most, bitsOf(error));
    }
    const bool any = !d->points->errors.empty();
    d->plot->xAxis->setVisible(any);
    d->plot->yAxis->setVisible(any);
    if (any) {
        d->plot->xAxis->setRange(0.5, most + 1.5);
        d->plot->yAxis->setRange(low - 5, std::max(1.0, high + 4));
        d->plot->xAxis->setNumberFormat(QStringLiteral("gb"));
    }
    d->plot->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace halftone::app
