// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/explore_page.h"

#include "app/explore/error_plot.h"
#include "app/explore/heat_map_view.h"
#include "app/explore/histogram_plot.h"
#include "app/explore/ridge_view.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/segmented.h"
#include "app/widgets/theme.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/model/model.h"
#include "core/plan/importance.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QTimer>

#include <cmath>

namespace halftone::app {
namespace {

constexpr int kBusyAfterMs = 150;                    // quicker answers would only flicker
constexpr std::uint64_t kLongWeights = std::uint64_t(1) << 24;   // jobs above this are listed in the jobs panel
constexpr std::uint32_t kMapHeight = 48, kMapWidth = 120;   // cells large enough to be seen

QString typeText(quant::Type type)
{
    const auto name = quant::name(type);
    return QString::fromLatin1(name.data(), qsizetype(name.size()));
}

QString shortName(const model::Tensor& tensor)
{
    QString name = QString::fromStdString(tensor.name);
    if (name.endsWith(QLatin1String(".weight")))
        name.chop(7);
    return name;
}

}  // namespace

ExplorePage::ExplorePage(Workspace& workspace, QWidget* parent) : Page(workspace, parent), m_busyTimer(new QTimer(this))
{
    auto* top = new QHBoxLayout;
    top->setSpacing(10);
    top->addWidget(buildHistogramCard(), 5);
    top->addWidget(buildRidgeCard(), 2);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(10);
    bottom->addWidget(buildErrorCard(), 3);
    bottom->addWidget(buildHeatMapCard(), 5);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(10);
    layout->addLayout(top, 8);
    layout->addLayout(bottom, 5);

    m_busyTimer->setSingleShot(true);
    m_busyTimer->setInterval(kBusyAfterMs);
    connect(m_busyTimer, &QTimer::timeout, this, &ExplorePage::showBusy);
    connect(&workspace, &Workspace::modelChanged, this, &ExplorePage::refresh);
    connect(&workspace, &Workspace::selectionChanged, this, &ExplorePage::refresh);
    connect(&workspace, &Workspace::importanceChanged, this, &ExplorePage::refresh);
    connect(&workspace, &Workspace::recipeChanged, this, &ExplorePage::onRecipeChanged);
}

QWidget* ExplorePage::buildHistogramCard()
{
    m_histogramCard = new Card(tr("Histogram"));
    m_kind = new Segmented({tr("Weights"), tr("Error")});
    m_kind->setAccessibleName(tr("What the histogram counts"));
    m_scale = new Segmented({tr("Linear"), tr("Log")});
    m_scale->setAccessibleName(tr("Scale of the histogram"));
    m_scale->setIndex(1);
    m_grid = new QComboBox;
    m_grid->setAccessibleName(tr("Format whose levels are drawn"));
    m_grid->setToolTip(tr("The format whose levels are laid over the weights and whose error is shown"));
    m_histogramCard->controls()->addWidget(m_kind);
    m_histogramCard->controls()->addWidget(m_scale);
    m_histogramCard->controls()->addWidget(m_grid);
    m_histogram = new HistogramPlot;
    m_histogram->setLogarithmic(true);
    m_statistics = new QLabel;
    m_statistics->setTextFormat(Qt::RichText);
    m_statistics->setWordWrap(true);
    m_histogramCard->body()->addWidget(m_histogram, 1);
    m_histogramCard->body()->addWidget(m_statistics);
    connect(m_kind, &Segmented::indexChanged, this, &ExplorePage::showHistogram);
    connect(m_scale, &Segmented::indexChanged, this, [this](int index) { m_histogram->setLogarithmic(index == 1); });
    connect(m_grid, &QComboBox::currentIndexChanged, this, &ExplorePage::requestCandidate);
    offerExport(m_histogram, tr("histogram"));
    return m_histogramCard;
}

QWidget* ExplorePage::buildRidgeCard()
{
    m_ridgeCard = new Card(tr("All layers"));
    m_ridge = new RidgeView;
    auto* scroll = new QScrollArea;
    scroll->setWidget(m_ridge);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    m_ridge->setAutoFillBackground(false);
    m_ridgeCard->setMinimumWidth(150);
    m_ridgeCard->body()->addWidget(scroll);
    connect(m_ridge, &RidgeView::tensorClicked, this, [this](int tensor) { workspace().select({tensor}); });
    offerExport(m_ridge, tr("layers"));
    return m_ridgeCard;
}

QWidget* ExplorePage::buildErrorCard()
{
    m_errorCard = new Card(tr("Error against bits"));
    m_errorCard->setNote(tr("noise below signal, dB"));
    m_errors = new ErrorPlot;
    m_errorCard->body()->addWidget(m_errors);
    connect(m_errors, &ErrorPlot::typeClicked, this, [this](quant::Type type) {
        if (workspace().current() >= 0)
            workspace().chooseType({workspace().current()}, type);
    });
    offerExport(m_errors, tr("error"));
    return m_errorCard;
}

QWidget* ExplorePage::buildHeatMapCard()
{
    m_heatCard = new Card(tr("|w|, rows × columns"));
    auto* measure = new Segmented({tr("Mean"), tr("Largest")});
    measure->setAccessibleName(tr("What a cell of the map shows"));
    m_heatCard->controls()->addWidget(measure);
    m_heatMap = new HeatMapView;
    m_heatCard->body()->addWidget(m_heatMap);
    connect(measure, &Segmented::indexChanged, this, [this](int index) { m_heatMap->setMeasure(index == 0 ? HeatMapView::Measure::Mean : HeatMapView::Measure::Max); });
    offerExport(m_heatMap, tr("map"));
    return m_heatCard;
}

template <class View>
void ExplorePage::offerExport(View* view, const QString& what)
{
    connect(view, &View::contextMenuRequested, this, [this, view, what](const QPoint& position) {
        if (const model::Tensor* shown = tensor())
            showChartMenu(this, position, view->chart(shortName(*shown) + QLatin1Char('-') + what));
    });
}

void ExplorePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (m_stale)
        refresh();
}

