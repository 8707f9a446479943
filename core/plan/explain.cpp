// SPDX-License-Identifier: Apache-2.0
#include "core/plan/explain.h"

#include "core/model/model.h"
#include "core/plan/fallback.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <tuple>

namespace halftone::plan {
namespace {

using quant::Type;

std::optional<double> errorIn(Type type, const model::Tensor& tensor, const std::vector<TypeError>& row)
{
    if (type == tensor.type)
        return 0.0;
    const auto found = std::ranges::find(row, type, &TypeError::type);
    return found == row.end() ? std::nullopt : std::optional(found->error);
}

std::uint64_t bytesIn(Type type, const model::Tensor& tensor)
{
    return quant::rowBytes(type, tensor.shape.columns()) * tensor.shape.rows();
}

/// One tensor's exchange, or none where it has the main type or something is not known.
std::optional<Explanation> exchanged(std::size_t i, const model::Tensor& tensor, const std::vector<TypeError>& row, Type type, Type main)
{
    const Type instead = fittingType(main, tensor.shape.columns());
    const auto now = errorIn(type, tensor, row), then = errorIn(instead, tensor, row);
    if (type == instead || !now || !then)
        return {};
    return Explanation{.role = tensor.role,
                       .firstLayer = tensor.layer,
                       .lastLayer = tensor.layer,
                       .tensors = {i},
                       .type = type,
                       .instead = instead,
                       .error = *then - *now,
                       .bytesSaved = std::int64_t(bytesIn(type, tensor)) - std::int64_t(bytesIn(instead, tensor))};
}

bool continues(const Explanation& run, const Explanation& next)
{
    return run.role == next.role && run.type == next.type && run.instead == next.instead && next.firstLayer - run.lastLayer <= 1
        && (run.firstLayer < 0) == (next.firstLayer < 0);
}

void append(Explanation& run, const Explanation& next)
{
    run.lastLayer = next.lastLayer;
    run.tensors.insert(run.tensors.end(), next.tensors.begin(), next.tensors.end());
    run.error += next.error;
    run.bytesSaved += next.bytesSaved;
}

}  // namespace

Type mainType(const model::Model& model, const ErrorTable& table, const Plan& plan)
{
    std::map<Type, std::uint64_t> weights;
    for (std::size_t i = 0; i < std::min(table.size(), plan.choices.size()); ++i)
        if (!table[i].empty())
            weights[plan.choices[i].type] += model.tensors()[i].shape.elements();
    const auto most = std::ranges::max_element(weights, {}, [](const auto& entry) { return entry.second; });
    return most == weights.end() ? model.mainType() : most->first;
}

std::vector<Explanation> explain(const model::Model& model, const ErrorTable& table, const Plan& plan)
{
    const Type main = mainType(model, table, plan);
    std::vector<Explanation> single;
    for (std::size_t i = 0; i < std::min(table.size(), plan.choices.size()); ++i)
        if (auto one = exchanged(i, model.tensors()[i], table[i], plan.choices[i].type, main))
            single.push_back(std::move(*one));
    std::ranges::stable_sort(single, {}, [](const Explanation& e) { return std::tuple(e.role, e.firstLayer); });
    std::vector<Explanation> runs;
    for (const Explanation& one : single) {
        if (!runs.empty() && continues(runs.back(), one))
            append(runs.back(), one);
        else
            runs.push_back(one);
    }
    std::ranges::stable_sort(runs, std::greater(), [](const Explanation& e) { return std::abs(e.error); });
    return runs;
}

}  // namespace halftone::plan
