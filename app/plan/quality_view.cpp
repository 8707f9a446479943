// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/quality_view.h"

#include "app/plan/frontier_plot.h"
#include "app/widgets/format_text.h"
#include "app/widgets/placement_text.h"
#include "app/widgets/segmented.h"
#include "app/widgets/texts.h"
#include "app/window/devices.h"
#include "app/window/forecast.h"
#include "app/window/workspace.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/plan.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace halftone::app {
namespace {

enum Pages { Question, Plot };

QLabel* wrappedLabel()
{
    QLabel* label = mutedLabel({});
    label->setWordWrap(true);
    return label;
}

}  // namespace

QualityView::QualityView(Workspace& workspace, QWidget* parent) : QStackedWidget(parent), m_workspace(workspace)
{
    if (const auto sample = Workspace::samplePath(); !sample.empty())
        m_text = sample.parent_path() / "calibration.txt";
    addWidget(buildQuestion());
    addWidget(buildPlot());
    connect(&workspace, &Workspace::modelChanged, this, [this] {
        m_asking = false;
        m_problem->clear();
    });
    connect(&workspace.forecast(), &Forecast::changed, this, &QualityView::refresh);
    connect(&workspace.forecast(), &Forecast::failed, this, [this](const QString& reason) {
        m_problem->setText(reason);
        m_note->setText(reason);
        m_measure->setEnabled(true);
    });
    showLevel();
    refresh();
}

QWidget* QualityView::buildQuestion()
{
    auto* page = new QWidget;
    m_levels = new Segmented({tr("Weights"), tr("Activations"), tr("Output")});
    m_levels->setAccessibleName(tr("What the sensitivity is measured on"));
    m_levelText = wrappedLabel();
    m_textName = mutedLabel({});
    m_textButton = new QPushButton(tr("Text..."));
    m_measure = new QPushButton(tr("Measure sensitivity"));
    m_measure->setProperty("primary", true);
    m_back = new QPushButton(tr("Back"));
    m_problem = wrappedLabel();
    QLabel* why = wrappedLabel();
    why->setText(tr("Once it is known how much each tensor suffers from fewer bits, this shows quality against size, and the budget below finds the best recipe for any size."));
    auto* levels = new QHBoxLayout;
    levels->addWidget(m_levels);
    levels->addStretch();
    auto* text = new QHBoxLayout;
    text->addWidget(m_textButton);
    text->addWidget(m_textName, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_measure);
    buttons->addWidget(m_back);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(why);
    layout->addLayout(levels);
    layout->addWidget(m_levelText);
    layout->addLayout(text);
    layout->addLayout(buttons);
    layout->addWidget(m_problem);
    layout->addStretch();
    connect(m_levels, &Segmented::indexChanged, this, &QualityView::showLevel);
    connect(m_textButton, &QPushButton::clicked, this, &QualityView::chooseText);
    connect(m_measure, &QPushButton::clicked, this, &QualityView::measure);
    connect(m_back, &QPushButton::clicked, this, [this] {
        m_asking = false;
        refresh();
    });
    return page;
}

QWidget* QualityView::buildPlot()
{
    auto* page = new QWidget;
    m_plot = new FrontierPlot;
    m_note = wrappedLabel();
    m_truth = new QPushButton(tr("Measure it"));
    connect(&m_workspace.devices(), &Devices::changed, this, &QualityView::showDevice);
    showDevice();
    auto* again = new QPushButton(tr("Sensitivity..."));
    again->setToolTip(tr("Measure the sensitivity at another level or on another text"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_truth);
    buttons->addWidget(again);
    buttons->addStretch();
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(m_plot, 1);
    layout->addWidget(m_note);
    layout->addLayout(buttons);
    connect(m_truth, &QPushButton::clicked, &m_workspace.forecast(), &Forecast::measureRecipe);
    connect(again, &QPushButton::clicked, this, [this] {
        m_asking = true;
        refresh();
    });
    connect(m_plot, &FrontierPlot::presetClicked, &m_workspace, &Workspace::applyBase);
    connect(m_plot, &FrontierPlot::contextMenuRequested, this, [this](const QPoint& position) { showChartMenu(this, position, m_plot->chart(tr("quality"))); });
    connect(m_plot, &FrontierPlot::sizeClicked, this, [this](quint64 bytes) {
        m_stroke = QStringLiteral("frontier-%1").arg(++m_strokes);
        chooseSize(bytes);
    });
    connect(m_plot, &FrontierPlot::sizeDragged, this, &QualityView::chooseSize);
    return page;
}

void QualityView::showDevice()
{
    const DeviceTarget target = m_workspace.devices().target();
    m_truth->setToolTip(tr("What the recipe's KL divergence really is, on held-out text; a square in the plot") + QLatin1Char('\n')
                        + tr("Measured %1").arg(onDeviceText(target.index ? target.name : QString())));
}

sense::Level QualityView::chosenLevel() const
{
    return sense::Level(m_levels->index());
}

void QualityView::showLevel()
{
    switch (chosenLevel()) {
    case sense::Level::Weights: m_levelText->setText(tr("How far the weights themselves move. Takes about as long as quantizing to every type; works on every model.")); break;
    case sense::Level::Activations: m_levelText->setText(tr("How far each matrix's output moves on a text. Needs a model that can run here.")); break;
    case sense::Level::Output: m_levelText->setText(tr("How far the predicted next words move when one tensor alone is quantized. The most telling, and the slowest: minutes on a small model, hours on a large one. Goes on where it was stopped.")); break;
    }
    const bool needsText = chosenLevel() != sense::Level::Weights;
    m_textButton->setVisible(needsText);
    m_textName->setVisible(needsText);
    m_textName->setText(QString::fromStdString(toUtf8(m_text.filename())));
}

void QualityView::chooseText()
{
    const QString file = QFileDialog::getOpenFileName(this, tr("Text to measure on"), {}, tr("Text (*.txt *.md);;All files (*)"));
    if (file.isEmpty())
        return;
    m_text = fromUtf8(file.toStdString());
    showLevel();
}

void QualityView::measure()
{
    m_problem->clear();
    m_asking = false;
    m_workspace.forecast().measure(chosenLevel(), chosenLevel() == sense::Level::Weights ? std::filesystem::path() : m_text);
}

void QualityView::chooseSize(quint64 bytes)
{
    m_workspace.forecast().choose(plan::MaxFileBytes{bytes}, m_stroke);
}

void QualityView::refresh()
{
    const Forecast& forecast = m_workspace.forecast();
    const bool ready = forecast.known() && !forecast.frontier().isEmpty();
    m_measure->setEnabled(!forecast.measuring());
    m_measure->setText(forecast.measuring() ? tr("Measuring...") : tr("Measure sensitivity"));
    m_back->setVisible(ready);
    setCurrentIndex(ready && !m_asking && !forecast.measuring() ? Plot : Question);
    if (!ready)
        return;
    FrontierPlot::Content content{forecast.frontier(), forecast.presets(), forecast.measured(), std::nullopt};
    if (const auto own = forecast.own())
        content.own = Forecast::Point{{}, m_workspace.plan().fileBytes, *own};
    m_plot->setContent(std::move(content));
    const QString level = forecast.level() == sense::Level::Weights ? tr("the weights") : forecast.level() == sense::Level::Activations ? tr("activations") : tr("the output");
    const QString note = tr("KL divergence from the original, predicted from %1, with its band. Click a preset to apply it, or drag to a size.").arg(level);
    m_note->setText(forecast.carried() ? note + QLatin1Char(' ') + tr("In part told from the weights: the output was not measured to its end.") : note);
}

}  // namespace halftone::app