const model::Tensor* ExplorePage::tensor() const
{
    const int current = workspace().current();
    return m_model && current >= 0 && current < int(m_model->tensors().size()) ? &m_model->tensors()[std::size_t(current)] : nullptr;
}

std::optional<quant::Type> ExplorePage::plannedType() const
{
    const auto& choices = workspace().plan().choices;
    const int current = workspace().current();
    if (current < 0 || current >= int(choices.size()))
        return std::nullopt;
    return choices[std::size_t(current)].type;
}

std::optional<quant::Type> ExplorePage::gridType() const
{
    const model::Tensor* shown = tensor();
    const auto type = m_grid->currentIndex() > 0 ? std::optional(quant::Type(m_grid->currentData().toUInt())) : plannedType();
    if (!shown || !type || *type == shown->type || !canTake(*shown, *type, hasImportance(*shown)))
        return std::nullopt;
    return type;
}

bool ExplorePage::hasImportance(const model::Tensor& tensor) const
{
    return workspace().importance() && !workspace().importance()->find(tensor.name).empty();
}

bool ExplorePage::showsErrors() const
{
    return m_kind->index() == 1;
}

void ExplorePage::refresh()
{
    m_stale = !isVisible();
    if (m_stale)
        return;
    if (m_model != workspace().model())
        m_ridgeKind.clear();
    m_model = workspace().model();
    m_pending = {};
    for (const char* tag : {"explore.histogram", "explore.candidate", "explore.errors", "explore.heat"})
        workspace().jobs().cancelTag(QLatin1String(tag));
    m_inspection.reset();
    m_candidate.reset();
    m_candidateType.reset();
    m_statistics->clear();
    fillGridMenu();
    m_heatCard->setNote({});
    if (!m_model)
        return showSentence(tr("Open a model to look into its weights."));
    if (!tensor())
        return showSentence(workspace().model() && workspace().model()->tensors().empty() ? tr("This file holds a vocabulary and no weights.") : tr("Select a tensor in the tree to look into its weights."));
    if (workspace().selection().size() > 1)
        requestJointHistogram();
    else
        requestHistogram();
    requestErrors();
    requestRidge();
    requestHeatMap();
    m_busyTimer->start();
}

