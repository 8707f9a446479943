// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/tensor.h"

#include <QList>

#include <functional>
#include <optional>

namespace halftone::model {
class Model;
}

namespace halftone::app {

/// What fewer bits cost, layers by roles: predicted KL divergences, nats, of each tensor quantized alone, added up over the tensors of
/// a cell, a layer, a role. Tensors without a known cost are left out, and roles that have no others.
class CostMap {
public:
    struct Cell {
        QList<int> tensors;  ///< indices into Model::tensors
        double cost = 0;
    };

    CostMap() = default;
    CostMap(const model::Model& model, const std::function<std::optional<double>(int tensor)>& costOf);

    bool isEmpty() const { return m_cells.isEmpty(); }
    const QList<int>& layers() const { return m_layers; }  ///< ascending; -1, if any, holds what lies outside the blocks
    const QList<model::Role>& roles() const { return m_roles; }  ///< as the data flows
    const Cell& cell(qsizetype row, qsizetype column) const { return m_cells[row * m_roles.size() + column]; }
    Cell layer(qsizetype row) const;
    Cell role(qsizetype column) const;
    double total() const;
    double largestCell() const;

    struct Place {
        qsizetype row = -1, column = -1;
        friend bool operator==(const Place&, const Place&) = default;
    };
    /// The cell that holds a tensor; -1 where there is none.
    Place placeOf(int tensor) const;

private:
    QList<int> m_layers;
    QList<model::Role> m_roles;
    QList<Cell> m_cells;  ///< row by row
};

/// 0 for nothing to 1 for the largest, logarithmic over three decades: what a colour stands for.
double costShade(double cost, double largest);

}  // namespace halftone::app
