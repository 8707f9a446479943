// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/budget_panel.h"

#include "app/plan/plan_text.h"
#include "app/widgets/flow_layout.h"
#include "app/widgets/format_text.h"
#include "app/widgets/segmented.h"
#include "app/widgets/texts.h"
#include "app/window/type_speeds.h"
#include "app/window/workspace.h"
#include "core/model/model.h"
#include "core/plan/plan.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QScrollArea>
#include <QSlider>
#include <QSpinBox>

#include <algorithm>
#include <cmath>
#include <ranges>

namespace halftone::app {
namespace {

constexpr int kSteps = 1000;
constexpr int kUsualContext = 4096, kMostContext = 1 << 24;

/// The best file of at most so many bytes; the smallest when none is that small.
const Forecast::Point& bestWithin(const QList<Forecast::Point>& frontier, quint64 bytes)
{
    const auto after = std::find_if(frontier.begin(), frontier.end(), [bytes](const Forecast::Point& point) { return point.bytes > bytes; });
    return after == frontier.begin() ? frontier.first() : *std::prev(after);
}

/// With a minus sign, not a hyphen.
QString signedText(int number)
{
    return number < 0 ? QStringLiteral("−%1").arg(-number) : QString::number(number);
}

QLabel* wrapped(QLabel* label)
{
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    return label;
}

}  // namespace

BudgetPanel::BudgetPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_kind(new Segmented({tr("File size"), tr("Memory"), tr("Speed"), tr("Quality")}, this)),
      m_slider(new QSlider(Qt::Horizontal)),
      m_least(mutedLabel({})),
      m_value(strongLabel({})),
      m_most(mutedLabel({})),
      m_figures(wrapped(new QLabel)),
      m_sentence(wrapped(mutedLabel({}))),
      m_reasons(wrapped(mutedLabel({})))
{
    m_kind->setAccessibleName(tr("What the budget limits"));
    m_slider->setRange(0, kSteps);
    m_slider->setPageStep(kSteps / 20);
    m_slider->setAccessibleName(tr("Budget"));
    m_value->setAlignment(Qt::AlignCenter);
    m_most->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_figures->setObjectName(QStringLiteral("budgetFigures"));
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setVerticalSpacing(4);
    layout->addWidget(m_slider, 0, 0, 1, 3);
    layout->addWidget(m_least, 1, 0);
    layout->addWidget(m_value, 1, 1);
    layout->addWidget(m_most, 1, 2);
    layout->addWidget(buildOptions(), 2, 0, 1, 3);
    layout->addWidget(buildText(), 3, 0, 1, 3);
    layout->setColumnStretch(1, 1);
    layout->setRowStretch(3, 1);
    connectAll();
    resetContext();
    refresh();
}

QWidget* BudgetPanel::kinds() const
{
    return m_kind;
}

QWidget* BudgetPanel::buildOptions()
{
    m_options = new QWidget;
    m_context = new QSpinBox;
    m_context->setRange(1, kMostContext);
    m_context->setSingleStep(1024);
    m_context->setGroupSeparatorShown(true);
    m_context->setKeyboardTracking(false);
    m_context->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_context->setPrefix(tr("context ", "before a number of tokens"));
    m_context->setToolTip(tr("Tokens of a text that the memory shall hold beside the weights"));
    m_context->setAccessibleName(tr("Context, tokens"));
    m_onlyFast = new QCheckBox(tr("only types that run fast here"));
    m_onlyFast->setToolTip(tr("Types of fewer bits that take longer than eight bits on this machine are not chosen"));
    m_measureSpeed = new QPushButton;
    m_measureSpeed->setToolTip(tr("How fast this machine runs each type; some seconds, best while nothing else works"));
    auto* row = new FlowLayout;
    m_options->setLayout(row);
    row->setContentsMargins(0, 0, 0, 0);
    for (QWidget* widget : {static_cast<QWidget*>(m_context), static_cast<QWidget*>(m_measureSpeed), static_cast<QWidget*>(m_onlyFast)})
        row->addWidget(widget);
    return m_options;
}

QWidget* BudgetPanel::buildText()
{
    auto* text = new QWidget;
    auto* layout = new QVBoxLayout(text);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    for (QLabel* label : {m_figures, m_sentence, m_reasons})
        layout->addWidget(label);
    layout->addStretch();
    auto* scroll = new QScrollArea;
    scroll->setWidget(text);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->viewport()->setAutoFillBackground(false);
    text->setAutoFillBackground(false);
    scroll->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    return scroll;
}

void BudgetPanel::connectAll()
{
    Forecast& forecast = m_workspace.forecast();
    connect(m_slider, &QSlider::sliderPressed, this, [this] { ++m_strokes; });
    connect(m_slider, &QSlider::valueChanged, this, &BudgetPanel::slide);
    connect(m_kind, &Segmented::indexChanged, this, &BudgetPanel::refresh);
    connect(m_context, &QSpinBox::valueChanged, this, &BudgetPanel::refresh);
    connect(m_onlyFast, &QCheckBox::toggled, &forecast, &Forecast::setOnlyFastTypes);
    connect(m_measureSpeed, &QPushButton::clicked, &m_workspace.speeds(), &TypeSpeeds::measure);
    connect(&m_workspace.speeds(), &TypeSpeeds::progressed, this, &BudgetPanel::refresh);
    connect(&forecast, &Forecast::changed, this, &BudgetPanel::refresh);
    connect(&m_workspace, &Workspace::modelChanged, this, &BudgetPanel::resetContext);
}

/// The usual one, or what the model was trained for where that is shorter.
void BudgetPanel::resetContext()
{
    const auto model = m_workspace.model();
    const auto trained = model ? model->metadata().integer(model->architecture() + ".context_length") : std::nullopt;
    m_context->setValue(int(std::clamp<std::int64_t>(trained.value_or(kUsualContext), 1, kUsualContext)));
}

BudgetKind BudgetPanel::kind() const
{
    return BudgetKind(m_kind->index());
}

double BudgetPanel::cacheBytes() const
{
    return m_workspace.forecast().cacheBytes(std::size_t(m_context->value())).value_or(0);
}

/// Empty while what the budget needs is not known.
std::optional<BudgetScale> BudgetPanel::scale() const
{
    const Forecast& forecast = m_workspace.forecast();
    const auto& frontier = kind() == BudgetKind::Speed ? forecast.speedFrontier() : forecast.frontier();
    if (!forecast.known() || !forecast.own() || frontier.isEmpty())
        return std::nullopt;
    return BudgetScale(kind(), frontier, cacheBytes());
}

void BudgetPanel::refresh()
{
    const Forecast& forecast = m_workspace.forecast();
    const bool ready = forecast.known() && forecast.own(), timed = !m_workspace.speeds().current().empty();
    m_kind->setEnabled(ready);
    const bool context = kind() == BudgetKind::Memory && forecast.cacheBytes(1), speed = kind() == BudgetKind::Speed;
    const bool onlyFast = timed && (speed || m_onlyFast->isChecked());   // never on without a sign of it
    m_options->setVisible(ready && (context || speed || onlyFast));
    m_context->setVisible(context);
    m_measureSpeed->setVisible(speed);
    m_onlyFast->setVisible(onlyFast);
    const bool measuring = m_workspace.speeds().measuring();
    m_measureSpeed->setEnabled(!measuring);
    m_measureSpeed->setText(measuring ? tr("Measuring...") : timed ? tr("Measure speed again") : tr("Measure speed"));
    showScale();
    m_figures->setVisible(ready);
    m_figures->setText(ready ? figures() : QString());
    m_sentence->setText(ready && scale() ? comparison() : missing());
    m_reasons->setText(ready ? reasons() : QString());
}

void BudgetPanel::showScale()
{
    const auto scale = this->scale();
    for (QWidget* widget : {static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_least), static_cast<QWidget*>(m_value), static_cast<QWidget*>(m_most)})
        widget->setVisible(scale.has_value());
    if (!scale)
        return;
    m_least->setText(scale->text(scale->first()));
    m_value->setText(scale->text(ownValue(*scale)));
    m_most->setText(scale->text(scale->last()));
    if (!m_slider->isSliderDown())
        follow();
}

