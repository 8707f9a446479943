// SPDX-License-Identifier: Apache-2.0
#include "core/sense/carry.h"

#include "core/model/model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string_view>

namespace halftone::sense {
namespace {

using quant::Type;
using ByType = std::map<Type, double>;
using ByTensor = std::map<std::string_view, ByType>;

ByTensor byTensor(const Sensitivity& figures)
{
    ByTensor sorted;
    for (const TensorError& one : figures.tensors)
        sorted[one.tensor][one.type] = one.error;
    return sorted;
}

/// A type in which a tensor was measured, on logarithmic axes.
struct Pair {
    double weights, figure;
};

/// By the weights' errors.
std::vector<Pair> pairsOf(const ByType& measured, const ByType& weights)
{
    std::vector<Pair> pairs;
    for (const auto& [type, figure] : measured)
        if (const auto found = weights.find(type); found != weights.end() && found->second > 0 && figure > 0)
            pairs.push_back({std::log(found->second), std::log(figure)});
    std::ranges::sort(pairs, {}, &Pair::weights);
    return pairs;
}

double along(const std::vector<Pair>& pairs, double weights)
{
    const auto above = std::ranges::lower_bound(pairs, weights, {}, &Pair::weights);
    if (above == pairs.begin())
        return above->figure + weights - above->weights;
    const Pair& below = *std::prev(above);
    if (above == pairs.end())
        return below.figure + weights - below.weights;
    return below.figure + (above->figure - below.figure) * (weights - below.weights) / (above->weights - below.weights);
}

/// The mean of figure over weights on logarithmic axes.
class Ratio {
public:
    void add(const std::vector<Pair>& pairs)
    {
        for (const Pair& pair : pairs)
            m_sum += pair.figure - pair.weights;
        m_count += pairs.size();
    }
    std::optional<double> mean() const { return m_count > 0 ? std::optional(m_sum / double(m_count)) : std::nullopt; }

private:
    double m_sum = 0;
    std::size_t m_count = 0;
};

class Carrier {
public:
    Carrier(const Sensitivity& figures, const Sensitivity& weights, const model::Model& model)
        : m_model(model),
          m_figures(byTensor(figures)),
          m_weights(byTensor(weights))
    {
        for (const auto& [name, measured] : m_figures) {
            if (!m_weights.contains(name))
                continue;
            const auto pairs = pairsOf(measured, m_weights.at(name));
            m_all.add(pairs);
            if (const model::Tensor* tensor = m_model.find(name))
                m_roles[tensor->role].add(pairs);
        }
    }

    bool has(const TensorError& one) const
    {
        const auto found = m_figures.find(one.tensor);
        return found != m_figures.end() && found->second.contains(one.type);
    }

    std::optional<double> figureOf(const TensorError& one) const
    {
        if (one.error <= 0)
            return 0;
        const double weights = std::log(one.error);
        if (const auto own = m_figures.find(one.tensor); own != m_figures.end())
            if (const auto pairs = pairsOf(own->second, m_weights.at(one.tensor)); !pairs.empty())
                return std::exp(along(pairs, weights));
        const model::Tensor* tensor = m_model.find(one.tensor);
        const auto role = tensor ? m_roles.find(tensor->role) : m_roles.end();
        auto ratio = role != m_roles.end() ? role->second.mean() : std::nullopt;
        if (!ratio)
            ratio = m_all.mean();
        return ratio ? std::optional(std::exp(weights + *ratio)) : std::nullopt;
    }

private:
    const model::Model& m_model;
    ByTensor m_figures, m_weights;
    std::map<model::Role, Ratio> m_roles;
    Ratio m_all;
};

}  // namespace

Sensitivity carried(Sensitivity figures, const Sensitivity& weights, const model::Model& model)
{
    std::vector<TensorError> more;
    const Carrier carrier(figures, weights, model);
    for (const TensorError& one : weights.tensors)
        if (!carrier.has(one))
            if (const auto figure = carrier.figureOf(one))
                more.push_back({.tensor = one.tensor, .type = one.type, .error = *figure, .weights = one.weights, .carried = true});
    figures.tensors.insert(figures.tensors.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return figures;
}

}  // namespace halftone::sense
