// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/evaluate/evaluate.h"
#include "core/sense/sensitivity.h"

#include <QString>
#include <QStringList>

#include <filesystem>
#include <memory>

namespace halftone {
class Executor;
class Progress;
}  // namespace halftone
namespace halftone::model {
class Model;
}
namespace halftone::plan {
struct ImportanceMatrix;
struct Plan;
}  // namespace halftone::plan

namespace halftone::app {

struct DeviceTarget;
class SensitivityStore;

// What a Forecast has measured, in jobs. Both throw Error, also where a text is too short or cannot be read.

/// What each type costs each tensor. Goes on where an earlier measurement of the same stopped, and keeps what is there in the store
/// every now and then. An empty `textFile`: the weights alone. `importance` may be null.
sense::Sensitivity measuredFigures(const std::shared_ptr<const model::Model>& model, sense::Level level,
                                   const std::filesystem::path& textFile, const plan::ImportanceMatrix* importance,
                                   const SensitivityStore& store, const Executor& executor, Progress& progress);

/// A divergence and what it was measured on.
struct MeasuredDivergence {
    evaluate::Divergence divergence;
    QString device = {};  ///< that ran the networks as far as it could; empty: the CPU
    QStringList notes = {};  ///< what it did, for the log
};

/// How far a plan's predictions on a text are from the original's. `importance` may be null.
MeasuredDivergence measuredDivergence(const std::shared_ptr<const model::Model>& model, const plan::Plan& plan,
                                      const plan::ImportanceMatrix* importance, const std::filesystem::path& textFile,
                                      const DeviceTarget& device, const Executor& executor, Progress& progress);

}  // namespace halftone::app
