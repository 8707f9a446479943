// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/ridge_card.h"

#include "app/explore/explore_data.h"
#include "app/explore/ridge_view.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/model/model.h"

#include <QScrollArea>
#include <QVBoxLayout>

namespace halftone::app {
namespace {

QString shortKind(const std::string& kind)
{
    QString text = QString::fromStdString(kind);
    if (text.endsWith(QLatin1String(".weight")))
        text.chop(7);
    return text;
}

}  // namespace

RidgeCard::RidgeCard(Workspace& workspace, QWidget* parent)
    : ExploreCard(workspace, tr("All layers"), QStringLiteral("explore.ridge"), parent),
      m_ridge(new RidgeView)
{
    auto* scroll = new QScrollArea;
    scroll->setWidget(m_ridge);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    m_ridge->setAutoFillBackground(false);
    setMinimumWidth(150);
    body()->addWidget(scroll);
    connect(m_ridge, &RidgeView::tensorClicked, this, [this](int tensor) { this->workspace().select({tensor}); });
    offerExport(m_ridge, tr("layers"));
}

void RidgeCard::say(const QString& message)
{
    m_shown = {};
    m_ridge->setMessage(message);
}

void RidgeCard::onCleared(const QString&)
{
    setTitle(tr("All layers"));
}

void RidgeCard::refresh()
{
    m_ridge->setCurrent(subject().index());
    const Shown wanted{subject().model, kindOf(subject().tensor()), subject().expert};
    if (m_shown == wanted)
        return;
    m_shown = {};
    const QString kind = shortKind(wanted.kind);
    const QList<int> siblings = siblingsOf(*subject().model, subject().index());
    setTitle(kind);
    setNote(siblings.size() > 1 ? tr("all layers") : QString());
    compute(
        tr("All layers of %1").arg(kind), subject().part().shape.elements() * std::uint64_t(siblings.size()) / 4,
        [subject = subject(), siblings, executor = workspace().executor()](Progress& progress) {
            std::vector<model::Tensor> tensors;
            for (int index : siblings)
                tensors.push_back(subject.partOf(index));
            Ridge ridge = measureRidge(tensors, *executor, progress);
            for (qsizetype i = 0; i < siblings.size(); ++i)
                ridge.rows[i].tensor = siblings[i];
            return ridge;
        },
        [this, wanted](Ridge ridge) {
            m_shown = wanted;
            setNote(ridge.sampled ? tr("all layers, a part of each") : ridge.rows.size() > 1 ? tr("all layers") : QString());
            m_ridge->setRidge(std::move(ridge));
        });
}

}  // namespace halftone::app
