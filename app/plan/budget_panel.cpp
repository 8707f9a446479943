// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/budget_panel.h"

#include "app/plan/plan_text.h"
#include "app/widgets/format_text.h"
#include "app/widgets/segmented.h"
#include "app/widgets/texts.h"
#include "app/window/forecast.h"
#include "app/window/workspace.h"
#include "core/model/model.h"
#include "core/plan/plan.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QSlider>

#include <algorithm>
#include <cmath>
#include <ranges>

namespace halftone::app {
namespace {

constexpr int kSteps = 1000;
enum Kinds { Size, Quality };

/// The smallest of the best files with at most this divergence; the largest when none is that good.
const Forecast::Point& smallestWithin(const QList<Forecast::Point>& frontier, double kld)
{
    const auto found = std::find_if(frontier.begin(), frontier.end(), [kld](const Forecast::Point& point) { return point.kld.kld <= kld; });
    return found == frontier.end() ? frontier.last() : *found;
}

/// The best file of at most so many bytes; the smallest when none is that small.
const Forecast::Point& bestWithin(const QList<Forecast::Point>& frontier, quint64 bytes)
{
    const auto after = std::find_if(frontier.begin(), frontier.end(), [bytes](const Forecast::Point& point) { return point.bytes > bytes; });
    return after == frontier.begin() ? frontier.first() : *std::prev(after);
}

/// The last one with a divergence above zero: the end of a logarithmic scale.
double leastDivergence(const QList<Forecast::Point>& frontier)
{
    const auto found = std::find_if(frontier.rbegin(), frontier.rend(), [](const Forecast::Point& point) { return point.kld.kld > 0; });
    return found == frontier.rend() ? 1e-9 : found->kld.kld;
}

}  // namespace

BudgetPanel::BudgetPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_kind(new Segmented({tr("File size"), tr("Quality")})), m_value(strongLabel({})), m_slider(new QSlider(Qt::Horizontal)), m_least(mutedLabel({})),
      m_most(mutedLabel({})), m_sentence(mutedLabel({})), m_reasons(mutedLabel({}))
{
    m_kind->setAccessibleName(tr("What the budget limits"));
    m_slider->setRange(0, kSteps);
    m_slider->setPageStep(kSteps / 20);
    m_slider->setAccessibleName(tr("Budget"));
    m_sentence->setWordWrap(true);
    m_value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_most->setAlignment(Qt::AlignRight);
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setVerticalSpacing(6);
    layout->addWidget(m_kind, 0, 0, Qt::AlignLeft);
    layout->addWidget(m_value, 0, 1);
    layout->addWidget(m_slider, 1, 0, 1, 2);
    layout->addWidget(m_least, 2, 0);
    layout->addWidget(m_most, 2, 1);
    layout->addWidget(m_sentence, 3, 0, 1, 2);
    m_reasons->setWordWrap(true);
    m_reasons->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto* scroll = new QScrollArea;
    scroll->setWidget(m_reasons);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->viewport()->setAutoFillBackground(false);
    m_reasons->setAutoFillBackground(false);
    scroll->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    layout->addWidget(scroll, 4, 0, 1, 2);
    layout->setRowStretch(4, 1);
    connect(m_slider, &QSlider::sliderPressed, this, [this] { ++m_strokes; });
    connect(m_slider, &QSlider::valueChanged, this, &BudgetPanel::slide);
    connect(m_kind, &Segmented::indexChanged, this, &BudgetPanel::refresh);
    connect(&workspace.forecast(), &Forecast::changed, this, &BudgetPanel::refresh);
    refresh();
}

void BudgetPanel::refresh()
{
    const Forecast& forecast = m_workspace.forecast();
    const bool ready = forecast.known() && !forecast.frontier().isEmpty() && forecast.own();
    for (QWidget* widget : {static_cast<QWidget*>(m_kind), static_cast<QWidget*>(m_value), static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_least), static_cast<QWidget*>(m_most)})
        widget->setVisible(ready);
    if (!ready) {
        m_sentence->setText(m_workspace.model() ? tr("Measure the sensitivity (above, under Quality) and drag a budget here: the best recipe for it follows at once.") : QString());
        m_reasons->clear();
        return;
    }
    const auto& frontier = forecast.frontier();
    if (m_kind->index() == Size) {
        m_value->setText(bytesText(m_workspace.plan().fileBytes));
        m_least->setText(bytesText(frontier.first().bytes));
        m_most->setText(bytesText(frontier.last().bytes));
    } else {
        m_value->setText(tr("KL %1").arg(numberText(forecast.own()->kld)));
        m_least->setText(tr("KL %1").arg(numberText(frontier.first().kld.kld)));
        m_most->setText(tr("KL %1").arg(numberText(leastDivergence(frontier))));
    }
    m_sentence->setText(comparison());
    m_reasons->setText(reasons());
    if (!m_slider->isSliderDown())
        follow();
}

