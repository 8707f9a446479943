// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/learn/bar_plot.h"

#include "app/learn/number_texts.h"
#include "app/widgets/plot_style.h"
#include "app/widgets/qcustomplot_header.h"
#include "app/widgets/theme.h"

#include <QMouseEvent>
#include <QToolTip>
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
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    updateColours();
}

void BarPlot::setPicture(Picture picture)
{
    m_picture = std::move(picture);
    setAccessibleName(m_picture.up + QStringLiteral(" / ") + m_picture.across);
    draw();
}

double BarPlot::spacing() const
{
    const auto& at = m_picture.at;
    return at.size() > 1 ? (at.last() - at.first()) / double(at.size() - 1) : 1;
}

qsizetype BarPlot::barAt(double place) const
{
    if (m_picture.at.isEmpty())
        return -1;
    const double index = std::round((place - m_picture.at.first()) / spacing());
    return index >= 0 && index < double(m_picture.height.size()) ? qsizetype(index) : -1;
}

QString BarPlot::readOut(double place) const
{
    const qsizetype bar = barAt(place);
    if (bar < 0)
        return {};
    return QStringLiteral("%1: %2\n%3: %4")
        .arg(m_picture.across, digitsText(m_picture.at[bar]), m_picture.up, digitsText(m_picture.height[bar]));
}

bool BarPlot::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::MouseMove) {
        auto* mouse = static_cast<QMouseEvent*>(event);
        QToolTip::showText(mouse->globalPosition().toPoint(), readOut(m_plot->xAxis->pixelToCoord(mouse->position().x())), m_plot);
    }
    return QWidget::eventFilter(watched, event);
}

void BarPlot::draw()
{
    const auto& at = m_picture.at;
    if (at.isEmpty())
        return;
    const double apart = spacing();
    const double highest = std::max(1e-9, *std::ranges::max_element(m_picture.height));
    m_bars->setWidth(apart * (at.size() > 64 ? 1.0 : 0.84));
    m_bars->setData(at, m_picture.height, true);
    QVector<double> heights;
    for (const double place : m_picture.sticks) {
        const qsizetype bar = barAt(place);
        heights << std::max((bar < 0 ? 0 : m_picture.height[bar]) + kOverBar * highest, kLeastStick * highest);
    }
    m_sticks->setData(m_picture.sticks, heights);
    m_plot->xAxis->setLabel(m_picture.across);
    m_plot->yAxis->setLabel(m_picture.up);
    m_plot->xAxis->setRange(at.first() - 2 * apart, at.last() + 2 * apart);
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
