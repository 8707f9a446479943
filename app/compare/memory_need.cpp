// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare/memory_need.h"

#include "app/compare/comparison.h"
#include "core/infer/hyperparameters.h"
#include "core/infer/text_memory.h"
#include "core/infer/weights.h"
#include "core/model/model.h"
#include "core/plan/packed_tensors.h"

#include <algorithm>

namespace halftone::app {
namespace {

constexpr std::uint64_t kDeviceSlack = 32u << 20;

/// What earlier runs made and still hold.
plan::PackedTensors heldTensors(const Variants& known)
{
    plan::PackedTensors held;
    for (const auto& variant : known) {
        for (std::size_t i = 0; variant && i < variant->weights().packed.size(); ++i)
            if (variant->weights().packed[i].bytes)
                held.emplace(i, variant->weights().packed[i].type);
    }
    return held;
}

}  // namespace

MemoryNeed memoryNeed(const ComparisonRequest& request, std::size_t capacity)
{
    const model::Model& model = *request.model;
    const plan::PackedTensors known = heldTensors(request.known);
    const auto text = std::uint64_t(infer::textBytes(infer::readHyperparameters(model), capacity, request.kvType));
    plan::PackedTensors all = known;
    MemoryNeed need;
    for (const plan::Recipe& recipe : request.columns) {
        const plan::Plan plan = plan::makePlan(model, recipe, request.planOptions);
        plan::PackedTensors alone = known;
        need.largestWeights = std::max(need.largestWeights, plan::addPacked(model, plan, alone));
        need.weights += plan::addPacked(model, plan, all);
        need.texts += text;
        const std::uint64_t onDevice = kDeviceSlack + plan.tensorBytes + plan.tensorBytes / 32 + text;
        need.onDevice += onDevice;
        need.largestOnDevice = std::max(need.largestOnDevice, onDevice);
    }
    need.largest = need.largestWeights + text;
    return need;
}

bool fitTogether(const MemoryNeed& need, const ComparisonRequest& request, std::size_t capacity, std::uint64_t memory)
{
    infer::checkMemory(infer::readHyperparameters(*request.model), need.largestWeights, capacity, request.kvType, memory);
    return memory == 0 || need.together() <= memory;
}

bool shareDevice(const MemoryNeed& need, std::uint64_t free)
{
    return free == 0 || need.onDevice <= free || need.largestOnDevice > free;
}

}  // namespace halftone::app
