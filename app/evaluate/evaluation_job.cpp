// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluation_job.h"

#include "app/window/sensitivity_store.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/open.h"

#include <QDir>
#include <QStandardPaths>

#include <utility>

namespace halftone::app {

void EvaluationStream::push(evaluate::Evaluation evaluation)
{
    const std::scoped_lock lock(m_mutex);
    m_newest = std::move(evaluation);
}

std::optional<evaluate::Evaluation> EvaluationStream::take()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_newest, std::nullopt);
}

std::filesystem::path evaluationStorePath()
{
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    QDir().mkpath(folder);
    return fromUtf8((folder + QStringLiteral("/evaluations.sqlite")).toStdString());
}

EvaluationOutcome runEvaluation(EvaluationJob job, EvaluationStream& stream, const Executor& executor, Progress& progress)
{
    if (!job.text.empty()) {
        job.request.text.content = readText(job.text);
        if (job.request.text.content.empty())
            throw Error(ErrorCode::Usage, {.problem = "the text is empty", .file = toUtf8(job.text), .advice = "choose another text"});
    }
    for (const auto& file : job.files)
        job.request.variants.push_back({.name = toUtf8(file.stem()), .file = format::openModel(file)});
    store::EvaluationStore store(evaluationStorePath(), store::Damage::MoveAside);
    EvaluationOutcome outcome{.evaluation = {}, .movedTo = store.movedTo()};
    const auto show = [&stream](const evaluate::Evaluation& evaluation) { stream.push(evaluation); };
    outcome.evaluation = store::evaluateVariants(job.request, &store, show, executor, progress, &outcome.passes);
    return outcome;
}

}  // namespace halftone::app
