// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/memory_need.h"

#include "app/compare/comparison.h"
#include "core/base/error.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/kv_cache.h"
#include "core/infer/weights.h"
#include "core/model/model.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace halftone::app {
namespace {

/// A tensor as it is packed.
using Packed = std::pair<std::size_t, quant::Type>;

/// What earlier runs made and still hold.
std::set<Packed> heldTensors(const Variants& known)
{
    std::set<Packed> held;
    for (const auto& variant : known) {
        for (std::size_t i = 0; variant && i < variant->weights().packed.size(); ++i)
            if (variant->weights().packed[i].bytes)
                held.emplace(i, variant->weights().packed[i].type);
    }
    return held;
}

/// Bytes of the tensors that a plan changes and `held` lacks; they are added to it.
std::uint64_t packedBytes(const model::Model& model, const plan::Plan& plan, std::set<Packed>& held)
{
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < plan.choices.size(); ++i)
        if (plan.choices[i].type != model.tensors()[i].type && held.emplace(i, plan.choices[i].type).second)
            bytes += plan.choices[i].bytes;
    return bytes;
}

/// The activations are those of a whole prompt; the factor is that of evaluation.
std::uint64_t textBytes(const model::Model& model, std::size_t capacity)
{
    const infer::Hyperparameters numbers = infer::readHyperparameters(model);
    const double activations = 8.0 * double(numbers.width + numbers.ffnWidth) * sizeof(float) * double(capacity);
    const double logits = double(numbers.vocabulary) * sizeof(float);
    return std::uint64_t(infer::KvCache::bytes(numbers, capacity) + activations + logits);
}

std::string megabytes(std::uint64_t bytes)
{
    return std::to_string((bytes + 999'999) / 1'000'000) + " MB";
}

}  // namespace

MemoryNeed memoryNeed(const ComparisonRequest& request, std::size_t capacity)
{
    const model::Model& model = *request.model;
    const std::set<Packed> known = heldTensors(request.known);
    const std::uint64_t text = textBytes(model, capacity);
    std::set<Packed> all = known;
    MemoryNeed need;
    for (const plan::Recipe& recipe : request.columns) {
        const plan::Plan plan = plan::makePlan(model, recipe, request.planOptions);
        std::set<Packed> alone = known;
        need.largest = std::max(need.largest, packedBytes(model, plan, alone) + text);
        need.weights += packedBytes(model, plan, all);
        need.texts += text;
    }
    return need;
}

bool fitTogether(const MemoryNeed& need, std::uint64_t memory)
{
    if (memory == 0 || need.together() <= memory)
        return true;
    if (need.largest > memory)
        throw Error(ErrorCode::OutOfMemory,
                    {.problem = "one column needs " + megabytes(need.largest) + " of memory, and " + megabytes(memory) + " are free",
                     .advice = "choose columns of fewer bits or a shorter text, or close other programs"});
    return false;
}

}  // namespace halftone::app