/// What the budget waits for.
QString BudgetPanel::missing() const
{
    if (!m_workspace.model())
        return {};
    if (!m_workspace.forecast().known())
        return tr("Measure the sensitivity (above, under Quality) and drag a budget here: the best recipe for it follows at once.");
    if (kind() == BudgetKind::Speed && m_workspace.speeds().current().empty())
        return tr("Measure how fast this machine runs each type, and drag a speed here.");
    return {};
}

double BudgetPanel::ownValue(const BudgetScale& scale) const
{
    const plan::Plan& plan = m_workspace.plan();
    const Forecast& forecast = m_workspace.forecast();
    return scale.valueOf(Forecast::Point{{}, plan.fileBytes, *forecast.own(), plan.tensorBytes, forecast.secondsPerToken().value_or(0)});
}

/// The slider shows where the recipe is, wherever it came from.
void BudgetPanel::follow()
{
    const QScopedValueRollback guard(m_following, true);
    const auto scale = this->scale();
    const auto& chosen = m_workspace.forecast().chosen();
    const auto wanted = chosen ? scale->valueOf(*chosen, m_workspace.forecast().fit()) : std::nullopt;
    m_slider->setValue(int(std::lround(kSteps * scale->shareOf(wanted.value_or(ownValue(*scale))))));
}

