// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/difference.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/weight_blocks.h"
#include "core/model/model.h"

namespace halftone::inspect {

namespace {

std::vector<Difference::Entry> metadataOf(const model::Model& a, const model::Model& b)
{
    std::vector<Difference::Entry> entries;
    for (const auto& [key, value] : a.metadata().entries()) {
        const model::Value* other = b.metadata().find(key);
        if (!other || !model::sameBits(value, *other))
            entries.push_back({key, &value, other});
    }
    for (const auto& [key, value] : b.metadata().entries())
        if (!a.metadata().contains(key))
            entries.push_back({key, nullptr, &value});
    return entries;
}

std::vector<Difference::Line> tensorsOf(const model::Model& a, const model::Model& b)
{
    std::vector<Difference::Line> lines;
    for (const model::Tensor& tensor : a.tensors())
        lines.push_back({tensor.name, &tensor, b.find(tensor.name), {}});
    for (const model::Tensor& tensor : b.tensors())
        if (!a.find(tensor.name))
            lines.push_back({tensor.name, nullptr, &tensor, {}});
    return lines;
}

bool comparable(const Difference::Line& line)
{
    return line.a && line.b && line.a->shape == line.b->shape && !line.a->data.empty() && !line.b->data.empty()
        && quant::info(line.a->type).canDequantize && quant::info(line.b->type).canDequantize;
}

Distortion distortionOf(const model::Tensor& a, const model::Tensor& b, const Executor& executor, Progress& progress)
{
    const WeightBlocks first(a), second(b);
    std::vector<DistortionMeter> meters(first.count());
    executor.forEach(meters.size(), [&](std::size_t piece) {
        progress.checkpoint();
        std::vector<float> x, y;
        meters[piece].add(first.read(piece, x), second.read(piece, y));
        progress.advance(first.bytes(piece) + second.bytes(piece));
    });
    DistortionMeter total;
    for (const DistortionMeter& meter : meters)
        total.merge(meter);
    return total.result();
}

}  // namespace

Difference compareModels(const model::Model& a, const model::Model& b, const Executor& executor, Progress& progress)
{
    Difference difference{metadataOf(a, b), tensorsOf(a, b)};
    std::uint64_t bytes = 0;
    for (const Difference::Line& line : difference.tensors)
        bytes += comparable(line) ? line.a->bytes() + line.b->bytes() : 0;
    progress.begin("comparing", bytes, Unit::Bytes);
    for (Difference::Line& line : difference.tensors)
        if (comparable(line))
            line.distortion = distortionOf(*line.a, *line.b, executor, progress);
    return difference;
}

}  // namespace halftone::inspect
