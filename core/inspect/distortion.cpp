// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/distortion.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/binning.h"
#include "core/inspect/grid.h"
#include "core/model/tensor.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>

namespace halftone::inspect {
namespace {

constexpr std::size_t kRowsWeights = 65536;   ///< about this many weights are quantized between two looks at the progress

/// A tensor's rows quantized to another type and read back, some rows at a time.
class RowTrial {
public:
    RowTrial(const model::Tensor& tensor, quant::Type type, std::span<const float> importance)
        : m_tensor(tensor), m_type(type), m_importance(importance), m_columns(tensor.shape.columns())
    {
        const auto& target = quant::info(type);
        if (!quant::info(tensor.type).canDequantize || !target.canQuantize || m_columns % target.blockSize != 0
            || (target.needsImportance && importance.empty()))
            throw Error(ErrorCode::Usage, {.problem = "the tensor cannot become " + std::string(target.name), .place = "tensor " + tensor.name});
    }

    std::uint64_t rows() const { return m_tensor.data.empty() ? 0 : m_tensor.shape.rows(); }
    std::uint64_t rowsAtOnce() const { return std::max<std::uint64_t>(1, kRowsWeights / m_columns); }
    std::uint64_t sourceRowBytes() const { return quant::rowBytes(m_tensor.type, m_columns); }

    /// Fills source and result with rows [first, first + count). Weights that are not finite count as zero here.
    void run(std::uint64_t first, std::uint64_t count)
    {
        m_source.resize(count * m_columns);
        m_result.resize(count * m_columns);
        m_packed.resize(count * quant::rowBytes(m_type, m_columns));
        quant::dequantize(m_tensor.type, m_tensor.data.view(first * sourceRowBytes(), count * sourceRowBytes(), m_scratch), m_source);
        std::ranges::replace_if(m_source, [](float w) { return !std::isfinite(w); }, 0.0f);
        quantizeRows(first, count);
        quant::dequantize(m_type, m_packed, m_result);
    }
    std::span<const float> source() const { return m_source; }
    std::span<const float> result() const { return m_result; }

private:
    /// Each expert's rows with the importance of its own columns.
    void quantizeRows(std::uint64_t first, std::uint64_t count)
    {
        const bool byExpert = m_importance.size() > m_columns;
        const std::uint64_t rowsOfOne = byExpert ? m_tensor.shape.extent[1] : first + count;
        const std::span<const float> weights(m_source);
        const std::span<std::byte> packed(m_packed);
        const std::size_t rowBytes = quant::rowBytes(m_type, m_columns);
        for (std::uint64_t row = first, next = 0; row < first + count; row = next) {
            const std::uint64_t expert = row / rowsOfOne;
            next = std::min(first + count, (expert + 1) * rowsOfOne);
            const auto importance = byExpert ? m_importance.subspan(expert * m_columns, m_columns) : m_importance;
            quant::quantize(m_type, weights.subspan((row - first) * m_columns, (next - row) * m_columns), m_columns, importance,
                            packed.subspan((row - first) * rowBytes, (next - row) * rowBytes));
        }
    }

    const model::Tensor& m_tensor;
    quant::Type m_type;
    std::span<const float> m_importance;
    std::size_t m_columns;
    std::vector<float> m_source, m_result;
    std::vector<std::byte> m_packed, m_scratch;
};

/// One histogram pair per part of the work; added up when the part is done.
struct CandidateBins {
    Histogram quantized, error;
    std::vector<std::uint64_t> errorSum;   ///< in units of errorUnit: whole numbers add up the same in any order
    std::vector<std::uint64_t> sourceCount;
    double errorUnit;