/// The slider shows where the recipe is, wherever it came from.
void BudgetPanel::follow()
{
    const QScopedValueRollback guard(m_following, true);
    const Forecast& forecast = m_workspace.forecast();
    const quint64 chosen = forecast.chosenSize();
    m_slider->setValue(positionOf(chosen > 0 ? chosen : m_workspace.plan().fileBytes));
}

quint64 BudgetPanel::bytesAt(int position) const
{
    const auto& frontier = m_workspace.forecast().frontier();
    const double share = double(position) / kSteps;
    if (m_kind->index() == Size)
        return frontier.first().bytes + quint64(std::llround(share * double(frontier.last().bytes - frontier.first().bytes)));
    const double worst = std::log(frontier.first().kld.kld), best = std::log(leastDivergence(frontier));
    return smallestWithin(frontier, std::exp(worst + share * (best - worst)) * (1 + 1e-12)).bytes;
}

int BudgetPanel::positionOf(quint64 bytes) const
{
    const auto& frontier = m_workspace.forecast().frontier();
    const double least = double(frontier.first().bytes), most = double(frontier.last().bytes);
    if (m_kind->index() == Size)
        return most > least ? int(std::lround(kSteps * (double(bytes) - least) / (most - least))) : 0;
    const double worst = std::log(frontier.first().kld.kld), best = std::log(leastDivergence(frontier));
    const double kld = std::max(bestWithin(frontier, bytes).kld.kld, std::exp(best));
    return worst > best ? int(std::lround(kSteps * (worst - std::log(kld)) / (worst - best))) : 0;
}

void BudgetPanel::slide(int position)
{
    if (m_following || m_workspace.forecast().frontier().isEmpty())
        return;
    m_workspace.forecast().chooseSize(bytesAt(position), QStringLiteral("budget-%1").arg(m_strokes));
}

/// The exchanges that matter most: what the main type would do to tensors that have another.
QString BudgetPanel::reasons() const
{
    constexpr std::size_t kMost = 6;
    const auto all = m_workspace.forecast().reasons();
    QStringList lines;
    for (const plan::Explanation& reason : all | std::views::take(kMost)) {
        const QString part = reason.firstLayer < 0                    ? roleText(reason.role)
                             : reason.firstLayer == reason.lastLayer ? tr("%1 of layer %2").arg(roleText(reason.role)).arg(reason.firstLayer)
                                                                     : tr("%1 of layers %2–%3").arg(roleText(reason.role)).arg(reason.firstLayer).arg(reason.lastLayer);
        const QString type = typeText(reason.type), instead = typeText(reason.instead);
        lines << (reason.bytesSaved > 0 ? tr("%1 keeps %2: %3 would save %4 and cost %5 more.").arg(part, type, instead, bytesText(quint64(reason.bytesSaved)), numberText(reason.error))
                                        : tr("%1 makes do with %2: %3 would take %4 more and win back only %5.").arg(part, type, instead, bytesText(quint64(-reason.bytesSaved)), numberText(-reason.error)));
    }
    return lines.join(QLatin1Char('\n'));
}

/// What the recipe is worth beside the preset of about its size.
QString BudgetPanel::comparison() const
{
    const Forecast& forecast = m_workspace.forecast();
    const auto& presets = forecast.presets();
    const quint64 bytes = m_workspace.plan().fileBytes;
    const auto distance = [bytes](const Forecast::Point& point) { return point.bytes > bytes ? point.bytes - bytes : bytes - point.bytes; };
    const auto nearest = std::min_element(presets.begin(), presets.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    if (nearest == presets.end() || nearest->kld.kld <= 0)
        return {};
    const Forecast::Point& best = bestWithin(forecast.frontier(), nearest->bytes);
    return tr("At the %1 of %2 the best recipe is predicted at KL %3 instead of %4 (%5 %).")
        .arg(bytesText(nearest->bytes), nearest->name, numberText(best.kld.kld), numberText(nearest->kld.kld), QLocale().toString(int(std::lround(100 * (best.kld.kld / nearest->kld.kld - 1)))));
}

}  // namespace halftone::app
