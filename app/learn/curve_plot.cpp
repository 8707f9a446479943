// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/curve_plot.h"

#include "app/widgets/plot_style.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

#include <QEvent>
#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr double kRoom = 1.12;  // above the highest point, for its label

QColor colourOf(CurvePlot::Ink ink)
{
    const Theme& theme = Theme::current();
    return ink == CurvePlot::Ink::Weights ? theme.accent : ink == CurvePlot::Ink::Error ? theme.error : theme.muted;
}

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
    for (const Label& label : m_picture.labels)
        addLabel(label);
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

void CurvePlot::addLabel(const Label& label)
{
    const Theme& theme = Theme::current();
    auto* text = new QCPItemText(m_plot);  // the plot's
    text->position->setCoords(label.x, label.y);
    text->setPositionAlignment(Qt::AlignBottom | Qt::AlignLeft);
    text->setPadding(QMargins(6, 0, 0, 5));
    text->setText(label.text);
    text->setFont(label.chosen ? strongFont(font()) : m_plot->xAxis->tickLabelFont());
    text->setColor(label.chosen ? theme.text : theme.muted);
    text->setClipToAxisRect(false);
    if (!label.chosen)
        return;
    QCPGraph* dot = m_plot->addGraph();
    dot->setData({label.x}, {label.y});
    dot->setPen(QPen(theme.error, 2));
    dot->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme.error, theme.error, 13));
    dot->removeFromLegend();
}

void CurvePlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        draw();
}

}  // namespace halftone::app
