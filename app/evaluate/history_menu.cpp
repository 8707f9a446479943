// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/history_menu.h"

#include "app/evaluate/evaluation_job.h"
#include "app/jobs/job_manager.h"
#include "app/widgets/format_text.h"
#include "app/widgets/placement_text.h"
#include "app/window/workspace.h"
#include "core/base/error.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace halftone::app {
namespace {

constexpr std::size_t kMost = 20;  ///< entries
const QString kTag = QStringLiteral("evaluate.history");

QString dateText(std::int64_t seconds)
{
    return QLocale().toString(QDateTime::fromSecsSinceEpoch(seconds), QLocale::ShortFormat);
}

}  // namespace

HistoryMenu::HistoryMenu(Workspace& workspace, QWidget* parent) : QMenu(parent), m_workspace(workspace)
{
    connect(this, &QMenu::aboutToShow, this, &HistoryMenu::fill);
}

void HistoryMenu::load()
{
    m_workspace.jobs().start(
        {.title = tr("Looking for earlier evaluations"), .tag = kTag, .shown = false}, this,
        [](Progress&) { return readEvaluationHistory(); },
        [this](EvaluationHistory history) {
            m_runs = std::move(history.runs);
            if (!history.movedTo.empty())
                Q_EMIT problem(movedStoreText(history.movedTo));
            Q_EMIT loaded();
        },
        [this](const Error& error) { Q_EMIT problem(errorText(error)); });
}

void HistoryMenu::setComparable(bool comparable)
{
    m_comparable = comparable;
}

void HistoryMenu::fill()
{
    clear();
    if (m_runs.empty()) {
        addAction(tr("Nothing yet"))->setEnabled(false);
        return;
    }
    auto* beside = new QMenu(tr("Compare with"), this);
    for (std::size_t i = 0; i < std::min(m_runs.size(), kMost); ++i) {
        const store::RunSummary& run = m_runs[i];
        QString text = tr("%1 on %2, %3 × %4 tokens, %n variants, %5", nullptr, int(run.variants))
                           .arg(QString::fromStdString(run.model), QString::fromStdString(run.text), countText(run.windows),
                                countText(run.window), dateText(run.created));
        if (!run.device.empty())
            text += QStringLiteral(", ") + onDeviceText(QString::fromStdString(run.device));
        addAction(text, this, [this, id = run.id] { read(id, Use::Reopen); });
        beside->addAction(text, this, [this, id = run.id] { read(id, Use::Compare); });
    }
    addSeparator();
    addMenu(beside);
    beside->setEnabled(m_comparable);
}

void HistoryMenu::read(store::RunId run, Use use)
{
    m_workspace.jobs().start(
        {.title = tr("Reading an earlier evaluation"), .tag = kTag, .shown = false}, this,
        [run](Progress&) { return store::EvaluationStore(evaluationStorePath()).evaluation(run); },
        [this, use](const evaluate::Evaluation& evaluation) {
            if (use == Use::Reopen)
                Q_EMIT reopened(evaluation);
            else
                Q_EMIT compared(evaluation);
        },
        [this](const Error& error) { Q_EMIT problem(errorText(error)); });
}

}  // namespace halftone::app
