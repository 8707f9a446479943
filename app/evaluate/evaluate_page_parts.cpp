// SPDX-License-Identifier: GPL-3.0-or-later
// What the page is made of.
#include "app/evaluate/evaluate_page.h"
#include "app/evaluate/evaluation_export.h"
#include "app/evaluate/evaluation_model.h"
#include "app/evaluate/evaluation_plots.h"
#include "app/evaluate/evaluation_table.h"
#include "app/evaluate/history_menu.h"
#include "app/evaluate/variant_menu.h"
#include "app/widgets/card.h"
#include "app/widgets/flow_layout.h"
#include "app/widgets/texts.h"
#include "app/window/kv_type_button.h"
#include "app/window/workspace.h"
#include "core/base/file.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

namespace halftone::app {
namespace {

constexpr int kFirstWindows = 24;  ///< of 512 tokens: seconds on the sample, enough to order the widths
constexpr int kFirstContext = 512;

QToolButton* menuButton(const QString& text, QMenu* menu, QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setProperty("framed", true);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setMenu(menu);
    return button;
}

QSpinBox* spinBox(int low, int high, int value, const QString& name, QWidget* parent)
{
    auto* spin = new QSpinBox(parent);
    spin->setRange(low, high);
    spin->setValue(value);
    spin->setButtonSymbols(QAbstractSpinBox::NoButtons);
    spin->setAccessibleName(name);
    spin->setToolTip(name);
    return spin;
}

}  // namespace

void EvaluatePage::buildContent()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(10);
    layout->addWidget(buildControls());
    layout->addWidget(buildResults(), 1);
    layout->addWidget(buildNotice(), 1);
}

QWidget* EvaluatePage::buildControls()
{
    auto* card = new Card({}, this);
    m_variantMenu = new VariantMenu(workspace(), card);
    m_variants = menuButton({}, m_variantMenu, card);
    connect(m_variantMenu, &VariantMenu::chosenChanged, this, &EvaluatePage::refresh);
    connect(m_variantMenu, &VariantMenu::problem, this, &EvaluatePage::showProblem);
    m_textButton = buildTextButton(card);
    m_context = spinBox(8, 1 << 20, kFirstContext, tr("Context: tokens in a window; the second half of each is scored"), card);
    m_context->setSuffix(tr(" tokens"));
    m_windows = spinBox(0, 1'000'000, kFirstWindows, tr("At most this many windows of the text; 0 takes all"), card);
    m_windows->setSuffix(tr(" windows"));
    m_windows->setSpecialValueText(tr("all windows"));
    m_kvType = new KvTypeButton(KvTypeButton::Whose::EachVariant, card);
    m_run = new QPushButton(card);
    m_run->setProperty("primary", true);
    connect(m_run, &QPushButton::clicked, this, [this] { m_running ? stop() : run(); });

    auto* choices = new FlowLayout;
    choices->setSpacing(8);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_variants, m_textButton, m_context, m_windows, m_kvType})
        choices->addWidget(widget);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addLayout(choices, 1);
    row->addWidget(m_run, 0, Qt::AlignTop);
    card->body()->addLayout(row);
    card->body()->addWidget(buildProblem(card));
    return card;
}

QWidget* EvaluatePage::buildProblem(QWidget* parent)
{
    m_problem = new QLabel(parent);
    m_problem->setProperty("problem", true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_problem->setWordWrap(true);
    m_problem->hide();
    return m_problem;
}

QToolButton* EvaluatePage::buildTextButton(QWidget* parent)
{
    auto* menu = new QMenu(parent);
    if (const auto sample = Workspace::samplePath(); !sample.empty()) {
        m_text = sample.parent_path() / "eval.txt";
        menu->addAction(tr("Bundled fairy tales"), this, [this, text = m_text] { chooseText(text); });
    }
    menu->addAction(tr("Text file..."), this, [this] {
        const QString file = QFileDialog::getOpenFileName(this, tr("Text to measure on"), {}, tr("Text (*.txt *.md);;All files (*)"));
        if (!file.isEmpty())
            chooseText(fromUtf8(file.toStdString()));
    });
    menu->addAction(tr("Written by the model itself"), this, [this] { chooseText({}); });
    return menuButton({}, menu, parent);
}

QToolButton* EvaluatePage::buildExportButton(QWidget* parent)
{
    auto* menu = new QMenu(parent);
    const auto add = [&](const QString& text, EvaluationFormat format) {
        menu->addAction(text, this, [this, format] { exportEvaluation(this, m_model->evaluation(), format); });
    };
    add(tr("Report (HTML)..."), EvaluationFormat::Html);
    add(tr("Table (CSV)..."), EvaluationFormat::Csv);
    add(tr("All figures (JSON)..."), EvaluationFormat::Json);
    return menuButton(tr("Export"), menu, parent);
}

/// Table above, plots below; where that is too high for the window, it scrolls.
QWidget* EvaluatePage::buildResults()
{
    m_card = new Card({}, this);
    m_model = new EvaluationModel(this);
    m_table = new EvaluationTable(*m_model, m_card);
    m_card->body()->addWidget(m_table);
    m_historyButton = menuButton(tr("History"), m_history, m_card);
    m_card->controls()->addWidget(m_historyButton);
    m_card->controls()->addWidget(buildExportButton(m_card));
    m_plots = new EvaluationPlots(this);
    connect(m_table, &EvaluationTable::currentChosen, m_plots, &EvaluationPlots::setCurrent);
    connect(m_plots, &EvaluationPlots::variantClicked, m_table, &EvaluationTable::setCurrent);
    auto* column = new QWidget(this);
    column->setProperty("side", true);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(m_card);
    layout->addWidget(m_plots, 1);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(column);
    m_results = scroll;
    return scroll;
}

QWidget* EvaluatePage::buildNotice()
{
    auto* notice = new QWidget(this);
    m_notice = mutedLabel({}, notice);
    m_notice->setAlignment(Qt::AlignCenter);
    m_notice->setWordWrap(true);
    m_begin = new QPushButton(tr("Measure the chosen variants"), notice);
    m_begin->setProperty("primary", true);
    connect(m_begin, &QPushButton::clicked, this, &EvaluatePage::run);
    m_earlier = menuButton(tr("Earlier evaluations"), m_history, notice);
    m_earlier->hide();
    auto* layout = new QVBoxLayout(notice);
    layout->setContentsMargins(40, 0, 40, 0);
    layout->setSpacing(14);
    layout->addStretch(2);
    layout->addWidget(m_notice);
    layout->addWidget(m_begin, 0, Qt::AlignHCenter);
    layout->addWidget(m_earlier, 0, Qt::AlignHCenter);
    layout->addStretch(3);
    return notice;
}

}  // namespace halftone::app
