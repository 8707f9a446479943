// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/curve_plot.h"

#include "app/learn/number_texts.h"
#include "app/widgets/plot_style.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <functional>

namespace halftone::app {
namespace {

constexpr double kRoom = 1.12;  // above the highest point, for its label
constexpr double kRadius = 6;  // of the chosen point

QColor colourOf(CurvePlot::Ink ink)
{
    const Theme& theme = Theme::current();
    return ink == CurvePlot::Ink::Weights ? theme.accent : ink == CurvePlot::Ink::Error ? theme.error : theme.muted;
}

/// Names of points, each to the upper right of its own. The chosen one comes first; others that have no room are left out.
class Labels : public QCPAbstractItem {
public:
    Labels(QCustomPlot* plot, const QList<CurvePlot::Label>& labels) : QCPAbstractItem(plot), m_labels(labels)
    {
        setClipToAxisRect(false);
        std::ranges::stable_sort(m_labels, std::greater(), &CurvePlot::Label::chosen);
    }

    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

protected:
    void draw(QCPPainter* painter) override
    {
        const Theme& theme = Theme::current();
        QList<QRectF> taken;
        for (const CurvePlot::Label& label : m_labels) {
            const QPointF at(mParentPlot->xAxis->coordToPixel(label.x), mParentPlot->yAxis->coordToPixel(label.y));
            painter->setAntialiasing(true);
            if (label.chosen) {
                painter->setPen(Qt::NoPen);
                painter->setBrush(theme.error);
                painter->drawEllipse(at, kRadius, kRadius);
            }
            const QFont plain = mParentPlot->xAxis->tickLabelFont();
            painter->setFont(label.chosen ? strongFont(plain) : plain);
            const QSizeF size = QFontMetricsF(painter->font()).size(Qt::TextSingleLine, label.text);
            const double left = std::min(at.x() + kRadius, mParentPlot->width() - size.width() - 1);
            const QRectF place(QPointF(left, at.y() - kRadius - size.height()), size);
            if (std::ranges::any_of(taken, [&](const QRectF& other) { return other.intersects(place); }))
                continue;
            taken << place;
            painter->setPen(label.chosen ? theme.text : theme.muted);
            painter->drawText(place, Qt::AlignCenter, label.text);
        }
    }

private:
    QList<CurvePlot::Label> m_labels;
};

}  // namespace

CurvePlot::CurvePlot(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    m_plot->setLocale(locale());
    m_plot->axisRect()->setMinimumMargins(QMargins(44, 10, 16, 24));
    m_plot->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignLeft);
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis})
        axis->setNumberFormat(QStringLiteral("g"));
    m_plot->setMinimumSize(0, 0);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
}

void CurvePlot::setPicture(Picture picture)
{
    m_picture = std::move(picture);
    setAccessibleName(m_picture.up + QStringLiteral(" / ") + m_picture.across);
    QStringList points;
    for (const Label& label : m_picture.labels)
        points << QStringLiteral("%1: %2, %3").arg(label.text).arg(label.x, 0, 'g', 4).arg(label.y, 0, 'g', 4);
    setAccessibleDescription(points.join(QStringLiteral("; ")));
    draw();
}

void CurvePlot::draw()
{
    stylePlot(*m_plot);
    m_plot->clearPlottables();
    m_plot->clearItems();
    m_plot->xAxis->setLabel(m_picture.across);
    m_plot->yAxis->setLabel(m_picture.up);
    double high = 0, left = 0, right = 0;
    bool any = false;
    for (const Curve& curve : m_picture.curves) {
        if (curve.x.isEmpty())
            continue;
        addCurve(curve);
        high = std::max(high, *std::ranges::max_element(curve.y));
        left = any ? std::min(left, curve.x.first()) : curve.x.first();
        right = any ? std::max(right, curve.x.last()) : curve.x.last();
        any = true;
    }
    if (!m_picture.labels.isEmpty())
        new Labels(m_plot, m_picture.labels);  // the plot's
    const double room = m_picture.labels.isEmpty() ? 0 : right - left;  // labels stand to the right of their points
    m_plot->xAxis->setRange(left - 0.05 * room, right > left ? right + 0.2 * room : left + 1);
    m_plot->yAxis->setRange(0, high > 0 ? high * kRoom : 1);
    m_plot->legend->setVisible(m_picture.curves.size() > 1);
    m_plot->legend->setBrush(Theme::current().surface);
    m_plot->legend->setBorderPen(Qt::NoPen);
    m_plot->legend->setTextColor(Theme::current().text);
    m_plot->legend->setFont(m_plot->xAxis->tickLabelFont());
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::addCurve(const Curve& curve)
{
    QCPGraph* graph = m_plot->addGraph();
    graph->setName(curve.name);
    graph->setData(curve.x, curve.y, true);
    graph->setPen(QPen(colourOf(curve.ink), 2));
    if (curve.dotted)
        graph->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, 7));
}

QString CurvePlot::readOut(double x) const
{
    QStringList lines;
    for (const Curve& curve : m_picture.curves) {
        const auto nearest = std::ranges::min_element(curve.x, {}, [x](double each) { return std::abs(each - x); });
        if (nearest == curve.x.end())
            continue;
        if (lines.isEmpty())
            lines << m_picture.across + QStringLiteral(": ") + digitsText(*nearest);
        lines << (curve.name.isEmpty() ? m_picture.up : curve.name) + QStringLiteral(": ") + digitsText(curve.y[nearest - curve.x.begin()]);
    }
    return lines.join(QLatin1Char('\n'));
}

bool CurvePlot::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::MouseMove) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        QToolTip::showText(mouse->globalPosition().toPoint(), readOut(m_plot->xAxis->pixelToCoord(mouse->position().x())), m_plot);
    }
    return QWidget::eventFilter(watched, event);
}

void CurvePlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        draw();
}

}  // namespace halftone::app
