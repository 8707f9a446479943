// SPDX-License-Identifier: Apache-2.0
#include "gpu/tensor_inspector.h"

#include "core/base/error.h"
#include "core/inspect/binning.h"
#include "core/inspect/weight_blocks.h"
#include "core/model/tensor.h"
#include "gpu/infer/weight_tables.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace halftone::gpu {
namespace {

constexpr std::uint64_t kMostTileBytes = 16u << 20, kStagingBytes = 4u << 20;
constexpr std::uint32_t kEights = 8, kGroup = 64 * 8 * kEights;  // weights of a group
constexpr std::uint32_t kPartialWords = 8;
constexpr std::uint64_t kBehind = 8;  // bytes behind the last weight, which shaders read with it
/// Tiles begin at whole blocks of every type and at whole words.
constexpr std::size_t kTileUnit = 1024;

std::uint32_t bits(float value)
{
    return std::bit_cast<std::uint32_t>(value);
}

std::size_t groupsOf(std::size_t weights)
{
    return (weights + kGroup - 1) / kGroup;
}

/// Sums about a weight near the mean, in units that keep fourth powers of usual weights within floats.
struct Measure {
    float pivot = 0, unit = 1;
};

Measure measureFor(const model::Tensor& tensor)
{
    const inspect::WeightBlocks blocks(tensor);
    std::vector<float> scratch;
    Measure measure;
    const std::span<const float> weights = blocks.count() > 0 ? blocks.read(0, scratch) : std::span<const float>();
    float top = 0;
    for (const float w : weights) {
        if (!std::isfinite(w))
            continue;
        measure.pivot = top == 0 ? w : measure.pivot;
        top = std::max(top, std::abs(w));
    }
    measure.unit = top > 0 ? std::ldexp(1.0f, std::clamp(-std::ilogb(top), -120, 120)) : 1.0f;
    return measure;
}

/// A group's sums and extremes, in the units of `unit`.
void merge(std::span<const std::uint32_t> partial, double unit, inspect::Moments& total)
{
    const auto number = [&](std::size_t i) { return std::bit_cast<float>(partial[i]); };
    inspect::Moments part;
    part.count = std::uint64_t(number(6));
    part.zeros = std::uint64_t(number(7));
    part.min = number(4);
    part.max = number(5);
    part.sum1 = double(number(0)) / unit;
    part.sum2 = double(number(1)) / unit / unit;
    part.sum3 = double(number(2)) / unit / unit / unit;
    part.sum4 = double(number(3)) / unit / unit / unit / unit;
    if (!std::isfinite(part.sum4))
        throw Error(ErrorCode::Unsupported, "The tensor's weights are too far apart for the device's arithmetic");
    total.merge(part);
}

}  // namespace

TensorInspector::Slot::Slot(ComputeDevice& device, std::uint64_t packedBytes)
    : packed(device, packedBytes, Buffer::Place::Device),
      results(device, (inspect::Binning::kMaxBins + 1) * sizeof(std::uint32_t), Buffer::Place::Device),
      commands(device, device.compute()),
      download(device, results.bytes())
{
}

TensorInspector::TensorInspector(ComputeDevice& device)
    : m_device(device),
      m_staging(device, kStagingBytes),
      m_tables(uploadedWeightTables(device)),
      m_tileBytes(std::min({kMostTileBytes, device.limits().storageRange, device.limits().bufferBytes}) - kBehind)
{
}

const Kernel& TensorInspector::kernel(Pass pass, quant::Type type)
{
    const auto found = m_kernels.find({pass, type});
    if (found != m_kernels.end())
        return found->second;
    const bool moments = pass == Pass::Moments;
    std::vector<std::uint32_t> constants = weightConstants(type);
    constants.push_back(kEights);
    const KernelSource source{
        .shader = moments ? "moments" : "histogram", .buffers = 3, .pushWords = moments ? 3u : 6u, .constants = constants};
    return m_kernels.try_emplace({pass, type}, m_device, source).first->second;
}

void TensorInspector::prepare(quant::Type type)
{
    kernel(Pass::Moments, type);
    kernel(Pass::Bins, type);
}

