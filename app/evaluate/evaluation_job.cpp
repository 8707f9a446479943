// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluate/evaluation_job.h"

#include "app/window/sensitivity_store.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/open.h"

#include <QCoreApplication>
#include <QStandardPaths>

#include <utility>

namespace halftone::app {
namespace {

struct JobText {
    Q_DECLARE_TR_FUNCTIONS(EvaluationJob)
};

}  // namespace

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
    return fromUtf8((folder + QStringLiteral("/evaluations.sqlite")).toStdString());
}

EvaluationHistory readEvaluationHistory()
{
    const auto file = evaluationStorePath();
    if (!std::filesystem::exists(file))
        return {};
    store::EvaluationStore store(file, store::Damage::MoveAside);
    return {store.history(), store.movedTo()};
}

QString movedStoreText(const std::filesystem::path& movedTo)
{
    return JobText::tr("The file of earlier evaluations was damaged; it was moved to %1.").arg(QString::fromStdString(toUtf8(movedTo)));
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
    std::filesystem::create_directories(evaluationStorePath().parent_path());
    store::EvaluationStore store(evaluationStorePath(), store::Damage::MoveAside);
    EvaluationOutcome outcome{.evaluation = {}, .movedTo = store.movedTo()};
    const auto accelerator = job.device.openAccelerator(gpu::TextUse::Read, [&](const std::string& note) { outcome.notes.push_back(note); });
    job.request.accelerator = accelerator.get();
    const auto show = [&stream](const evaluate::Evaluation& evaluation) { stream.push(evaluation); };
    outcome.evaluation = store::evaluateVariants(job.request, &store, show, executor, progress, &outcome.passes);
    return outcome;
}

}  // namespace halftone::app
