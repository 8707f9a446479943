// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/plan.h"
#include "core/plan/recipe.h"

#include <QAbstractItemModel>
#include <QList>

#include <memory>
#include <vector>

namespace halftone::model {
class Model;
struct Tensor;
}

namespace halftone::app {

/// The tensors of a model as a tree of two levels: embedding, layers, output, norms, others; below them the tensors.
/// Holds values only: whoever shows it sets model and plan.
class TensorTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { NameColumn, TypeColumn, ChosenColumn, ColumnCount };
    enum Role {
        TensorsRole = Qt::UserRole,   ///< QList<int>: indices into Model::tensors that the row stands for
        SortRole,                     ///< file order for tensors, order of groups for groups
        NoteRole,                     ///< muted words after the name: "= output"
        BitsRole,                     ///< int; of a group only when all its tensors agree, else invalid
        ChipRole,                     ///< text of the chip, or "mix"
        FallbackRole,                 ///< bool: another type stands in, or some of the group's do
        PinnedRole,                   ///< bool
        FilterRole,                   ///< the tensor's whole name, lower case
        SensitivityRole,              ///< double, 0 (or unknown) to 1; of a group its most sensitive tensor's
    };

    using QAbstractItemModel::QAbstractItemModel;

    void setModel(std::shared_ptr<const model::Model> model, const plan::Recipe& recipe, const plan::Plan& plan);
    /// A new plan of the same model: rows stay, their types change.
    void setPlan(const plan::Recipe& recipe, const plan::Plan& plan);
    /// By tensor, see Forecast::sensitivity(); empty while nothing is known.
    void setSensitivities(std::vector<double> sensitivities);
    /// The row of a tensor; invalid if there is none.
    QModelIndex indexOf(int tensor) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex&) const override { return ColumnCount; }
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Group {
        QString name;
        QList<int> tensors;
    };
    void buildGroups();
    void announceAll();
    double sensitivity(int tensor) const;
    void updateChoices(const plan::Recipe& recipe, const plan::Plan& plan);
    QVariant groupData(const Group& group, int row, int column, int role) const;
    QVariant tensorData(int tensor, int column, int role) const;
    QVariant chip(const Group& group, int role) const;
    QString toolTip(int tensor) const;
    QString shortName(const model::Tensor& tensor) const;

    std::shared_ptr<const model::Model> m_model;
    std::vector<double> m_sensitivities;
    std::vector<plan::Choice> m_choices;
    std::vector<bool> m_pinned;
    std::vector<Group> m_groups;
    std::vector<std::pair<int, int>> m_places;   ///< group and row of each tensor
};

}  // namespace halftone::app
