// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/statistics.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/binning.h"
#include "core/inspect/scan.h"
#include "core/inspect/value_counts.h"
#include "core/inspect/weight_blocks.h"
#include "core/model/tensor.h"

#include <cmath>
#include <algorithm>
#include <limits>
#include <mutex>
#include <optional>

namespace halftone::inspect {
namespace {

bool isSixteenBit(quant::Type type)
{
    return type == quant::Type::F16 || type == quant::Type::BF16;
}

/// The first finite weight: close enough to the mean for the power sums.
float pivotOf(const WeightBlocks& blocks)
{
    std::vector<float> scratch;
    if (blocks.count() > 0) {
        for (const float w : blocks.read(0, scratch))
            if (std::isfinite(w))
                return w;
    }
    return 0;
}

Moments momentsOf(const WeightBlocks& blocks, float pivot, const Executor& executor, Progress& progress)
{
    std::vector<Moments> parts(blocks.count());
    executor.forRanges(blocks.count(), 16, [&](std::size_t begin, std::size_t end) {
        std::vector<float> scratch;
        for (std::size_t i = begin; i < end; ++i) {
            progress.checkpoint();
            parts[i] = scanMoments(blocks.read(i, scratch), pivot);
            progress.advance(blocks.bytes(i) / 2);
        }
    });
    Moments total;
    for (const auto& part : parts)
        total.merge(part);
    return total;
}

/// Fills the histogram and returns the number of weights farther than `reach` from `centre`.
std::uint64_t binBlocks(const WeightBlocks& blocks, const Binning& binning, double centre, double reach, Histogram& histogram,
                        const Executor& executor, Progress& progress)
{
    // Counts are integers: parts may be as large as the threads like. Large parts pay for their own table of bins.
    const std::size_t grain = std::max<std::size_t>(4, blocks.count() / (std::size_t(executor.threads()) * 4));
    std::mutex merging;
    std::uint64_t beyond = 0;
    executor.forRanges(blocks.count(), grain, [&](std::size_t begin, std::size_t end) {
        std::vector<float> scratch;
        std::vector<std::uint64_t> counts(histogram.counts.size());
        std::uint64_t partBeyond = 0;
        for (std::size_t i = begin; i < end; ++i) {
            progress.checkpoint();
            partBeyond += scanBins(blocks.read(i, scratch), binning, float(centre), float(reach), counts);
            progress.advance(blocks.bytes(i) / 2);
        }
        const std::scoped_lock lock(merging);
        beyond += partBeyond;
        for (std::size_t i = 0; i < counts.size(); ++i)
            histogram.counts[i] += counts[i];
    });
    return beyond;
}

}  // namespace

Statistics statisticsOf(const Moments& m, float pivot)
{
    Statistics s;
    s.count = m.count + m.nonFinite;
    s.zeros = m.zeros;
    s.nonFinite = m.nonFinite;
    if (m.count == 0)
        return s;
    const double n = double(m.count);
    const double shift = m.sum1 / n;
    s.min = m.min;
    s.max = m.max;
    s.absMax = std::max(std::abs(s.min), std::abs(s.max));
    s.mean = pivot + shift;
    const double variance = std::max(0.0, m.sum2 / n - shift * shift);
    const double fourth = m.sum4 / n - 4 * shift * m.sum3 / n + 6 * shift * shift * m.sum2 / n - 3 * shift * shift * shift * shift;
    s.std = std::sqrt(variance);
    s.kurtosis = variance > 0 ? fourth / (variance * variance) : 0;
    return s;
}

Inspection inspect(const model::Tensor& tensor, int bins, const Executor& executor, Progress& progress)
{
    if (isSixteenBit(tensor.type)) {
        const ValueCounts counts(tensor, executor, progress);
        const Statistics statistics = counts.statistics();
        return {statistics, counts.histogram(statistics.min, statistics.max, bins)};
    }
    const WeightBlocks blocks(tensor);
    const float pivot = pivotOf(blocks);
    Inspection result;
    result.statistics = statisticsOf(momentsOf(blocks, pivot, executor, progress), pivot);
    auto& s = result.statistics;
    const Binning binning(s.min, s.max, bins);
    result.histogram = binning.emptyHistogram();
    s.beyond6Sigma = binBlocks(blocks, binning, s.mean, 6 * s.std, result.histogram, executor, progress);
    return result;
}

Histogram jointHistogram(std::span<const model::Tensor* const> tensors, int bins, const Executor& executor, Progress& progress)
{
    struct Source {
        std::optional<ValueCounts> counts;
        std::optional<WeightBlocks> blocks;
    };
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    std::vector<Source> sources;
    for (const model::Tensor* tensor : tensors) {
        auto& source = sources.emplace_back();
        Statistics s;
        if (isSixteenBit(tensor->type)) {
            s = source.counts.emplace(*tensor, executor, progress).statistics();
        } else {
            const WeightBlocks& blocks = source.blocks.emplace(*tensor);
            const float pivot = pivotOf(blocks);
            s = statisticsOf(momentsOf(blocks, pivot, executor, progress), pivot);
        }
        if (s.count > s.nonFinite) {
            low = std::min(low, s.min);
            high = std::max(high, s.max);
        }
    }
    if (!(low <= high))
        low = high = 0;
    const Binning binning(low, high, bins);
    Histogram histogram = binning.emptyHistogram();
    for (const auto& source : sources) {
        if (source.blocks) {
            binBlocks(*source.blocks, binning, 0, std::numeric_limits<float>::infinity(), histogram, executor, progress);
            continue;
        }
        const Histogram part = source.counts->histogram(low, high, bins);
        for (std::size_t i = 0; i < part.counts.size(); ++i)
            histogram.counts[i] += part.counts[i];
    }
    return histogram;
}

}  // namespace halftone::inspect
