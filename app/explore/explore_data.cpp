// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/explore/explore_data.h"

#include "app/window/weight_counter.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/part.h"
#include "core/model/model.h"

#include <algorithm>

namespace halftone::app {
namespace {

// Bounds that keep a look at a 70-billion-weight model as quick as one at a small one.
constexpr std::uint64_t kErrorWeights = std::uint64_t(1) << 19;
constexpr std::uint64_t kRidgeWeights = std::uint64_t(1) << 26;
constexpr std::uint64_t kRidgeSample = std::uint64_t(1) << 20;
constexpr int kRidgeBins = 2048;

}  // namespace

std::string kindOf(const model::Tensor& tensor)
{
    if (tensor.layer < 0)
        return tensor.name;
    std::string block = ".";
    block.append(std::to_string(tensor.layer)).append(".");
    const auto at = tensor.name.find(block);
    return at == std::string::npos ? tensor.name : tensor.name.substr(at + block.size());
}

QList<int> siblingsOf(const model::Model& model, int tensor)
{
    const auto& tensors = model.tensors();
    const model::Tensor& chosen = tensors[std::size_t(tensor)];
    if (chosen.layer < 0)
        return {tensor};
    const std::string kind = kindOf(chosen);
    QList<int> siblings;
    for (int i = 0; i < int(tensors.size()); ++i)
        if (tensors[std::size_t(i)].layer >= 0 && kindOf(tensors[std::size_t(i)]) == kind)
            siblings.append(i);
    std::stable_sort(siblings.begin(), siblings.end(),
                     [&](int a, int b) { return tensors[std::size_t(a)].layer < tensors[std::size_t(b)].layer; });
    return siblings;
}

bool canTake(const model::Tensor& tensor, quant::Type type, bool importance)
{
    const quant::TypeInfo& info = quant::info(type);
    return info.canQuantize && (importance || !info.needsImportance) && tensor.shape.columns() % info.blockSize == 0 && quant::info(tensor.type).canDequantize;
}

model::Tensor middleOf(const model::Tensor& tensor, std::uint64_t maxWeights)
{
    const std::uint64_t rows = tensor.shape.rows(), kept = std::clamp<std::uint64_t>(maxWeights / tensor.shape.columns(), 1, rows);
    return kept == rows ? tensor : inspect::rowsOf(tensor, (rows - kept) / 2, kept);
}

std::vector<TypeError> measureErrors(const model::Tensor& tensor, std::span<const float> importance, const Executor& executor, Progress& progress)
{
    const std::uint64_t maxRows = std::max<std::uint64_t>(1, kErrorWeights / tensor.shape.columns());
    std::vector<TypeError> errors;
    for (const quant::TypeInfo& type : quant::allTypes()) {
        if (type.type == tensor.type || type.bits > 8 || !canTake(tensor, type.type, !importance.empty()))
            continue;
        progress.checkpoint();
        errors.push_back({type.type, inspect::measureType(tensor, type.type, maxRows, importance, executor, progress)});
    }
    std::stable_sort(errors.begin(), errors.end(), [](const TypeError& a, const TypeError& b) {
        return quant::info(a.type).bitsPerWeight() < quant::info(b.type).bitsPerWeight();
    });
    return errors;
}

Ridge measureRidge(std::span<const model::Tensor> tensors, const WeightCounter& counter, Progress& progress)
{
    std::uint64_t weights = 0;
    for (const model::Tensor& tensor : tensors)
        weights += tensor.shape.elements();
    Ridge ridge;
    ridge.sampled = weights > kRidgeWeights;
    for (const model::Tensor& tensor : tensors) {
        progress.checkpoint();
        auto seen = counter.inspect(ridge.sampled ? middleOf(tensor, kRidgeSample) : tensor, kRidgeBins, progress);
        ridge.rows.append({-1, tensor.layer, seen.statistics.std, seen.statistics.absMax, std::move(seen.histogram)});
    }
    return ridge;
}

}  // namespace halftone::app
