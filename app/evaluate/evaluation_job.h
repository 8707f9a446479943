// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/devices.h"
#include "core/store/stored_run.h"

#include <QString>

#include <filesystem>
#include <mutex>
#include <optional>
#include <vector>

namespace halftone::app {

/// What the page asks for, as values; files are opened on the worker.
struct EvaluationJob {
    store::EvaluationRequest request;  ///< without the text's content, files among the variants and an accelerator
    std::vector<std::filesystem::path> files;  ///< quantized models that are measured too
    std::filesystem::path text;  ///< empty: the model writes one
    DeviceTarget device = {};  ///< that runs the variants as far as it can
};

struct EvaluationOutcome {
    evaluate::Evaluation evaluation;
    std::size_t passes = 1;  ///< over the text, because of the memory
    std::filesystem::path movedTo;  ///< where a damaged store was moved; empty if none was
    std::vector<std::string> notes = {};  ///< what the device did, for the log
};

/// The mailbox between the job that measures and the page that shows: the newest state wins. Any thread.
class EvaluationStream {
public:
    void push(evaluate::Evaluation evaluation);
    std::optional<evaluate::Evaluation> take();

private:
    std::mutex m_mutex;
    std::optional<evaluate::Evaluation> m_newest;
};

/// The file in the user's data folder that all evaluations are kept in.
std::filesystem::path evaluationStorePath();

/// What the store holds; nothing, and no file, where nothing was measured yet. For a worker; throws as EvaluationStore does.
struct EvaluationHistory {
    std::vector<store::RunSummary> runs;
    std::filesystem::path movedTo;  ///< where a damaged store was moved; empty if none was
};
EvaluationHistory readEvaluationHistory();

/// The sentence for that; translated.
QString movedStoreText(const std::filesystem::path& movedTo);

/// Measures with the store in between; throws as store::evaluateVariants does. For a worker.
EvaluationOutcome runEvaluation(EvaluationJob job, EvaluationStream& stream, const Executor& executor, Progress& progress);

}  // namespace halftone::app