inspect::Inspection TensorInspector::inspect(const model::Tensor& tensor, int bins, Progress& progress)
{
    const Measure measure = measureFor(tensor);
    inspect::Inspection result;
    result.statistics = inspect::statisticsOf(momentsOf(tensor, measure.pivot, measure.unit, progress), measure.pivot);
    auto& s = result.statistics;
    const inspect::Binning binning(s.min, s.max, bins);
    result.histogram = binning.emptyHistogram();
    const std::array<std::uint32_t, 5> push{std::uint32_t(binning.bins()), bits(binning.low()), bits(binning.scale()), bits(float(s.mean)),
                                            bits(float(6 * s.std))};
    run(Pass::Bins, tensor, push, result.histogram.counts.size() + 1, progress, [&](std::span<const std::uint32_t> counts) {
        for (std::size_t i = 0; i < result.histogram.counts.size(); ++i)
            result.histogram.counts[i] += counts[i];
        s.beyond6Sigma += counts.back();
    });
    return result;
}

inspect::Moments TensorInspector::momentsOf(const model::Tensor& tensor, float pivot, float unit, Progress& progress)
{
    inspect::Moments total;
    run(Pass::Moments, tensor, std::array<std::uint32_t, 2>{bits(pivot), bits(unit)}, 0, progress,
        [&](std::span<const std::uint32_t> words) {
            for (; !words.empty(); words = words.subspan(kPartialWords))
                merge(words.first(kPartialWords), unit, total);
        });
    total.nonFinite = tensor.shape.elements() - total.count;
    return total;
}

template <class Land>
void TensorInspector::run(Pass pass, const model::Tensor& tensor, std::span<const std::uint32_t> push, std::size_t bins, Progress& progress,
                          const Land& land)
{
    const quant::TypeInfo& type = quant::info(tensor.type);
    const std::size_t fitting = std::size_t(m_tileBytes / type.blockBytes * type.blockSize / kTileUnit * kTileUnit);
    const std::size_t most = std::min<std::size_t>(fitting, std::size_t(inspect::Binning::kMaxBins) / kPartialWords * kGroup);
    const auto wordsOf = [&](const Tile& tile) { return bins > 0 ? bins : groupsOf(tile.weights) * kPartialWords; };
    const Kernel& compiled = kernel(pass, tensor.type);
    forTiles(
        tensor.shape.elements(), kTileUnit, most, m_paces[{pass, tensor.type}], progress,
        [&](const Tile& tile) { launch(compiled, tile, tensor, push, wordsOf(tile)); },
        [&](const Tile& tile) {
            m_results.resize(wordsOf(tile));
            std::memcpy(m_results.data(), m_slots[tile.slot]->download.wait().data(), m_results.size() * sizeof(std::uint32_t));
            land(std::span<const std::uint32_t>(m_results));
            progress.advance(quant::rowBytes(tensor.type, tile.weights) / 2);
        });
}

void TensorInspector::launch(const Kernel& kernel, const Tile& tile, const model::Tensor& tensor, std::span<const std::uint32_t> push,
                             std::size_t resultWords)
{
    auto& slot = m_slots[tile.slot];
    if (!slot)
        slot = std::make_unique<Slot>(m_device, m_tileBytes + kBehind);
    slot->download.wait();  // of a cancelled run
    const std::uint64_t bytes = quant::rowBytes(tensor.type, tile.weights);
    const Ticket there = m_staging.upload(tensor.data.view(quant::rowBytes(tensor.type, tile.first), bytes, m_made), slot->packed);
    slot->commands.begin();
    slot->commands.fill({slot->results, 0, resultWords * sizeof(std::uint32_t)}, 0);
    slot->commands.barrier();
    std::vector<std::uint32_t> words{std::uint32_t(tile.weights)};
    words.insert(words.end(), push.begin(), push.end());
    slot->commands.dispatch(kernel, std::array<Slice, 3>{slot->packed, m_tables, slot->results}, words,
                            std::uint32_t(groupsOf(tile.weights)));
    const Ticket counted = slot->commands.submit({&there, 1});
    slot->download.start(std::array<Slice, 1>{Slice(slot->results, 0, resultWords * sizeof(std::uint32_t))}, counted);
}

}  // namespace halftone::gpu
