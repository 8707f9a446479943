// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/histogram_card.h"

#include "app/explore/explore_data.h"
#include "app/explore/histogram_plot.h"
#include "app/widgets/format_text.h"
#include "app/widgets/segmented.h"
#include "app/widgets/theme.h"
#include "app/window/weight_counter.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/model/model.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

#include <cmath>

namespace halftone::app {

HistogramCard::HistogramCard(Workspace& workspace, QWidget* parent)
    : ExploreCard(workspace, tr("Histogram"), QStringLiteral("explore.histogram"), parent),
      m_kind(new Segmented({tr("Weights"), tr("Error")})),
      m_scale(new Segmented({tr("Linear"), tr("Log")})),
      m_grid(new QComboBox),
      m_histogram(new HistogramPlot),
      m_statistics(new QLabel)
{
    buildControls();
    m_histogram->setLogarithmic(true);
    m_statistics->setTextFormat(Qt::RichText);
    m_statistics->setWordWrap(true);
    body()->addWidget(m_histogram, 1);
    body()->addWidget(m_statistics);
    connect(m_kind, &Segmented::indexChanged, this, &HistogramCard::showHistogram);
    connect(m_scale, &Segmented::indexChanged, this, [this](int index) { m_histogram->setLogarithmic(index == 1); });
    connect(m_grid, &QComboBox::currentIndexChanged, this, &HistogramCard::requestCandidate);
    offerExport(m_histogram, tr("histogram"));
}

void HistogramCard::buildControls()
{
    m_kind->setAccessibleName(tr("What the histogram counts"));
    m_scale->setAccessibleName(tr("Scale of the histogram"));
    m_scale->setIndex(1);
    m_grid->setAccessibleName(tr("Format whose levels are drawn"));
    m_grid->setToolTip(tr("The format whose levels are laid over the weights and whose error is shown"));
    m_grid->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    controls()->addWidget(m_kind);
    controls()->addWidget(m_scale);
    controls()->addWidget(m_grid);
}

void HistogramCard::forget()
{
    m_inspection.reset();
    m_candidate.reset();
    m_candidateType.reset();
    m_statistics->clear();
    fillGridMenu();
}

void HistogramCard::refresh()
{
    forget();
    subject().isSingle() ? countSingle() : countTogether();
}

void HistogramCard::onCleared(const QString& sentence)
{
    forget();
    setTitle(tr("Histogram"));
    say(sentence);
}

void HistogramCard::say(const QString& message)
{
    // The weights stay in sight while, or although, their quantized values do not come.
    if (m_inspection && !showsErrors())
        m_statistics->setText(message.toHtmlEscaped());
    else
        m_histogram->setMessage(message);
}

void HistogramCard::onBusy()
{
    if (m_inspection && !showsErrors())
        showStatistics();
    else
        ExploreCard::onBusy();
}

std::optional<quant::Type> HistogramCard::gridType() const
{
    const auto type = m_grid->currentIndex() > 0 ? std::optional(quant::Type(m_grid->currentData().toUInt())) : plannedType();
    if (subject().isEmpty() || !type || *type == subject().tensor().type || !canTake(subject().tensor(), *type, subject().hasImportance()))
        return std::nullopt;
    return type;
}

bool HistogramCard::showsErrors() const
{
    return m_kind->index() == 1;
}

void HistogramCard::onRecipeChanged()
{
    if (m_grid->count() > 0)
        m_grid->setItemText(0, tr("%1 (plan)").arg(plannedType() ? formatName(*plannedType()) : QString()));
    if (m_grid->currentIndex() <= 0 && m_inspection && m_candidateType != gridType())
        requestCandidate();
}

void HistogramCard::fillGridMenu()
{
    const QSignalBlocker block(m_grid);
    const QVariant chosen = m_grid->currentIndex() > 0 ? m_grid->currentData() : QVariant();
    m_grid->clear();
    m_grid->setEnabled(subject().isSingle());
    if (subject().isEmpty())
        return;
    m_grid->addItem(tr("%1 (plan)").arg(plannedType() ? formatName(*plannedType()) : QString()));
    for (const quant::TypeInfo& type : quant::allTypes())
        if (type.type != subject().tensor().type && canTake(subject().tensor(), type.type, subject().hasImportance()))
            m_grid->addItem(formatName(type.type), uint(type.type));
    // The choice of a format stays while the user walks through the tensors.
    m_grid->setCurrentIndex(std::max(0, chosen.isValid() ? m_grid->findData(chosen) : 0));
}

void HistogramCard::countSingle()
{
    const std::uint64_t weights = subject().part().shape.elements();
    setTitle(subject().name());
    setNote(tr("%1 weights").arg(countText(weights)));
    compute(
        tr("Histogram of %1").arg(subject().name()), weights,
        [subject = subject(), counter = workspace().counter()](Progress& progress) {
            return counter.inspect(subject.part(), kFineBins, progress);
        },
        [this](inspect::Inspection inspection) {
            m_inspection = std::move(inspection);
            showHistogram();
            requestCandidate();
        });
}

void HistogramCard::countTogether()
{
    const int count = int(subject().selection.size());
    std::uint64_t weights = 0;
    for (int index : subject().selection)
        weights += subject().model->tensors()[std::size_t(index)].shape.elements();
    setTitle(tr("%n tensors", nullptr, count));
    setNote(tr("%1 weights together").arg(countText(weights)));
    compute(
        tr("Histogram of %n tensors", nullptr, count), weights,
        [subject = subject(), executor = workspace().executor()](Progress& progress) {
            std::vector<const model::Tensor*> tensors;
            for (int index : subject.selection)
                tensors.push_back(&subject.model->tensors()[std::size_t(index)]);
            return inspect::jointHistogram(tensors, kFineBins, *executor, progress);
        },
        [this](inspect::Histogram histogram) {
            m_inspection = inspect::Inspection{{}, std::move(histogram)};
            showHistogram();
        });
}

void HistogramCard::requestCandidate()
{
    if (!m_inspection || !subject().isSingle())
        return;  // counting comes first and asks again
    stop();
    m_candidate.reset();
    m_candidateType = gridType();
    if (!m_candidateType)
        return showHistogram();
    compute(
        tr("%1 as %2").arg(subject().name(), formatName(*m_candidateType)), subject().part().shape.elements() * 8,
        [subject = subject(), type = *m_candidateType, executor = workspace().executor()](Progress& progress) {
            return inspect::tryType(subject.part(), type, subject.columnImportance(), kFineBins, *executor, progress);
        },
        [this](inspect::Candidate candidate) {
            m_candidate = std::move(candidate);
            showHistogram();
        });
}

void HistogramCard::showHistogram()
{
    if (!m_inspection)
        return;
    if (!showsErrors()) {
        m_histogram->setHistogram(m_inspection->histogram, HistogramPlot::Kind::Weights);
        if (m_candidate)
            m_histogram->setGrid(m_candidate->levels, m_candidate->errorPerBin);
    } else if (m_candidate) {
        m_histogram->setHistogram(m_candidate->error, HistogramPlot::Kind::Errors);
    } else if (!subject().isSingle()) {
        m_histogram->setMessage(tr("Select a single tensor to see its error."));
    } else if (!m_candidateType) {
        m_histogram->setMessage(tr("This tensor keeps its type, so nothing is lost."));
    }
    showStatistics();
}

namespace {

QString item(const QString& name, const QString& value)
{
    return QStringLiteral("<span style='color:%1'>%2</span> %3").arg(Theme::current().muted.name(), name, value);
}

}  // namespace

QStringList HistogramCard::weightItems() const
{
    if (!subject().isSingle())
        return {item(tr("from"), numberText(m_inspection->histogram.low)), item(tr("to"), numberText(m_inspection->histogram.high))};
    const inspect::Statistics& s = m_inspection->statistics;
    QStringList items{item(tr("min"), numberText(s.min)), item(tr("max"), numberText(s.max)), item(tr("std"), numberText(s.std)),
                      item(tr("beyond 6σ"), countText(s.beyond6Sigma))};
    if (s.nonFinite > 0)
        items << item(tr("NaN or infinite"), countText(s.nonFinite));
    return items;
}

QStringList HistogramCard::candidateItems() const
{
    if (!m_candidateType)
        return {};
    if (!m_candidate)
        return isPending() ? QStringList{item(tr("quantizing to %1…").arg(formatName(*m_candidateType)), {})} : QStringList();
    QStringList items{QStringLiteral("<span style='color:%1'>┃</span> %2")
                          .arg(Theme::current().error.name(), tr("levels of a typical block of %1").arg(formatName(*m_candidateType))),
                      item(tr("RMSE"), numberText(m_candidate->distortion.rmse))};
    if (std::isfinite(m_candidate->distortion.snrDb))
        items << item(tr("signal / noise"), tr("%1 dB").arg(locale().toString(m_candidate->distortion.snrDb, 'f', 1)));
    return items;
}

void HistogramCard::showStatistics()
{
    m_statistics->setText((weightItems() + candidateItems()).join(QStringLiteral(" &nbsp; ")));
}

}  // namespace halftone::app
