// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/cost_map.h"

#include "core/model/model.h"

#include <algorithm>
#include <cmath>

namespace halftone::app {
namespace {

constexpr double kDecades = 3;

CostMap::Cell& operator+=(CostMap::Cell& sum, const CostMap::Cell& cell)
{
    sum.tensors += cell.tensors;
    sum.cost += cell.cost;
    return sum;
}

}  // namespace

CostMap::CostMap(const model::Model& model, const std::function<std::optional<double>(int)>& costOf)
{
    struct Known {
        int tensor;
        double cost;
    };
    QList<Known> known;
    const auto& tensors = model.tensors();
    for (int i = 0; i < int(tensors.size()); ++i) {
        const auto cost = costOf(i);
        if (!cost)
            continue;
        known.append({i, *cost});
        m_layers.append(tensors[std::size_t(i)].layer);
        if (!m_roles.contains(tensors[std::size_t(i)].role))
            m_roles.append(tensors[std::size_t(i)].role);
    }
    std::ranges::sort(m_roles);
    std::ranges::sort(m_layers);
    m_layers.erase(std::unique(m_layers.begin(), m_layers.end()), m_layers.end());
    m_cells.resize(m_layers.size() * m_roles.size());
    for (const Known& each : known) {
        const model::Tensor& tensor = tensors[std::size_t(each.tensor)];
        const auto row = std::ranges::lower_bound(m_layers, tensor.layer) - m_layers.begin();
        m_cells[row * m_roles.size() + m_roles.indexOf(tensor.role)] += {{each.tensor}, each.cost};
    }
}

CostMap::Cell CostMap::layer(qsizetype row) const
{
    Cell sum;
    for (qsizetype column = 0; column < m_roles.size(); ++column)
        sum += cell(row, column);
    return sum;
}

CostMap::Cell CostMap::role(qsizetype column) const
{
    Cell sum;
    for (qsizetype row = 0; row < m_layers.size(); ++row)
        sum += cell(row, column);
    return sum;
}

double CostMap::total() const
{
    double sum = 0;
    for (const Cell& cell : m_cells)
        sum += cell.cost;
    return sum;
}

double CostMap::largestCell() const
{
    double largest = 0;
    for (const Cell& cell : m_cells)
        largest = std::max(largest, cell.cost);
    return largest;
}

CostMap::Place CostMap::placeOf(int tensor) const
{
    for (qsizetype i = 0; i < m_cells.size(); ++i)
        if (m_cells[i].tensors.contains(tensor))
            return {i / m_roles.size(), i % m_roles.size()};
    return {};
}

double costShade(double cost, double largest)
{
    return cost > 0 && largest > 0 ? std::clamp(1 + std::log10(cost / largest) / kDecades, 0.0, 1.0) : 0;
}

}  // namespace halftone::app
