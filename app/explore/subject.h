// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

#include <QList>
#include <QString>

#include <memory>
#include <optional>
#include <span>

namespace halftone::model {
class Model;
}
namespace halftone::plan {
struct ImportanceMatrix;
}

namespace halftone::app {

class Workspace;

/// What the cards of the explore page look at: a value that jobs may keep, as it holds on to the model.
struct Subject {
    std::shared_ptr<const model::Model> model;
    std::shared_ptr<const plan::ImportanceMatrix> importance;  ///< null: nothing is known of the columns
    QList<int> selection;  ///< indices into Model::tensors, the current one last; empty: nothing to look at
    int expert = -1;  ///< of a stack of matrices; -1: all of them

    /// Of the workspace's model and selection, with all experts.
    static Subject of(const Workspace& workspace);

    bool isEmpty() const { return selection.isEmpty(); }
    bool isSingle() const { return selection.size() == 1; }
    int index() const { return selection.last(); }
    /// The current tensor as it is in the file.
    const model::Tensor& tensor() const;
    /// The same, or the chosen expert's part of it.
    model::Tensor part() const { return partOf(index()); }
    model::Tensor partOf(int tensor) const;
    /// Of part()'s columns, expert by expert; empty where nothing is known.
    std::span<const float> columnImportance() const;
    bool hasImportance() const { return !columnImportance().empty(); }

    /// Without ".weight", with the chosen expert.
    QString name() const;
};

QString formatName(quant::Type type);  ///< "Q4_K"

/// Jobs above this are listed in the jobs panel.
constexpr std::uint64_t kLongWeights = std::uint64_t(1) << 24;

}  // namespace halftone::app
