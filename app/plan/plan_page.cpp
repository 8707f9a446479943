// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/plan/plan_page.h"

#include "app/jobs/job_manager.h"
#include "app/plan/bit_chips.h"
#include "app/plan/budget_panel.h"
#include "app/plan/held_bar.h"
#include "app/plan/held_recipe.h"
#include "app/plan/plan_matrix_model.h"
#include "app/plan/plan_matrix_view.h"
#include "app/plan/plan_table_model.h"
#include "app/plan/plan_table_view.h"
#include "app/plan/plan_text.h"
#include "app/plan/quality_view.h"
#include "app/plan/rules_editor.h"
#include "app/plan/rules_model.h"
#include "app/plan/size_list.h"
#include "app/plan/size_rows.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/segmented.h"
#include "app/widgets/theme.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/model/model.h"
#include "core/plan/quantize_arguments.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QScrollArea>
#include <QStackedLayout>
#include <QStackedWidget>
#include <QToolButton>

#include <algorithm>

namespace halftone::app {
namespace {

enum SizesOf { Quality, Presets, Roles, Layers };

QLabel* mutedLabel(const QString& text)
{
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

/// A small window shows a part of the cards rather than cards without room.
QScrollArea* scrolled(QWidget* cards)
{
    cards->setMinimumSize(560, 640);
    cards->setAutoFillBackground(false);
    auto* scroll = new QScrollArea;
    scroll->setWidget(cards);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->viewport()->setAutoFillBackground(false);
    return scroll;
}

/// Groups of tensors with the same words, in the order of their first tensor.
struct Groups {
    QStringList order;
    QHash<QString, QList<int>> tensors;

    void add(const QString& words, int tensor)
    {
        if (!tensors.contains(words))
            order << words;
        tensors[words].append(tensor);
    }
};

}  // namespace

PlanPage::PlanPage(Workspace& workspace, QWidget* parent)
    : Page(workspace, parent), m_held(new HeldRecipe(workspace, this)), m_matrixModel(new PlanMatrixModel(workspace, m_held, this)), m_tableModel(new PlanTableModel(workspace, m_held, this)),
      m_rulesModel(new RulesModel(workspace, this)), m_sizesModel(new SizeRowsModel(this))
{
    auto* top = new QHBoxLayout;
    top->setSpacing(10);
    top->addWidget(buildMatrixCard(), 5);
    top->addWidget(buildSizesCard(), 4);
    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(10);
    bottom->addWidget(buildBudgetCard(), 1);
    bottom->addWidget(buildDecisionsCard(), 1);
    auto* cards = new QWidget;
    auto* layout = new QVBoxLayout(cards);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(10);
    layout->addLayout(top, 8);
    layout->addLayout(bottom, 3);

    auto* sentence = mutedLabel(tr("Open a model to choose its bits."));
    sentence->setAlignment(Qt::AlignCenter);
    m_stack = new QStackedLayout(this);
    m_stack->addWidget(sentence);
    m_stack->addWidget(scrolled(cards));
    connect(&workspace, &Workspace::modelChanged, this, [this] {
        Page::workspace().jobs().cancelTag(QStringLiteral("plan.presets"));
        m_presets.clear();
        refresh();
    });
    connect(&workspace, &Workspace::importanceChanged, this, [this] { m_presets.clear(); });
    connect(&workspace, &Workspace::recipeChanged, this, &PlanPage::refresh);
    refresh();
}

QWidget* PlanPage::buildMatrixCard()
{
    m_matrixCard = new Card(tr("Bits per layer and role"));
    auto* view = new Segmented({tr("Matrix"), tr("Tensors")});
    view->setAccessibleName(tr("How the plan is shown"));
    m_matrixCard->controls()->addWidget(view);
    m_table = new PlanTableView(workspace(), *m_tableModel);
    m_views = new QStackedWidget;
    m_views->addWidget(buildMatrixSide());
    m_views->addWidget(m_table);
    m_matrixCard->body()->addWidget(new HeldBar(workspace(), *m_held));
    m_matrixCard->body()->addWidget(m_views);
    connect(view, &Segmented::indexChanged, this, [this](int index) {
        m_views->setCurrentIndex(index);
        m_matrixCard->setTitle(index == 0 ? tr("Bits per layer and role") : tr("Tensors"));
        m_sizesCard->setVisible(index == 0);   // the table needs the width
    });
    const auto explore = [this](int tensor) {
        workspace().select({tensor});
        Q_EMIT goToPage(QStringLiteral("explore"));
    };
    connect(m_matrix, &PlanMatrixView::exploreRequested, this, explore);
    connect(m_table, &PlanTableView::exploreRequested, this, explore);
    return m_matrixCard;
}

QWidget* PlanPage::buildExportButton()
{
    auto* button = new QToolButton;
    button->setText(tr("Export"));
    button->setToolTip(tr("Take the plan elsewhere: as a llama-quantize command or as a picture"));
    button->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(button);
    menu->addAction(tr("Copy as llama-quantize command"), this, &PlanPage::copyCommand);
    menu->addAction(tr("Matrix as picture…"), this, [this, button] { showChartMenu(this, button->mapToGlobal(QPoint(0, button->height())), m_matrix->chart(tr("plan"))); });
    button->setMenu(menu);
    return button;
}

/// The importance matrix may have no file yet; its place is named then.
void PlanPage::copyCommand()
{
    if (!workspace().model())
        return;
    const auto arguments = plan::quantizeArguments(*workspace().model(), workspace().plan(), workspace().planOptions());
    const std::string importance = workspace().importance() ? "imatrix.gguf" : "";
    QGuiApplication::clipboard()->setText(QString::fromStdString(plan::quantizeCommand(arguments, toUtf8(workspace().path()), "out.gguf", importance)));
}

QWidget* PlanPage::buildMatrixSide()
{
    m_chips = new BitChips;
    m_matrix = new PlanMatrixView(workspace(), *m_matrixModel);
    auto* brushes = new QHBoxLayout;
    brushes->setSpacing(8);
    auto* with = mutedLabel(tr("paint with"));
    with->setWordWrap(false);
    brushes->addWidget(with);
    brushes->addWidget(m_chips);
    brushes->addStretch();
    connect(m_chips, &BitChips::bitsChanged, m_matrix, &PlanMatrixView::setBrush);
    connect(m_matrix, &PlanMatrixView::brushDropped, m_chips, [this] { m_chips->setBits(0); });

    auto* side = new QWidget;
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addLayout(brushes);
    layout->addWidget(m_matrix, 1);
    layout->addWidget(mutedLabel(tr("Pick a colour and drag, or click a header. Keys: 2–8 bits, 0 source, P pin. Underlined: by hand. Folded corner: fall-back. Lower edge: sensitivity.")));
    auto* foot = new QHBoxLayout;
    foot->addStretch();
    foot->addWidget(makeHoldButton(*m_held));
    foot->addWidget(buildExportButton());
    layout->addLayout(foot);
    return side;
}

QWidget* PlanPage::buildSizesCard()
{
    m_sizesCard = new Card(tr("Size"));
    m_sizesOf = new Segmented({tr("Quality"), tr("Presets"), tr("Roles"), tr("Layers")});
    m_sizesOf->setAccessibleName(tr("What the sizes are of"));
    m_sizesCard->controls()->addWidget(m_sizesOf);
    m_sizes = new SizeList(*m_sizesModel);
    m_sizesNote = mutedLabel({});
    auto* bars = new QWidget;
    auto* barsLayout = new QVBoxLayout(bars);
    barsLayout->setContentsMargins(0, 0, 0, 0);
    barsLayout->addWidget(m_sizes, 1);
    barsLayout->addWidget(m_sizesNote);
    m_sizesViews = new QStackedWidget;
    m_sizesViews->addWidget(new QualityView(workspace()));
    m_sizesViews->addWidget(bars);
    m_sizesCard->body()->addWidget(m_sizesViews, 1);
    connect(m_sizesOf, &Segmented::indexChanged, this, &PlanPage::showSizes);
    connect(m_sizes, &SizeList::rowPicked, this, &PlanPage::pickSize);
    return m_sizesCard;
}

QWidget* PlanPage::buildBudgetCard()
{
    auto* card = new Card(tr("Budget"));
    auto* panel = new BudgetPanel(workspace());
    card->controls()->addWidget(panel->kinds());
    card->body()->addWidget(panel);
    return card;
}

/// What decides the type of each tensor, and the recipe's rules, which the user may change.
QWidget* PlanPage::buildDecisionsCard()
{
    auto* which = new Segmented({tr("Decisions"), tr("Rules")});
    which->setAccessibleName(tr("What decides"));
    auto* views = new QStackedWidget;
    views->addWidget(buildSummary());
    views->addWidget(new RulesEditor(*m_rulesModel));
    m_summaryCard = new Card(tr("What decides"));
    m_summaryCard->controls()->addWidget(which);
    m_summaryCard->body()->addWidget(views);
    connect(which, &Segmented::indexChanged, views, &QStackedWidget::setCurrentIndex);
    return m_summaryCard;
}

QWidget* PlanPage::buildSummary()
{
    m_summary = new QLabel;
    m_summary->setTextFormat(Qt::RichText);
    m_summary->setWordWrap(true);
    m_summary->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_summary->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    connect(m_summary, &QLabel::linkActivated, this, &PlanPage::followLink);
    auto* scroll = new QScrollArea;
    scroll->setWidget(m_summary);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    scroll->setMinimumHeight(72);
    m_summary->setAutoFillBackground(false);
    return scroll;
}

void PlanPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    if (m_stale)
        refresh();
}

void PlanPage::refresh()
{
    m_stack->setCurrentIndex(workspace().model() ? 1 : 0);
    m_stale = !isVisible();
    if (m_stale || !workspace().model())
        return;
    requestPresets();
    showSizes();
    showSummary();
}

void PlanPage::requestPresets()
{
    const plan::Recipe pinned = pinnedPart(*workspace().model(), workspace().recipe(), workspace().plan());
    if (!m_presets.isEmpty() && pinned == m_presetsFor)
        return;
    workspace().jobs().start(
        {tr("Sizes of the presets"), QStringLiteral("plan.presets"), false}, this,
        [model = workspace().model(), pinned, options = workspace().planOptions()](Progress&) { return rowsByPreset(*model, pinned, options); },
        [this, pinned](QList<SizeRow> rows) {
            m_presets = std::move(rows);
            m_presetsFor = pinned;
            if (m_sizesOf->index() == Presets)
                showSizes();
        },
        [this](const Error& error) { m_sizesNote->setText(errorText(error)); });
}

void PlanPage::showSizes()
{
    m_sizesViews->setCurrentIndex(m_sizesOf->index() == Quality ? 0 : 1);
    if (!workspace().model() || m_sizesOf->index() == Quality)
        return;
    const model::Model& model = *workspace().model();
    const plan::Plan& plan = workspace().plan();
    if (m_sizesOf->index() == Presets) {
        SizeRow own = fileRow(model, plan, tr("your recipe"));
        own.own = true;
        QList<SizeRow> rows = m_presets;
        rows.append(std::move(own));
        std::stable_sort(rows.begin(), rows.end(), [](const SizeRow& a, const SizeRow& b) { return a.bytes < b.bytes; });
        m_sizesModel->setRows(std::move(rows));
        m_sizesNote->setText(tr("Exact sizes; a click applies the preset."));
    } else {
        m_sizesModel->setRows(m_sizesOf->index() == Roles ? rowsByRole(model, plan) : rowsByLayer(model, plan));
        m_sizesNote->setText(tr("Filled: after quantizing, by bits. Outline: now. Click to select these tensors."));
    }
}

void PlanPage::pickSize(int row)
{
    const SizeRow picked = m_sizesModel->row(row);
    if (!picked.base.isEmpty())
        workspace().applyBase(picked.base);
    else if (!picked.tensors.isEmpty())
        workspace().select(picked.tensors);
}

void PlanPage::showSummary()
{
    const plan::Plan& plan = workspace().plan();
    const auto& tensors = workspace().model()->tensors();
    Groups reasons, fallbacks;
    for (int i = 0; i < int(plan.choices.size()); ++i) {
        const plan::Choice& choice = plan.choices[std::size_t(i)];
        reasons.add(reasonText(choice, workspace().recipe()), i);
        if (choice.fallback)
            fallbacks.add(tr("%1 → %2 where rows of %3 do not fit").arg(typeText(choice.wanted), typeText(choice.type)).arg(tensors[std::size_t(i)].shape.columns()), i);
    }
    m_summaryCard->setNote(tr("%1 · %2").arg(exactBytesText(plan.fileBytes), bitsPerWeightText(plan.bitsPerWeight)));
    m_links.clear();
    const Theme& theme = Theme::current();
    QString html = QStringLiteral("<table cellspacing='0' cellpadding='1'>");
    const auto addLines = [&](const Groups& groups, const QString& mark, const QColor& ink) {
        for (const QString& words : groups.order) {
            const QString link = QString::number(m_links.size());
            m_links.insert(link, groups.tensors[words]);
            html += QStringLiteral("<tr><td align='right'><b>%1</b>&nbsp;&nbsp;</td><td><a href='%2' style='color:%3; text-decoration:none'>%4%5</a></td></tr>")
                        .arg(groups.tensors[words].size()).arg(link, ink.name(), mark, words.toHtmlEscaped());
        }
    };
    std::stable_sort(reasons.order.begin(), reasons.order.end(), [&](const QString& a, const QString& b) { return reasons.tensors[a].size() > reasons.tensors[b].size(); });
    addLines(fallbacks, tr("fall-back: "), theme.warning);
    addLines(reasons, {}, theme.text);
    if (!workspace().recipe().pins.empty())
        html += QStringLiteral("<tr><td align='right'><b>%1</b>&nbsp;&nbsp;</td><td>%2</td></tr>").arg(workspace().recipe().pins.size()).arg(tr("pinned"));
    m_summary->setText(html + QStringLiteral("</table>"));
}

void PlanPage::followLink(const QString& link)
{
    workspace().select(m_links.value(link));
}

}  // namespace halftone::app
