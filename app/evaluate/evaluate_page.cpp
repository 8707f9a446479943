// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluate_page.h"

#include "app/evaluate/evaluation_export.h"
#include "app/evaluate/evaluation_model.h"
#include "app/evaluate/evaluation_plots.h"
#include "app/evaluate/evaluation_table.h"
#include "app/evaluate/history_menu.h"
#include "app/evaluate/variant_menu.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/texts.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"
#include "core/model/model.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kPollMs = 150;
constexpr int kFirstWindows = 24;  ///< of 512 tokens: seconds on the sample, enough to order the widths
constexpr std::uint64_t kUsualContext = 512;
const QString kRunTag = QStringLiteral("evaluate");

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

EvaluatePage::EvaluatePage(Workspace& workspace, QWidget* parent)
    : Page(workspace, parent),
      m_history(new HistoryMenu(workspace, this)),
      m_poll(new QTimer(this))
{
    connect(m_history, &HistoryMenu::reopened, this, [this](const evaluate::Evaluation& evaluation) { showEvaluation(evaluation, false); });
    connect(m_history, &HistoryMenu::compared, this, &EvaluatePage::compareWith);
    connect(m_history, &HistoryMenu::problem, this, &EvaluatePage::showProblem);
    connect(m_history, &HistoryMenu::loaded, this, &EvaluatePage::refresh);
    buildContent();
    m_poll->setInterval(kPollMs);
    connect(m_poll, &QTimer::timeout, this, &EvaluatePage::takeStates);
    connect(&workspace, &Workspace::modelChanged, this, &EvaluatePage::modelChanged);
    connect(&workspace.jobs(), &JobManager::jobCancelled, this, [this](JobId id) {
        if (id == m_job)
            jobEnded();
    });
    modelChanged();
}

EvaluatePage::~EvaluatePage() = default;

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
    m_context = spinBox(8, 1 << 20, int(kUsualContext), tr("Context: tokens in a window; the second half of each is scored"), card);
    m_context->setSuffix(tr(" tokens"));
    m_windows = spinBox(0, 1'000'000, kFirstWindows, tr("At most this many windows of the text; 0 takes all"), card);
    m_windows->setSuffix(tr(" windows"));
    m_windows->setSpecialValueText(tr("all windows"));
    m_run = new QPushButton(card);
    m_run->setProperty("primary", true);
    connect(m_run, &QPushButton::clicked, this, [this] { m_running ? stop() : run(); });

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_variants, m_textButton, m_context, m_windows})
        row->addWidget(widget);
    row->addStretch(1);
    row->addWidget(m_run);
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

void EvaluatePage::modelChanged()
{
    workspace().jobs().cancelTag(kRunTag);
    m_poll->stop();
    m_running = false;
    m_stream.reset();
    m_model->setEvaluation({});
    showProblem({});
    const auto model = workspace().model();
    const QString why = model ? QString::fromStdString(infer::whyNotRunnable(*model)) : tr("Open a model to measure its variants.");
    if (why.isEmpty()) {
        const std::uint64_t longest = infer::readHyperparameters(*model).contextLength;
        m_context->setValue(int(std::min(kUsualContext, longest)));
        m_notice->setText(tr("Nothing has been measured yet: perplexity, divergence, calibration and speed of each variant, side by side, "
                             "on a text the model has not seen."));
    } else {
        m_notice->setText(
            model ? tr("This model cannot be measured here: %1. Histograms, plan and quantizing work on it all the same.").arg(why) : why);
    }
    m_begin->setVisible(why.isEmpty());
    chooseText(m_text);
}

void EvaluatePage::chooseText(const std::filesystem::path& text)
{
    m_text = text;
    const QString name = text.empty() ? tr("the model's own") : QString::fromStdString(toUtf8(text.filename()));
    m_textButton->setText(m_textButton->fontMetrics().elidedText(name, Qt::ElideMiddle, 120));
    m_textButton->setToolTip(text.empty() ? tr("The model writes the text itself, always the same one")
                                          : tr("The text that all variants are measured on: %1").arg(name));
    refresh();
}

void EvaluatePage::setWindows(int windows)
{
    m_windows->setValue(windows);
}