    CandidateBins(const Binning& values, const Binning& errors)
        : quantized(values.emptyHistogram()), error(errors.emptyHistogram()), errorSum(quantized.counts.size()), sourceCount(quantized.counts.size()),
          errorUnit(error.high / (1 << 20))
    {
    }
    void add(const Binning& values, const Binning& errors, std::span<const float> source, std::span<const float> result)
    {
        for (std::size_t i = 0; i < source.size(); ++i) {
            const float difference = result[i] - source[i];
            ++quantized.counts[values.index(result[i])];
            ++error.counts[errors.index(difference)];
            const std::size_t bin = values.index(source[i]);
            errorSum[bin] += std::uint64_t(std::abs(difference) / errorUnit);
            ++sourceCount[bin];
        }
    }
    void merge(const CandidateBins& other)
    {
        for (std::size_t i = 0; i < errorSum.size(); ++i) {
            quantized.counts[i] += other.quantized.counts[i];
            error.counts[i] += other.error.counts[i];
            errorSum[i] += other.errorSum[i];
            sourceCount[i] += other.sourceCount[i];
        }
    }
};

/// The grid whose reach is the median of those in some rows from the tensor's middle.
std::vector<float> typicalGrid(RowTrial& trial, quant::Type type, std::size_t columns)
{
    if (trial.rows() == 0)
        return {};
    const std::uint64_t count = std::min<std::uint64_t>(trial.rows(), std::max<std::uint64_t>(1, 8192 / columns));
    trial.run((trial.rows() - count) / 2, count);
    const std::size_t span = gridSpan(type);
    std::vector<std::vector<float>> grids;
    for (std::size_t at = 0; span > 1 && at + span <= trial.result().size(); at += span) {
        auto grid = gridOf(type, trial.result().subspan(at, span));
        if (!grid.empty())
            grids.push_back(std::move(grid));
    }
    if (grids.empty())
        return {};
    const auto middle = grids.begin() + std::ptrdiff_t(grids.size() / 2);
    std::ranges::nth_element(grids, middle, {}, [](const auto& grid) { return grid.back() - grid.front(); });
    return *middle;
}

}  // namespace

void DistortionMeter::add(std::span<const float> source, std::span<const float> quantized)
{
    double source2 = 0, quantized2 = 0, product = 0, error2 = 0, largest = 0;
    for (std::size_t i = 0; i < source.size(); ++i) {
        const double a = source[i];
        const double b = quantized[i];
        source2 += a * a;
        quantized2 += b * b;
        product += a * b;
        error2 += (a - b) * (a - b);
        largest = std::max(largest, std::abs(a - b));
    }
    m_source2 += source2;
    m_quantized2 += quantized2;
    m_product += product;
    m_error2 += error2;
    m_maxError = std::max(m_maxError, largest);
    m_count += source.size();
}

void DistortionMeter::merge(const DistortionMeter& other)
{
    m_source2 += other.m_source2;
    m_quantized2 += other.m_quantized2;
    m_product += other.m_product;
    m_error2 += other.m_error2;
    m_maxError = std::max(m_maxError, other.m_maxError);
    m_count += other.m_count;
}

Distortion DistortionMeter::result() const
{
    Distortion d;
    if (m_count == 0)
        return d;
    d.rmse = std::sqrt(m_error2 / double(m_count));
    d.snrDb = m_error2 > 0 ? 10 * std::log10(m_source2 / m_error2) : std::numeric_limits<double>::infinity();
    const double lengths = std::sqrt(m_source2) * std::sqrt(m_quantized2);
    if (m_error2 > 0)   // otherwise exactly 1, which rounding would miss
        d.cosine = lengths > 0 ? std::min(1.0, m_product / lengths) : 0.0;
    d.maxError = m_maxError;
    return d;
}

Candidate tryType(const model::Tensor& tensor, quant::Type type, std::span<const float> importance, int bins, const Executor& executor, Progress& progress)
{
    const Inspection source = inspect(tensor, bins, executor, progress);
    RowTrial probe(tensor, type, importance);
    const std::uint64_t rows = probe.rows();
    const std::uint64_t step = probe.rowsAtOnce();
    const std::size_t parts = std::size_t((rows + step - 1) / step);

    Candidate candidate;
    candidate.levels = typicalGrid(probe, type, tensor.shape.columns());
    // Errors live on the scale of a step: half of one at the typical block, more where the scale is larger.
    const double spacing = candidate.levels.size() > 1 ? double(candidate.levels[1]) - double(candidate.levels[0]) : source.statistics.absMax / 1024;
    const double reach = spacing > 0 ? spacing * 1.5 : 1e-6;
    const Binning values(source.histogram.low, source.histogram.high, bins);
    const Binning errors(-reach, reach, bins);

    std::vector<DistortionMeter> meters(parts);
    CandidateBins total(values, errors);
    std::mutex merging;
    const std::size_t grain = std::max<std::size_t>(1, parts / (std::size_t(executor.threads()) * 4));
    executor.forRanges(parts, grain, [&](std::size_t begin, std::size_t end) {
        RowTrial trial(tensor, type, importance);
        CandidateBins part(values, errors);
        for (std::size_t i = begin; i < end; ++i) {
            progress.checkpoint();
            const std::uint64_t first = i * step;
            trial.run(first, std::min(step, rows - first));
            meters[i].add(trial.source(), trial.result());
            part.add(values, errors, trial.source(), trial.result());
            progress.advance(std::min(step, rows - first) * trial.sourceRowBytes());
        }
        const std::scoped_lock lock(merging);
        total.merge(part);
    });

    DistortionMeter meter;
    for (const auto& m : meters)
        meter.merge(m);
    candidate.distortion = meter.result();
    candidate.errorPerBin.resize(total.errorSum.size());
    double sum = 0;
    for (std::size_t i = 0; i < total.errorSum.size(); ++i) {
        const double binSum = double(total.errorSum[i]) * total.errorUnit;
        sum += binSum;
        candidate.errorPerBin[i] = total.sourceCount[i] ? binSum / double(total.sourceCount[i]) : 0;
    }
    candidate.meanAbsoluteError = rows ? sum / double(tensor.shape.elements()) : 0;
    candidate.quantized = std::move(total.quantized);
    candidate.error = std::move(total.error);
    return candidate;
}

std::vector<float> typeErrors(const model::Tensor& tensor, quant::Type type, std::span<const float> importance, const Executor& executor,
                              Progress& progress)
{
    const RowTrial probe(tensor, type, importance);
    const std::uint64_t columns = tensor.shape.columns();
    std::vector<float> errors(probe.rows() * columns);
    executor.forRanges(probe.rows(), probe.rowsAtOnce(), [&](std::size_t begin, std::size_t end) {
        progress.checkpoint();
        RowTrial trial(tensor, type, importance);
        trial.run(begin, end - begin);
        std::ranges::transform(trial.result(), trial.source(), errors.begin() + std::ptrdiff_t(begin * columns), std::minus());
        progress.advance((end - begin) * trial.sourceRowBytes());
    });
    return errors;
}

Distortion measureType(const model::Tensor& tensor, quant::Type type, std::uint64_t maxRows, std::span<const float> importance,
                       const Executor& executor, Progress& progress)
{
    const RowTrial probe(tensor, type, importance);
    const std::uint64_t rows = maxRows ? std::min(maxRows, probe.rows()) : probe.rows();
    const std::uint64_t step = rows < probe.rows() ? 1 : probe.rowsAtOnce();
    const std::size_t parts = std::size_t((rows + step - 1) / step);
    std::vector<DistortionMeter> meters(parts);
    executor.forRanges(parts, std::max<std::size_t>(1, 65536 / (step * tensor.shape.columns())), [&](std::size_t begin, std::size_t end) {
        RowTrial trial(tensor, type, importance);
        for (std::size_t i = begin; i < end; ++i) {
            progress.checkpoint();
            const std::uint64_t first = step == 1 ? i * probe.rows() / rows : i * step;
            const std::uint64_t count = std::min(step, probe.rows() - first);
            trial.run(first, count);
            meters[i].add(trial.source(), trial.result());
            progress.advance(count * trial.sourceRowBytes());
        }
    });
    DistortionMeter meter;
    for (const auto& m : meters)
        meter.merge(m);
    return meter.result();
}

}  // namespace halftone::inspect
