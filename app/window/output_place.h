// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"

#include <QString>

#include <filesystem>
#include <memory>
#include <optional>

namespace halftone::model {
class Model;
}
namespace halftone::plan {
struct ImportanceMatrix;
struct Recipe;
}  // namespace halftone::plan

namespace halftone::app {

/// What the disk says of a file that is to be written.
struct OutputPlace {
    std::optional<quint64> free;  ///< bytes in its folder; empty where that does not exist or cannot be used
    bool exists = false, isFolder = false;
    bool isSource = false;  ///< it is a file of the open model, through links too
    bool hasLeftover = false;  ///< an earlier run was writing it
    quint64 usable = 0;  ///< bytes of tensors that the run need not make again
};

/// What is asked about.
struct OutputQuestion {
    std::filesystem::path file;
    std::shared_ptr<const model::Model> model;
    plan::Plan plan;
    std::shared_ptr<const plan::ImportanceMatrix> importance;  ///< may be null
};

/// Asks the disk, which may be at the other end of a network: for jobs only.
OutputPlace lookAt(const OutputQuestion& question);

/// Beside the source: "model-F16.gguf" and Q4_K_M make "model-Q4_K_M.gguf", and so does the folder "model".
QString proposedFile(const std::filesystem::path& source, const plan::Recipe& recipe);

}  // namespace halftone::app
