// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluate_page.h"

#include "app/evaluate/evaluation_model.h"
#include "app/evaluate/evaluation_plots.h"
#include "app/evaluate/evaluation_table.h"
#include "app/evaluate/history_menu.h"
#include "app/evaluate/variant_menu.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/card.h"
#include "app/widgets/format_text.h"
#include "app/widgets/not_runnable_text.h"
#include "app/widgets/placement_text.h"
#include "app/window/devices.h"
#include "app/window/kv_type_button.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/variant.h"
#include "core/model/model.h"

#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>
#include <QToolButton>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr int kPollMs = 150;
constexpr std::uint64_t kUsualContext = 512;
const QString kRunTag = QStringLiteral("evaluate");

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

void EvaluatePage::modelChanged()
{
    workspace().jobs().cancelTag(kRunTag);
    m_poll->stop();
    m_running = false;
    m_stream.reset();
    m_model->setEvaluation({});
    showProblem({});
    const auto model = workspace().model();
    const QString why = model ? notRunnableText(infer::whyNotRunnable(*model)) : tr("Open a model to measure its variants.");
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
    m_kvType->setModel(model.get());
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
    job.request.kvType = m_kvType->type();
    job.device = workspace().devices().target();
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
        {.title = tr("Evaluate"), .tag = kRunTag, .device = workspace().devices().target().ofJob()}, this,
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
    for (const std::string& note : outcome.notes)
        Q_EMIT workspace().message(QString::fromStdString(note));
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
    for (QWidget* widget :
         std::initializer_list<QWidget*>{m_variants, m_textButton, m_context, m_windows, m_kvType, m_historyButton, m_earlier})
        widget->setEnabled(!m_running);
    m_earlier->setVisible(!m_history->runs().empty());
    m_history->setComparable(!empty);
    m_run->setEnabled(m_running || (possible && m_variantMenu->chosen() > 0));
    m_run->setText(m_running ? tr("Stop") : !empty && m_own && !m_complete ? tr("Continue") : tr("Run"));
    if (empty)
        return;
    showHeader(shown);
}

void EvaluatePage::showHeader(const evaluate::Evaluation& shown)
{
    const QString device = QString::fromStdString(shown.device);
    QStringList shares;
    for (const evaluate::EvaluatedVariant& variant : shown.variants)
        if (variant.share.allLayers > 0)
            shares << tr("%1: %2").arg(QString::fromStdString(variant.name), shareText(device, variant.share));
    const std::uint64_t tokens = shown.variants.front().figures.tokens;
    m_card->setTitle(tr("Variants on %1").arg(QString::fromStdString(shown.text)));
    m_card->setNote(onDeviceText(device) + QStringLiteral(" · ")
                        + tr("%1 predictions · %2 windows of %3%4")
                              .arg(countText(tokens), countText(shown.windows), countText(shown.window),
                                   m_complete ? QString() : tr(" · not complete")),
                    shares.join(QLatin1Char('\n')));
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