void ExplorePage::showSentence(const QString& sentence)
{
    m_busyTimer->stop();
    m_histogramCard->setTitle(tr("Histogram"));
    m_histogramCard->setNote({});
    m_ridgeCard->setTitle(tr("All layers"));
    m_ridgeKind.clear();
    m_histogram->setMessage(sentence);
    m_ridge->setMessage(QStringLiteral("–"));
    m_errors->setMessage(QStringLiteral("–"));
    m_heatMap->setMessage(QStringLiteral("–"));
}

void ExplorePage::showBusy()
{
    const QString busy = tr("Computing…");
    if (m_pending.histogram || (m_pending.candidate && showsErrors()))
        m_histogram->setMessage(busy);
    if (m_pending.errors)
        m_errors->setMessage(busy);
    if (m_pending.ridge)
        m_ridge->setMessage(busy);
    if (m_pending.heatMap)
        m_heatMap->setMessage(busy);
    if (m_pending.candidate)
        showStatistics();
}

void ExplorePage::onRecipeChanged()
{
    if (m_stale || !tensor() || workspace().model() != m_model)
        return;
    m_errors->setChosen(plannedType());
    if (m_grid->count() > 0)
        m_grid->setItemText(0, tr("Grid of %1 (plan)").arg(plannedType() ? typeText(*plannedType()) : QString()));
    if (m_grid->currentIndex() <= 0 && m_inspection && m_candidateType != gridType())
        requestCandidate();
}

void ExplorePage::fillGridMenu()
{
    const QSignalBlocker block(m_grid);
    const QVariant chosen = m_grid->currentIndex() > 0 ? m_grid->currentData() : QVariant();
    m_grid->clear();
    const model::Tensor* shown = tensor();
    m_grid->setEnabled(shown && workspace().selection().size() == 1);
    if (!shown)
        return;
    m_grid->addItem(tr("Grid of %1 (plan)").arg(plannedType() ? typeText(*plannedType()) : QString()));
    for (const quant::TypeInfo& type : quant::allTypes())
        if (type.type != shown->type && canTake(*shown, type.type, hasImportance(*shown)))
            m_grid->addItem(tr("Grid of %1").arg(typeText(type.type)), uint(type.type));
    // The choice of a format stays while the user walks through the tensors.
    m_grid->setCurrentIndex(std::max(0, chosen.isValid() ? m_grid->findData(chosen) : 0));
}

std::function<void(const Error&)> ExplorePage::reportTo(bool& pending, std::function<void(const QString&)> show)
{
    return [&pending, show = std::move(show)](const Error& error) {
        pending = false;
        show(errorText(error));
    };
}

void ExplorePage::requestHistogram()
{
    const model::Tensor& shown = *tensor();
    m_histogramCard->setTitle(shortName(shown));
    m_histogramCard->setNote(tr("%1 weights").arg(countText(shown.shape.elements())));
    m_pending.histogram = true;
    workspace().jobs().start(
        {tr("Histogram of %1").arg(shortName(shown)), QStringLiteral("explore.histogram"), shown.shape.elements() > kLongWeights}, this,
        [model = m_model, index = workspace().current(), executor = workspace().executor()](Progress& progress) {
            return inspect::inspect(model->tensors()[std::size_t(index)], kFineBins, *executor, progress);
        },
        [this](inspect::Inspection inspection) {
            m_pending.histogram = false;
            m_inspection = std::move(inspection);
            showHistogram();
            requestCandidate();
        },
        reportTo(m_pending.histogram, [this](const QString& text) { m_histogram->setMessage(text); }));
}

void ExplorePage::requestJointHistogram()
{
    const QList<int> selection = workspace().selection();
    std::uint64_t weights = 0;
    for (int index : selection)
        weights += m_model->tensors()[std::size_t(index)].shape.elements();
    m_histogramCard->setTitle(tr("%n tensors", nullptr, int(selection.size())));
    m_histogramCard->setNote(tr("%1 weights together").arg(countText(weights)));
    m_pending.histogram = true;
    workspace().jobs().start(
        {tr("Histogram of %n tensors", nullptr, int(selection.size())), QStringLiteral("explore.histogram"), weights > kLongWeights}, this,
        [model = m_model, selection, executor = workspace().executor()](Progress& progress) {
            std::vector<const model::Tensor*> tensors;
            for (int index : selection)
                tensors.push_back(&model->tensors()[std::size_t(index)]);
            return inspect::jointHistogram(tensors, kFineBins, *executor, progress);
        },
        [this](inspect::Histogram histogram) {
            m_pending.histogram = false;
            m_inspection = inspect::Inspection{{}, std::move(histogram)};
            showHistogram();
        },
        reportTo(m_pending.histogram, [this](const QString& text) { m_histogram->setMessage(text); }));
}

