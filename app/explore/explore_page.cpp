// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/explore_page.h"

#include "app/explore/error_card.h"
#include "app/explore/expert_bar.h"
#include "app/explore/histogram_card.h"
#include "app/explore/layers_card.h"
#include "app/explore/matrix_card.h"
#include "app/window/workspace.h"
#include "core/model/model.h"

#include <QHBoxLayout>

namespace halftone::app {

ExplorePage::ExplorePage(Workspace& workspace, QWidget* parent) : Page(workspace, parent), m_experts(new ExpertBar)
{
    m_cards = {new HistogramCard(workspace), new LayersCard(workspace), new ErrorCard(workspace), new MatrixCard(workspace)};
    auto* top = new QHBoxLayout;
    top->setSpacing(10);
    top->addWidget(m_cards[0], 5);
    top->addWidget(m_cards[1], 2);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(10);
    bottom->addWidget(m_cards[2], 3);
    bottom->addWidget(m_cards[3], 5);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(10);
    layout->addWidget(m_experts);
    layout->addLayout(top, 8);
    layout->addLayout(bottom, 5);

    connect(m_experts, &ExpertBar::expertChanged, this, &ExplorePage::refresh);
    connect(&workspace, &Workspace::modelChanged, this, &ExplorePage::refresh);
    connect(&workspace, &Workspace::selectionChanged, this, &ExplorePage::refresh);
    connect(&workspace, &Workspace::importanceChanged, this, &ExplorePage::refresh);
    connect(&workspace, &Workspace::recipeChanged, this, &ExplorePage::onRecipeChanged);
}

void ExplorePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (m_stale)
        refresh();
}

void ExplorePage::refresh()
{
    m_stale = !isVisible();
    if (m_stale)
        return;
    Subject subject = Subject::of(workspace());
    m_experts->setTensor(subject.isSingle() ? &subject.tensor() : nullptr);
    if (!subject.model)
        return clear(tr("Open a model to look into its weights."));
    if (subject.isEmpty())
        return clear(subject.model->tensors().empty() ? tr("This file holds a vocabulary and no weights.")
                                                      : tr("Select a tensor in the tree to look into its weights."));
    subject.expert = m_experts->expert();
    for (ExploreCard* card : m_cards)
        card->look(subject);
}

void ExplorePage::clear(const QString& sentence)
{
    for (ExploreCard* card : m_cards)
        card->clear(sentence);
}

void ExplorePage::onRecipeChanged()
{
    if (!m_stale && workspace().model() && !workspace().selection().isEmpty())
        for (ExploreCard* card : m_cards)
            card->onRecipeChanged();
}

}  // namespace halftone::app