void BudgetPanel::slide(int position)
{
    const auto scale = this->scale();
    if (m_following || !scale)
        return;
    Forecast& forecast = m_workspace.forecast();
    forecast.choose(scale->budgetOf(scale->valueAt(double(position) / kSteps), forecast.fit()), QStringLiteral("budget-%1").arg(m_strokes));
}

/// What the recipe is worth, in every respect that is known.
QString BudgetPanel::figures() const
{
    const Forecast& forecast = m_workspace.forecast();
    const plan::Plan& plan = m_workspace.plan();
    const sense::Prediction kld = *forecast.own();
    QStringList parts{bytesText(plan.fileBytes), bitsPerWeightText(plan.bitsPerWeight)};
    parts << tr("KL %1 (%2–%3)").arg(numberText(kld.kld), numberText(kld.low), numberText(kld.high));
    // The mean loss grows by the divergence where the text is what the original expects.
    const double factor = std::exp(kld.kld);
    if (const auto base = forecast.basePerplexity())
        parts << tr("perplexity %1 instead of %2").arg(numberText(*base * factor), numberText(*base));
    else
        parts << tr("perplexity +%1 %").arg(QLocale().toString(100 * (factor - 1), 'g', 2));
    if (forecast.cacheBytes(1))
        parts << tr("%1 of memory").arg(bytesText(quint64(double(plan.tensorBytes) + cacheBytes())));
    if (const auto seconds = forecast.secondsPerToken())
        parts << speedOf(*seconds);
    return parts.join(QStringLiteral(" · "));
}

/// With the name of what computes; a part of a model too large for a device is computed elsewhere, at a speed that is not known.
QString BudgetPanel::speedOf(double secondsPerToken) const
{
    const TypeSpeeds& speeds = m_workspace.speeds();
    const auto room = speeds.roomBytes();
    if (room && double(m_workspace.plan().tensorBytes) + cacheBytes() > double(*room))
        return tr("does not fit on %1").arg(speeds.place());
    return tr("about %1 on %2", "speed, what computes").arg(speedText(1 / secondsPerToken), speeds.place());
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
        .arg(bytesText(nearest->bytes), nearest->name, numberText(best.kld.kld), numberText(nearest->kld.kld), signedText(int(std::lround(100 * (best.kld.kld / nearest->kld.kld - 1)))));
}

}  // namespace halftone::app
