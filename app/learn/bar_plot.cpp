// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/bar_plot.h"

#include "app/widgets/plot_style.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

#include <QEvent>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

constexpr double kLeastStick = 0.06;  // of the highest bar: a level that few weights use is seen too
constexpr double kOverBar = 0.03;

}  // namespace

BarPlot::BarPlot(QWidget* parent) : QWidget(parent), m_plot(new QCustomPlot(this))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    m_plot->setLocale(locale());
    m_plot->axisRect()->setMinimumMargins(QMargins(40, 10, 16, 24));
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis})
        axis->setNumberFormat(QStringLiteral("g"));
    m_bars = new QCPBars(m_plot->xAxis, m_plot->yAxis);  // the plot's
    m_sticks = m_plot->addGraph();
    m_sticks->setLineStyle(QCPGraph::lsImpulse);
    m_plot->setMinimumSize(0, 0);
    updateColours();
}

void BarPlot::setPicture(Picture picture)
{
    m_picture = std::move(picture);
    setAccessibleName(m_picture.up + QStringLiteral(" / ") + m_picture.across);
    draw();
}

double BarPlot::heightAt(double place, double spacing) const
{
    const auto index = qsizetype(std::lround((place - m_picture.at.first()) / spacing));
    return index >= 0 && index < m_picture.height.size() ? m_picture.height[index] : 0;
}

void BarPlot::draw()
{
    const auto& at = m_picture.at;
    if (at.isEmpty())
        return;
    const double spacing = at.size() > 1 ? (at.last() - at.first()) / double(at.size() - 1) : 1;
    const double highest = std::max(1e-9, *std::ranges::max_element(m_picture.height));
    m_bars->setWidth(spacing * (at.size() > 64 ? 1.0 : 0.84));
    m_bars->setData(at, m_picture.height, true);
    QVector<double> heights;
    for (const double place : m_picture.sticks)
        heights << std::max(heightAt(place, spacing) + kOverBar * highest, kLeastStick * highest);
    m_sticks->setData(m_picture.sticks, heights);
    m_plot->xAxis->setLabel(m_picture.across);
    m_plot->yAxis->setLabel(m_picture.up);
    m_plot->xAxis->setRange(at.first() - 2 * spacing, at.last() + 2 * spacing);
    m_plot->yAxis->setRange(0, highest * 1.08);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void BarPlot::updateColours()
{
    const Theme& theme = Theme::current();
    stylePlot(*m_plot);
    m_bars->setPen(Qt::NoPen);
    m_bars->setBrush(theme.histogram);
    m_sticks->setPen(QPen(theme.error, 1.6));
    m_sticks->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssDisc, theme.error, theme.error, 6));
}

void BarPlot::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        updateColours();
        draw();
    }
}

}  // namespace halftone::app