void ExplorePage::requestCandidate()
{
    m_candidate.reset();
    m_candidateType = gridType();
    m_pending.candidate = false;
    workspace().jobs().cancelTag(QStringLiteral("explore.candidate"));
    if (!m_inspection || workspace().selection().size() != 1)
        return;
    if (!m_candidateType)
        return showHistogram();
    m_pending.candidate = true;
    m_busyTimer->start();
    const model::Tensor& shown = *tensor();
    workspace().jobs().start(
        {tr("%1 as %2").arg(shortName(shown), typeText(*m_candidateType)), QStringLiteral("explore.candidate"), shown.shape.elements() > kLongWeights / 8}, this,
        [model = m_model, importance = workspace().importance(), index = workspace().current(), type = *m_candidateType, executor = workspace().executor()](Progress& progress) {
            const model::Tensor& tried = model->tensors()[std::size_t(index)];
            return inspect::tryType(tried, type, importance ? importance->find(tried.name) : std::span<const float>(), kFineBins, *executor, progress);
        },
        [this](inspect::Candidate candidate) {
            m_pending.candidate = false;
            m_candidate = std::move(candidate);
            showHistogram();
        },
        reportTo(m_pending.candidate, [this](const QString& text) { showsErrors() ? m_histogram->setMessage(text) : m_statistics->setText(text.toHtmlEscaped()); }));
}

void ExplorePage::requestErrors()
{
    const model::Tensor& shown = *tensor();
    m_errorCard->setNote(workspace().importance() ? tr("noise below signal, dB, with the importance matrix") : tr("noise below signal, dB"));
    m_errors->setChosen(plannedType());
    if (!workspace().plan().choices.empty() && workspace().plan().choices[std::size_t(workspace().current())].reason == plan::Reason::NotQuantizable)
        return m_errors->setMessage(tr("This tensor keeps its type: it is small, and the model depends on its exact values."));
    m_pending.errors = true;
    workspace().jobs().start(
        {tr("Error of %1").arg(shortName(shown)), QStringLiteral("explore.errors"), false}, this,
        [model = m_model, importance = workspace().importance(), index = workspace().current(), executor = workspace().executor()](Progress& progress) {
            const model::Tensor& measured = model->tensors()[std::size_t(index)];
            return measureErrors(measured, importance ? importance->find(measured.name) : std::span<const float>(), *executor, progress);
        },
        [this](std::vector<TypeError> errors) {
            m_pending.errors = false;
            if (errors.empty())
                m_errors->setMessage(tr("The rows of this tensor fit no format with fewer bits."));
            else
                m_errors->setErrors(std::move(errors));
        },
        reportTo(m_pending.errors, [this](const QString& text) { m_errors->setMessage(text); }));
}

void ExplorePage::requestRidge()
{
    const model::Tensor& shown = *tensor();
    m_ridge->setCurrent(workspace().current());
    QString kind = QString::fromStdString(kindOf(shown));
    if (kind.endsWith(QLatin1String(".weight")))
        kind.chop(7);
    m_ridgeCard->setTitle(kind);
    if (m_ridgeKind == kindOf(shown))
        return;
    m_ridgeKind = kindOf(shown);
    const QList<int> siblings = siblingsOf(*m_model, workspace().current());
    m_ridgeCard->setNote(siblings.size() > 1 ? tr("all layers") : QString());
    m_pending.ridge = true;
    workspace().jobs().start(
        {tr("All layers of %1").arg(kind), QStringLiteral("explore.ridge"), shown.shape.elements() * std::uint64_t(siblings.size()) > kLongWeights * 4}, this,
        [model = m_model, siblings, executor = workspace().executor()](Progress& progress) { return measureRidge(*model, siblings, *executor, progress); },
        [this](Ridge ridge) {
            m_pending.ridge = false;
            m_ridgeCard->setNote(ridge.sampled ? tr("all layers, a part of each") : ridge.rows.size() > 1 ? tr("all layers") : QString());
            m_ridge->setRidge(std::move(ridge));
        },
        [this](const Error& error) {
            m_pending.ridge = false;
            m_ridgeKind.clear();
            m_ridge->setMessage(errorText(error));
        });
}