EvaluationJob EvaluatePage::job() const
{
    EvaluationJob job{.request = {.model = workspace().model(), .variants = m_variantMenu->recipes(), .text = {}},
                      .files = m_variantMenu->files(),
                      .text = m_text};
    job.request.text.name = m_text.empty() ? tr("text of its own").toStdString() : toUtf8(m_text.filename());
    job.request.windows = {.window = std::size_t(m_context->value()), .maxWindows = std::size_t(m_windows->value())};
    if (m_text.empty())  // as much as will be measured
        job.request.text.ownTokens = job.request.windows.window * std::size_t(std::max(m_windows->value(), 1));
    job.request.importance = workspace().importance();
    job.request.planOptions = workspace().planOptions();
    return job;
}

void EvaluatePage::run()
{
    if (m_running || !workspace().model() || m_begin->isHidden())
        return;
    showProblem({});
    m_stream = std::make_shared<EvaluationStream>();
    m_running = true;
    m_poll->start();
    m_job = workspace().jobs().start(
        {.title = tr("Evaluate"), .tag = kRunTag}, this,
        [job = job(), stream = m_stream, executor = workspace().executor()](Progress& progress) {
            return runEvaluation(job, *stream, *executor, progress);
        },
        [this](const EvaluationOutcome& outcome) { finish(outcome); },
        [this](const Error& error) {
            jobEnded();
            showProblem(errorText(error));
        });
    refresh();
}

void EvaluatePage::stop()
{
    workspace().jobs().cancelTag(kRunTag);
    jobEnded();
}

void EvaluatePage::takeStates()
{
    if (!m_stream)
        return;
    if (const auto state = m_stream->take())
        showEvaluation(*state, true);
}

void EvaluatePage::finish(const EvaluationOutcome& outcome)
{
    jobEnded();
    showEvaluation(outcome.evaluation, true);
    if (outcome.passes > 1)
        Q_EMIT workspace().message(
            tr("The variants did not fit the memory together; they took %n passes over the text.", nullptr, int(outcome.passes)));
    if (!outcome.movedTo.empty())
        Q_EMIT workspace().message(movedStoreText(outcome.movedTo.filename()));
}

void EvaluatePage::jobEnded()
{
    takeStates();
    m_poll->stop();
    m_running = false;
    m_history->load();
    refresh();
}

void EvaluatePage::showEvaluation(const evaluate::Evaluation& evaluation, bool own)
{
    m_complete = evaluation.complete();
    m_own = own;
    showRows(evaluation);
}

void EvaluatePage::showRows(const evaluate::Evaluation& evaluation)
{
    m_model->setEvaluation(evaluation);
    m_plots->setEvaluation(evaluation);
    m_plots->setCurrent(m_table->current());
    refresh();
}

void EvaluatePage::showProblem(const QString& sentence)
{
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

void EvaluatePage::refresh()
{
    const evaluate::Evaluation& shown = m_model->evaluation();
    const bool empty = shown.variants.empty(), possible = !m_begin->isHidden();
    m_results->setVisible(!empty);
    m_notice->parentWidget()->setVisible(empty);
    m_begin->setEnabled(!m_running && m_variantMenu->chosen() > 0);
    m_variants->setText(tr("%n variants", nullptr, m_variantMenu->chosen()));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_variants, m_textButton, m_context, m_windows, m_historyButton, m_earlier})
        widget->setEnabled(!m_running);
    m_earlier->setVisible(!m_history->runs().empty());
    m_history->setComparable(!empty);
    m_run->setEnabled(m_running || (possible && m_variantMenu->chosen() > 0));
    m_run->setText(m_running ? tr("Stop") : !empty && m_own && !m_complete ? tr("Continue") : tr("Run"));
    if (empty)
        return;
    const std::uint64_t tokens = shown.variants.front().figures.tokens;
    m_card->setTitle(tr("Variants on %1").arg(QString::fromStdString(shown.text)));
    m_card->setNote(
        tr("%1 predictions · %2 windows of %3%4")
            .arg(countText(tokens), countText(shown.windows), countText(shown.window), m_complete ? QString() : tr(" · not complete")));
}

void EvaluatePage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    m_history->load();
}

/// The other run's rows below the shown ones, named after their run.
void EvaluatePage::compareWith(const evaluate::Evaluation& other)
{
    evaluate::Evaluation both = m_model->evaluation();
    for (evaluate::EvaluatedVariant variant : other.variants) {
        variant.name =
            tr("%1 (%2 on %3)")
                .arg(QString::fromStdString(variant.name), QString::fromStdString(other.model), QString::fromStdString(other.text))
                .toStdString();
        both.variants.push_back(std::move(variant));
    }
    showRows(both);
}

}  // namespace halftone::app
