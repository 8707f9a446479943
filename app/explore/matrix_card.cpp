// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/matrix_card.h"

#include "app/explore/channels_view.h"
#include "app/explore/explore_data.h"
#include "app/explore/heat_map_view.h"
#include "app/explore/spectrum_plot.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/inspect/part.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLocale>
#include <QStackedWidget>

namespace halftone::app {
namespace {

constexpr std::uint32_t kMapHeight = 48, kMapWidth = 120;  // cells large enough to be seen
constexpr std::size_t kNamed = 4;  // outliers in the note
constexpr std::uint64_t kMostErrors = std::uint64_t(1) << 25;  // weights whose errors are held in memory
constexpr std::uint64_t kSpectrumWork = 16;  // times as long as one look at the weights, at least

}  // namespace

MatrixCard::MatrixCard(Workspace& workspace, QWidget* parent)
    : ExploreCard(workspace, tr("|w|, rows × columns"), QStringLiteral("explore.heat"), parent),
      m_view(new QComboBox),
      m_pages(new QStackedWidget),
      m_heatMap(new HeatMapView),
      m_channels(new ChannelsView),
      m_spectrum(new SpectrumPlot)
{
    m_view->setAccessibleName(tr("What is shown of the matrix"));
    m_view->addItems({tr("Mean |w|"), tr("Largest |w|"), tr("Columns"), tr("Rows"), tr("Singular values")});
    controls()->addWidget(m_view);
    for (QWidget* page : std::initializer_list<QWidget*>{m_heatMap, m_channels, m_spectrum})
        m_pages->addWidget(page);
    body()->addWidget(m_pages);
    connect(m_view, &QComboBox::currentIndexChanged, this, &MatrixCard::showView);
    offerExport(m_heatMap, tr("map"));
    offerExport(m_channels, tr("channels"));
    offerExport(m_spectrum, tr("spectrum"));
}

MatrixCard::View MatrixCard::view() const
{
    return View(m_view->currentIndex());
}

void MatrixCard::forget()
{
    m_seen.reset();
    m_found.reset();
}

void MatrixCard::say(const QString& message)
{
    switch (view()) {
    case MeanMap:
    case MaxMap: return m_heatMap->setMessage(message);
    case Columns:
    case Rows: return m_channels->setMessage(message);
    case Singular: return m_spectrum->setMessage(message);
    }
}

void MatrixCard::onCleared(const QString&)
{
    forget();
}

void MatrixCard::refresh()
{
    forget();
    showView();
}

void MatrixCard::showView()
{
    static constexpr int kPages[] = {0, 0, 1, 1, 2};
    m_pages->setCurrentIndex(kPages[view()]);
    setTitle(view() == Columns        ? tr("Columns by |w|")
                 : view() == Rows     ? tr("Rows by |w|")
                 : view() == Singular ? tr("Low rank")
                                      : tr("|w|, rows × columns"));
    setNote({});
    if (subject().isEmpty())
        return say(QStringLiteral("–"));
    stop();
    if (view() == Singular)
        m_found ? showSpectrum() : requestSpectrum();
    else
        m_seen ? showSeen() : requestMap();
}

void MatrixCard::requestMap()
{
    compute(
        tr("Map of %1").arg(subject().name()), subject().part().shape.elements(),
        [subject = subject(), executor = workspace().executor()](Progress& progress) {
            const model::Tensor part = subject.part();
            return Seen{inspect::heatMap(part, kMapHeight, kMapWidth, *executor, progress), inspect::channels(part, *executor, progress)};
        },
        [this](Seen seen) {
            m_seen = std::move(seen);
            showSeen();
        });
}

void MatrixCard::requestSpectrum()
{
    const model::Tensor part = subject().part();
    if (inspect::stackedMatrices(part) > 1)
        return say(tr("Choose one expert above to see its singular values."));
    if (part.shape.rows() == 1)
        return say(tr("A single row has no spectrum."));
    compute(
        tr("Singular values of %1").arg(subject().name()), part.shape.elements() * kSpectrumWork,
        [subject = subject(), executor = workspace().executor()](Progress& progress) {
            return inspect::spectrum(subject.part(), *executor, progress);
        },
        [this](inspect::Spectrum spectrum) {
            m_found = std::move(spectrum);
            showSpectrum();
        });
}

/// What the planned type changes, where it can be held.
void MatrixCard::requestErrorSpectrum()
{
    const auto type = plannedType();
    const model::Tensor part = subject().part();
    m_errorType = type;
    if (!type || *type == part.type || part.shape.elements() > kMostErrors || !canTake(part, *type, subject().hasImportance()))
        return;
    compute(
        tr("Singular values of %1").arg(subject().name()), part.shape.elements() * kSpectrumWork,
        [subject = subject(), type = *type, executor = workspace().executor()](Progress& progress) {
            return inspect::errorSpectrum(subject.part(), type, subject.columnImportance(), *executor, progress);
        },
        [this, type = *type](const inspect::Spectrum& spectrum) { m_spectrum->setError(spectrum, formatName(type)); });
}

void MatrixCard::onRecipeChanged()
{
    if (view() == Singular && m_found && m_errorType != plannedType()) {
        stop();
        showSpectrum();
    }
}

void MatrixCard::onBusy()
{
    if (view() != Singular || !m_found)  // otherwise the weights' curve stays while the error's is computed
        ExploreCard::onBusy();
}

void MatrixCard::showSeen()
{
    setNote(outlierText());
    if (view() == Columns)
        return m_channels->setSide(m_seen->channels.columns, tr("column"));
    if (view() == Rows)
        return m_channels->setSide(m_seen->channels.rows, tr("row"));
    m_heatMap->setMeasure(view() == MeanMap ? HeatMapView::Measure::Mean : HeatMapView::Measure::Max);
    m_heatMap->setMap(m_seen->map);
}

void MatrixCard::showSpectrum()
{
    if (const auto count = m_found->countFor(0.9))
        setNote(tr("%1 of %2 singular values hold 90 %")
                    .arg(QLocale().toString(qulonglong(*count)), QLocale().toString(qulonglong(m_found->count))));
    else
        setNote(tr("the first %1 of %2, estimated")
                    .arg(QLocale().toString(qulonglong(m_found->values.size())), QLocale().toString(qulonglong(m_found->count))));
    m_spectrum->setSpectrum(*m_found);
    requestErrorSpectrum();
}

/// Of the rows where these are shown, else of the columns.
QString MatrixCard::outlierText() const
{
    const auto channels = inspect::outliers(view() == Rows ? m_seen->channels.rows : m_seen->channels.columns);
    if (channels.empty())
        return view() == Rows ? tr("no outlier rows") : tr("no outlier columns");
    QStringList first;
    for (std::size_t i = 0; i < std::min(channels.size(), kNamed); ++i)
        first << QString::number(channels[i]);
    const QString names = first.join(QStringLiteral(", ")) + (channels.size() > kNamed ? QStringLiteral(" …") : QString());
    return view() == Rows ? tr("outlier rows: %1").arg(names) : tr("outlier columns: %1").arg(names);
}

}  // namespace halftone::app