void ExplorePage::requestHeatMap()
{
    const model::Tensor& shown = *tensor();
    m_pending.heatMap = true;
    workspace().jobs().start(
        {tr("Map of %1").arg(shortName(shown)), QStringLiteral("explore.heat"), shown.shape.elements() > kLongWeights}, this,
        [model = m_model, index = workspace().current(), executor = workspace().executor()](Progress& progress) {
            return inspect::heatMap(model->tensors()[std::size_t(index)], kMapHeight, kMapWidth, *executor, progress);
        },
        [this](inspect::HeatMap map) {
            m_pending.heatMap = false;
            showOutliers(outlierColumns(map));
            m_heatMap->setMap(std::move(map));
        },
        reportTo(m_pending.heatMap, [this](const QString& text) { m_heatMap->setMessage(text); }));
}

void ExplorePage::showHistogram()
{
    if (!m_inspection)
        return;
    if (showsErrors() && m_candidate)
        m_histogram->setHistogram(m_candidate->error, HistogramPlot::Kind::Errors);
    else if (showsErrors() && workspace().selection().size() > 1)
        m_histogram->setMessage(tr("Select a single tensor to see its error."));
    else if (showsErrors() && !m_candidateType)
        m_histogram->setMessage(tr("This tensor keeps its type, so nothing is lost."));
    else if (!showsErrors()) {
        m_histogram->setHistogram(m_inspection->histogram, HistogramPlot::Kind::Weights);
        if (m_candidate)
            m_histogram->setGrid(m_candidate->levels, m_candidate->errorPerBin);
    }
    showStatistics();
}

void ExplorePage::showStatistics()
{
    const QString muted = Theme::current().muted.name(), stick = Theme::current().error.name();
    const auto item = [&](const QString& name, const QString& value) { return QStringLiteral("<span style='color:%1'>%2</span> %3").arg(muted, name, value); };
    QStringList items;
    if (workspace().selection().size() > 1) {
        items << item(tr("from"), numberText(m_inspection->histogram.low)) << item(tr("to"), numberText(m_inspection->histogram.high));
    } else if (m_inspection) {
        const inspect::Statistics& s = m_inspection->statistics;
        items << item(tr("min"), numberText(s.min)) << item(tr("max"), numberText(s.max)) << item(tr("std"), numberText(s.std)) << item(tr("beyond 6σ"), countText(s.beyond6Sigma));
        if (s.nonFinite > 0)
            items << item(tr("NaN or infinite"), countText(s.nonFinite));
    }
    if (m_candidate && m_candidateType) {
        items << QStringLiteral("<span style='color:%1'>┃</span> %2").arg(stick, tr("levels of a typical block of %1").arg(typeText(*m_candidateType)));
        items << item(tr("RMSE"), numberText(m_candidate->distortion.rmse));
        if (std::isfinite(m_candidate->distortion.snrDb))
            items << item(tr("signal / noise"), tr("%1 dB").arg(locale().toString(m_candidate->distortion.snrDb, 'f', 1)));
    } else if (m_pending.candidate) {
        items << QStringLiteral("<span style='color:%1'>%2</span>").arg(muted, tr("quantizing to %1…").arg(typeText(*m_candidateType)));
    }
    m_statistics->setText(items.join(QStringLiteral(" &nbsp; ")));
}

void ExplorePage::showOutliers(const std::vector<std::uint64_t>& columns)
{
    if (columns.empty())
        return m_heatCard->setNote(tr("no outlier columns"));
    QStringList first;
    for (std::size_t i = 0; i < std::min<std::size_t>(columns.size(), 4); ++i)
        first << QString::number(columns[i]);
    m_heatCard->setNote(tr("outlier columns: %1").arg(first.join(QStringLiteral(", ")) + (columns.size() > 4 ? QStringLiteral(" …") : QString())));
}

}  // namespace halftone::app
