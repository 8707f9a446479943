// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/matrix_card.h"

#include "app/explore/heat_map_view.h"
#include "app/widgets/segmented.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"

#include <QHBoxLayout>

namespace halftone::app {
namespace {

constexpr std::uint32_t kMapHeight = 48, kMapWidth = 120;  // cells large enough to be seen

}  // namespace

MatrixCard::MatrixCard(Workspace& workspace, QWidget* parent)
    : ExploreCard(workspace, tr("|w|, rows × columns"), QStringLiteral("explore.heat"), parent),
      m_heatMap(new HeatMapView)
{
    auto* measure = new Segmented({tr("Mean"), tr("Largest")});
    measure->setAccessibleName(tr("What a cell of the map shows"));
    controls()->addWidget(measure);
    body()->addWidget(m_heatMap);
    connect(measure, &Segmented::indexChanged, this,
            [this](int index) { m_heatMap->setMeasure(index == 0 ? HeatMapView::Measure::Mean : HeatMapView::Measure::Max); });
    offerExport(m_heatMap, tr("map"));
}

void MatrixCard::say(const QString& message)
{
    m_heatMap->setMessage(message);
}

void MatrixCard::refresh()
{
    setNote({});
    compute(
        tr("Map of %1").arg(subject().name()), subject().part().shape.elements(),
        [subject = subject(), executor = workspace().executor()](Progress& progress) {
            return inspect::heatMap(subject.part(), kMapHeight, kMapWidth, *executor, progress);
        },
        [this](inspect::HeatMap map) {
            showOutliers(outlierColumns(map));
            m_heatMap->setMap(std::move(map));
        });
}

void MatrixCard::showOutliers(const std::vector<std::uint64_t>& columns)
{
    if (columns.empty())
        return setNote(tr("no outlier columns"));
    QStringList first;
    for (std::size_t i = 0; i < std::min<std::size_t>(columns.size(), 4); ++i)
        first << QString::number(columns[i]);
    setNote(tr("outlier columns: %1").arg(first.join(QStringLiteral(", ")) + (columns.size() > 4 ? QStringLiteral(" …") : QString())));
}

}  // namespace halftone::app
