// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/value_counts.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/binning.h"
#include "core/model/tensor.h"
#include "core/quant/half.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <mutex>

namespace halftone::inspect {
namespace {

constexpr std::size_t kPatterns = 65536;
constexpr std::size_t kCheckpointBytes = 4 << 20;   ///< some milliseconds between looks at the progress

/// Adds the patterns of `bytes` (a whole number of 16-bit words) to `counts`. Four patterns come in one load: the loads
/// and shifts then hide behind the increments, which are the bound.
void countPatterns(std::span<const std::byte> bytes, std::uint32_t* counts)
{
    std::size_t at = 0;
    for (; at + 16 <= bytes.size(); at += 16) {
        std::uint64_t a = 0;
        std::uint64_t b = 0;
        std::memcpy(&a, bytes.data() + at, 8);
        std::memcpy(&b, bytes.data() + at + 8, 8);
        ++counts[a & 0xffff];
        ++counts[b & 0xffff];
        ++counts[(a >> 16) & 0xffff];
        ++counts[(b >> 16) & 0xffff];
        ++counts[(a >> 32) & 0xffff];
        ++counts[(b >> 32) & 0xffff];
        ++counts[a >> 48];
        ++counts[b >> 48];
    }
    for (; at < bytes.size(); at += 2) {
        std::uint16_t pattern = 0;
        std::memcpy(&pattern, bytes.data() + at, 2);
        ++counts[pattern];
    }
}

}  // namespace

ValueCounts::ValueCounts(const model::Tensor& tensor, const Executor& executor, Progress& progress) : m_type(tensor.type), m_counts(kPatterns)
{
    // Counts are integers, so the cut may follow the number of threads. A part stays below 2^32 weights.
    const std::size_t parts = std::clamp<std::size_t>(tensor.data.size() / (8 << 20), 1, std::size_t(executor.threads()) * 4 + tensor.data.size() / (1ull << 32));
    const std::size_t partBytes = (tensor.data.size() / parts / 16 + 1) * 16;
    std::mutex merging;
    executor.forRanges(tensor.data.size(), partBytes, [&](std::size_t begin, std::size_t end) {
        std::vector<std::uint32_t> counts(kPatterns);
        std::vector<std::byte> scratch;
        for (std::size_t at = begin; at < end; at += kCheckpointBytes) {
            progress.checkpoint();
            const std::size_t size = std::min(kCheckpointBytes, end - at);
            countPatterns(tensor.data.view(at, size, scratch), counts.data());
            progress.advance(size);
        }
        const std::scoped_lock lock(merging);
        for (std::size_t i = 0; i < kPatterns; ++i)
            m_counts[i] += counts[i];
    });
}

template <class Visit>
void ValueCounts::forEachValue(const Visit& visit) const
{
    for (std::size_t pattern = 0; pattern < kPatterns; ++pattern) {
        if (m_counts[pattern] == 0)
            continue;
        const auto bits = std::uint16_t(pattern);
        visit(double(m_type == quant::Type::BF16 ? quant::bfloatToFloat(bits) : quant::halfToFloat(bits)), m_counts[pattern]);
    }
}

Statistics ValueCounts::statistics() const
{
    Statistics s;
    double sum = 0;
    std::uint64_t finite = 0;
    forEachValue([&](double value, std::uint64_t n) {
        s.count += n;
        if (!std::isfinite(value)) {
            s.nonFinite += n;
            return;
        }
        s.min = finite == 0 ? value : std::min(s.min, value);
        s.max = finite == 0 ? value : std::max(s.max, value);
        finite += n;
        s.zeros += value == 0 ? n : 0;
        sum += value * double(n);
    });
    if (finite == 0)
        return s;
    s.absMax = std::max(std::abs(s.min), std::abs(s.max));
    s.mean = sum / double(finite);
    double second = 0;
    double fourth = 0;
    forEachValue([&](double value, std::uint64_t n) {
        if (!std::isfinite(value))
            return;
        const double square = (value - s.mean) * (value - s.mean);
        second += square * double(n);
        fourth += square * square * double(n);
    });
    const double variance = second / double(finite);
    s.std = std::sqrt(variance);
    s.kurtosis = variance > 0 ? fourth / double(finite) / (variance * variance) : 0;
    forEachValue([&](double value, std::uint64_t n) {
        if (std::isfinite(value) && std::abs(value - s.mean) > 6 * s.std)
            s.beyond6Sigma += n;
    });
    return s;
}

Histogram ValueCounts::histogram(double low, double high, int bins) const
{
    const Binning binning(low, high, bins);
    Histogram histogram = binning.emptyHistogram();
    forEachValue([&](double value, std::uint64_t n) {
        if (std::isfinite(value))
            histogram.counts[binning.index(float(value))] += n;
    });
    return histogram;
}

}  // namespace halftone::inspect
