// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/layers_card.h"

#include "app/explore/cost_view.h"
#include "app/explore/explore_data.h"
#include "app/explore/ridge_view.h"
#include "app/widgets/texts.h"
#include "app/window/forecast.h"
#include "app/window/weight_counter.h"
#include "app/window/workspace.h"
#include "core/base/executor.h"
#include "core/model/model.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

enum Pages { RidgePage, CostPage, QuestionPage };
constexpr double kFewBits = 3.4;  // where types differ most in what they cost, and models are still of use

QString shortKind(const std::string& kind)
{
    QString text = QString::fromStdString(kind);
    if (text.endsWith(QLatin1String(".weight")))
        text.chop(7);
    return text;
}

QScrollArea* scrolled(QWidget* view)
{
    auto* scroll = new QScrollArea;
    scroll->setWidget(view);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    view->setAutoFillBackground(false);
    return scroll;
}

}  // namespace

LayersCard::LayersCard(Workspace& workspace, QWidget* parent)
    : ExploreCard(workspace, tr("All layers"), QStringLiteral("explore.ridge"), parent),
      m_view(new QComboBox),
      m_pages(new QStackedWidget),
      m_ridge(new RidgeView),
      m_costs(new CostView),
      m_ridgeScroll(scrolled(m_ridge)),
      m_costScroll(scrolled(m_costs))
{
    setMinimumWidth(170);
    m_view->setAccessibleName(tr("What is shown of all layers"));
    m_view->addItems({tr("Histograms"), tr("Cost as planned"), tr("Cost at 3 bits")});
    m_view->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_view->setMinimumContentsLength(10);
    controls()->addWidget(m_view);
    m_pages->addWidget(m_ridgeScroll);
    m_pages->addWidget(buildCosts());
    m_pages->addWidget(buildQuestion());
    body()->addWidget(m_pages);
    connect(m_view, &QComboBox::currentIndexChanged, this, &LayersCard::showView);
    connect(m_ridge, &RidgeView::tensorClicked, this, [this](int tensor) { this->workspace().select({tensor}); });
    connect(m_costs, &CostView::tensorsClicked, &workspace, &Workspace::select);
    connect(&workspace.forecast(), &Forecast::changed, this, &LayersCard::showCosts);
    connect(&workspace.forecast(), &Forecast::failed, m_answer, &QLabel::setText);
    offerExport(m_ridge, tr("layers"));
    offerExport(m_costs, tr("sensitivity"));
}

QWidget* LayersCard::buildCosts()
{
    auto* page = new QWidget;
    m_level = new ElidedLabel;
    m_level->setProperty("muted", true);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_costScroll, 1);
    layout->addWidget(m_level);
    return page;
}

QWidget* LayersCard::buildQuestion()
{
    auto* page = new QWidget;
    m_answer = mutedLabel();
    m_answer->setWordWrap(true);
    m_measure = new QPushButton(tr("Measure"));
    m_measure->setToolTip(tr("How far the weights themselves move in each type; takes about as long as quantizing to all of them"));
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(m_answer);
    layout->addWidget(m_measure, 0, Qt::AlignLeft);
    layout->addStretch();
    connect(m_measure, &QPushButton::clicked, this, [this] { workspace().forecast().measure(sense::Level::Weights, {}); });
    return page;
}

LayersCard::View LayersCard::view() const
{
    return View(m_view->currentIndex());
}

void LayersCard::say(const QString& message)
{
    m_shown = {};
    m_ridge->setMessage(message);
}

void LayersCard::onCleared(const QString&)
{
    setTitle(tr("All layers"));
    m_costs->setSelection({});
    showCosts();
}

void LayersCard::showEvent(QShowEvent* event)
{
    ExploreCard::showEvent(event);
    showCosts();
}

void LayersCard::onRecipeChanged()
{
    showCosts();
}

void LayersCard::refresh()
{
    m_costs->setSelection(subject().selection);
    showView();
    scrollToCurrent();
}

/// Where a key or the tree has led to may be out of sight.
void LayersCard::scrollToCurrent()
{
    const auto show = [](QScrollArea* scroll, const QRect& rect) {
        if (!rect.isNull())
            scroll->ensureVisible(rect.center().x(), rect.center().y(), 0, rect.height());
    };
    show(m_ridgeScroll, m_ridge->currentRect());
    show(m_costScroll, m_costs->currentRect());
}

void LayersCard::showView()
{
    if (view() != Histograms)
        return showCosts();
    m_pages->setCurrentIndex(RidgePage);
    if (!subject().isEmpty())
        requestRidge();
}

void LayersCard::requestRidge()
{
    const Shown wanted{subject().model, kindOf(subject().tensor()), subject().expert};
    const QString kind = shortKind(wanted.kind);
    const QList<int> siblings = siblingsOf(*subject().model, subject().index());
    m_ridge->setCurrent(subject().index());
    setTitle(kind);
    setNote(siblings.size() > 1 ? tr("all layers") : QString());
    if (m_shown == wanted)
        return;
    m_shown = {};
    compute(
        tr("All layers of %1").arg(kind), subject().part().shape.elements() * std::uint64_t(siblings.size()) / 4,
        [subject = subject(), siblings, counter = workspace().counter()](Progress& progress) {
            std::vector<model::Tensor> tensors;
            for (int index : siblings)
                tensors.push_back(subject.partOf(index));
            Ridge ridge = measureRidge(tensors, counter, progress);
            for (qsizetype i = 0; i < siblings.size(); ++i)
                ridge.rows[i].tensor = siblings[i];
            return ridge;
        },
        [this, wanted](Ridge ridge) {
            m_shown = wanted;
            if (ridge.sampled && view() == Histograms)
                setNote(tr("all layers, a part of each"));
            m_ridge->setRidge(std::move(ridge));
        });
}

std::optional<double> LayersCard::costOf(int tensor) const
{
    const Forecast& forecast = workspace().forecast();
    if (view() == CostAsPlanned)
        return forecast.alone(tensor);
    const auto types = forecast.divergences(tensor);
    const auto nearest = std::ranges::min_element(
        types, {}, [](const plan::TypeError& each) { return std::abs(quant::info(each.type).bitsPerWeight() - kFewBits); });
    return nearest == types.end() ? std::nullopt : std::optional(nearest->error);
}

QString LayersCard::levelText() const
{
    switch (workspace().forecast().level()) {
    case sense::Level::Weights: return tr("KL alone, guessed from the weights");
    case sense::Level::Activations: return tr("KL alone, guessed from activations");
    case sense::Level::Output: return tr("KL alone, measured");
    }
    return {};
}

void LayersCard::showCosts()
{
    if (view() == Histograms || !isVisible())
        return;
    const Forecast& forecast = workspace().forecast();
    const bool known = forecast.known() && workspace().model();
    setTitle(tr("Sensitivity"));
    setNote({});
    m_level->setFullText(known ? levelText() : QString());
    m_costs->setMap(known ? CostMap(*workspace().model(), [this](int tensor) { return costOf(tensor); }) : CostMap());
    m_pages->setCurrentIndex(m_costs->map().isEmpty() ? QuestionPage : CostPage);
    m_measure->setVisible(workspace().model() && !known && !forecast.measuring());
    m_answer->setText(!workspace().model()       ? tr("Open a model to see what fewer bits cost its layers.")
                          : known                ? tr("Every tensor keeps its type, so nothing is lost.")
                          : forecast.measuring() ? tr("Measuring what fewer bits cost…")
                                                 : tr("What fewer bits cost each layer is not known yet. Measure it here on the weights, "
                                                      "or on the Plan page on a text, which tells more."));
}

}  // namespace halftone::app
