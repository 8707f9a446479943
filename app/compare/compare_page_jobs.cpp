// SPDX-License-Identifier: GPL-3.0-or-later
// What the page does in jobs: writing, measuring, cutting the prompt.
#include "app/compare/column_board.h"
#include "app/compare/compare_page.h"
#include "app/compare/prompt_bar.h"
#include "app/compare/prompt_view.h"
#include "app/compare/token_details.h"
#include "app/compare/token_text.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/window/devices.h"
#include "app/window/workspace.h"
#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/file.h"

#include <QStackedLayout>

#include <algorithm>
#include <utility>

namespace halftone::app {
namespace {

constexpr std::size_t kMeasureWindows = 12;  ///< of 512 tokens: seconds on the sample, enough to order the widths

const QString kRunTag = QStringLiteral("compare");
const QString kMeasureTag = QStringLiteral("compare-measure");
const QString kPromptTag = QStringLiteral("compare-prompt");

}  // namespace

void ComparePage::cancelJobs()
{
    for (const QString& tag : {kRunTag, kMeasureTag, kPromptTag})
        workspace().jobs().cancelTag(tag);
}

void ComparePage::run()
{
    if (m_running || !workspace().model() || m_stack->currentIndex() != 0)
        return;
    m_bar->showProblem({});
    m_stream = std::make_shared<ColumnStream>();
    auto request = this->request();
    setBlind(m_bar->isBlind());
    m_shownPrompt = m_bar->prompt();
    m_board->begin(m_shownPrompt);
    m_board->setState(tr("preparing..."));
    m_detailsModel->clear();
    setRunning(true);
    const auto recipes = request.columns;
    m_runJob = workspace().jobs().start(
        {.title = tr("Compare"), .tag = kRunTag, .device = workspace().devices().target().ofJob()}, this,
        [request = std::move(request), stream = m_stream, executor = workspace().executor()](Progress& progress) {
            return runComparison(request, *stream, *executor, progress);
        },
        [this, recipes](const Variants& variants) {
            keepVariants(recipes, variants);
            finish({});
        },
        [this](const Error& error) {
            finish({});
            m_bar->showProblem(errorText(error));
        });
}

void ComparePage::runOrStop()
{
    m_running ? stop() : run();
}

void ComparePage::stop()
{
    workspace().jobs().cancelTag(kRunTag);
    finish(tr("stopped"));
}

/// Cancelled in the jobs panel.
void ComparePage::jobCancelled(quint64 job)
{
    if (job == m_runJob || job == m_measureJob)
        finish(tr("stopped"));
}

void ComparePage::finish(const QString& state)
{
    takeEvents();
    setRunning(false);
    for (CompareColumn* column : columns()) {
        column->setState(state);
        column->text().showFromStart();  // where the first differences are
    }
    showFirstDifference();
}

void ComparePage::keepVariants(const std::vector<plan::Recipe>& recipes, const Variants& variants)
{
    m_variants.clear();  // those of columns that are gone give their memory back
    for (std::size_t i = 0; i < recipes.size(); ++i)
        m_variants[plan::toJson(recipes[i])] = variants[i];
}

void ComparePage::takeEvents()
{
    if (!m_stream)
        return;
    for (ColumnEvent& event : m_stream->take())
        if (event.column < int(columns().size()))
            tell(std::move(event));
}

void ComparePage::tell(ColumnEvent event)
{
    CompareColumn* column = columns()[std::size_t(event.column)];
    switch (event.kind) {
    case ColumnEvent::Kind::Prompt:
        m_shownPrompt = QString::fromStdString(event.prompt);
        m_board->begin(m_shownPrompt);
        break;
    case ColumnEvent::Kind::Note: Q_EMIT workspace().message(QString::fromStdString(event.note)); break;
    case ColumnEvent::Kind::Turns:
        showTurns(event);
        m_board->setState(tr("waits for its turn"));
        break;
    case ColumnEvent::Kind::Ready:
        column->setState({});
        column->setDevice(QString::fromStdString(event.device), event.share);
        break;
    case ColumnEvent::Kind::Token:
        column->text().append(std::move(event.token));
        column->setSpeed(event.tokensPerSecond);
        m_board->markFirstDifference(event.column);
        break;
    case ColumnEvent::Kind::Finished:
        column->setSpeed(event.tokensPerSecond);
        column->setDevice(QString::fromStdString(event.device), event.share);
        break;
    }
}

void ComparePage::showTurns(const ColumnEvent& event)
{
    const QString needed = bytesText(event.neededBytes), free = bytesText(event.freeBytes);
    m_bar->showNote(event.device.empty()
                        ? tr("All columns at once need %1 of memory, and %2 are free: they write one after another.").arg(needed, free)
                        : tr("All columns at once need %1 on %2, and %3 are free there: they write one after another.")
                              .arg(needed, QString::fromStdString(event.device), free));
}

void ComparePage::measure()
{
    const auto sample = Workspace::samplePath();
    if (!workspace().model() || m_running || sample.empty())
        return;
    m_bar->showProblem({});
    auto request = this->request();
    const auto recipes = request.columns;
    m_bar->setMeasurable(false);
    m_board->setState(tr("measuring..."));
    const auto ended = [this](const QString& state) {
        m_bar->setMeasurable(true);
        m_board->setState(state);
    };
    m_measureJob = workspace().jobs().start(
        {.title = tr("Perplexity and KL divergence"), .tag = kMeasureTag, .device = workspace().devices().target().ofJob()}, this,
        [request = std::move(request), text = sample.parent_path() / "eval.txt", executor = workspace().executor()](Progress& progress) {
            const InputFile file(text);
            std::string content(std::size_t(file.size()), '\0');
            file.readAt(0, std::as_writable_bytes(std::span(content)));
            return measureColumns(request, content, kMeasureWindows, *executor, progress);
        },
        [this, recipes, ended](const Measurement& measured) {
            keepVariants(recipes, measured.variants);
            ended({});
            for (const std::string& note : measured.notes)
                Q_EMIT workspace().message(QString::fromStdString(note));
            for (std::size_t i = 0; i < std::min(columns().size(), recipes.size()); ++i)
                if (columns()[i]->choice().recipe == recipes[i])
                    columns()[i]->setDivergence(measured.columns[i], QString::fromStdString(measured.device));
        },
        [this, ended](const Error& error) {
            ended({});
            m_bar->showProblem(errorText(error));
        });
}

void ComparePage::showPrompt()
{
    if (!workspace().model())
        return;
    m_bar->showProblem({});
    workspace().jobs().start(
        {.title = tr("Prompt"), .tag = kPromptTag, .shown = false}, this,
        [request = this->request()](Progress&) { return promptPieces(request); },
        [this](const std::vector<PromptPiece>& pieces) { (new PromptView(pieces, this))->show(); },
        [this](const Error& error) { m_bar->showProblem(errorText(error)); });
}

}  // namespace halftone::app
