// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/channels.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/inspect/row_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace halftone::inspect {
namespace {

constexpr std::size_t kPiece = 4096;  // weights decoded at once; a multiple of every block size
constexpr std::uint64_t kStripes = 16;  // of rows: a fixed number, so that the columns' rounding does not depend on the threads

/// What one stripe of rows adds to the columns.
struct ColumnSums {
    std::vector<double> sum;
    std::vector<float> max;
};

void addRow(RowReader& reader, std::uint64_t row, ColumnSums& columns, ChannelSide& rows)
{
    std::array<float, kPiece> weights;
    double sum = 0;
    float max = 0;
    for (std::uint64_t first = 0; first < reader.columns(); first += kPiece) {
        const std::size_t count = std::min<std::uint64_t>(kPiece, reader.columns() - first);
        reader.read(row, first, std::span(weights).first(count));
        for (std::size_t i = 0; i < count; ++i) {
            const float magnitude = std::isfinite(weights[i]) ? std::abs(weights[i]) : 0.0f;
            sum += double(magnitude);
            max = std::max(max, magnitude);
            columns.sum[first + i] += double(magnitude);
            columns.max[first + i] = std::max(columns.max[first + i], magnitude);
        }
    }
    rows.mean[row] = float(sum / double(reader.columns()));
    rows.max[row] = max;
}

float medianOf(std::vector<float> values)
{
    if (values.empty())
        return 0;
    const auto middle = values.begin() + std::ptrdiff_t((values.size() - 1) / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

ChannelSide emptySide(std::uint64_t channels)
{
    return {std::vector<float>(channels), std::vector<float>(channels)};
}

void setMedians(ChannelSide& side)
{
    side.medianMean = medianOf(side.mean);
    side.medianMax = medianOf(side.max);
}

ChannelSide columnsOf(std::span<const ColumnSums> stripes, std::uint64_t rows)
{
    ChannelSide side = emptySide(stripes.front().sum.size());
    for (std::size_t column = 0; column < side.mean.size(); ++column) {
        double sum = 0;
        for (const ColumnSums& stripe : stripes) {
            sum += stripe.sum[column];
            side.max[column] = std::max(side.max[column], stripe.max[column]);
        }
        side.mean[column] = float(sum / double(rows));
    }
    return side;
}

}  // namespace

std::vector<std::size_t> strongest(const ChannelSide& side, ChannelMeasure by, std::size_t count)
{
    const std::vector<float>& values = by == ChannelMeasure::Mean ? side.mean : side.max;
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    count = std::min(count, order.size());
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(count), order.end(),
                      [&](std::size_t a, std::size_t b) { return values[a] != values[b] ? values[a] > values[b] : a < b; });
    order.resize(count);
    return order;
}

std::vector<std::size_t> outliers(const ChannelSide& side)
{
    const auto count = std::ranges::count_if(
        side.mean, [&](float mean) { return side.medianMean > 0 && double(mean) > kOutlierRatio * double(side.medianMean); });
    return strongest(side, ChannelMeasure::Mean, std::size_t(count));
}

Channels channels(const model::Tensor& tensor, const Executor& executor, Progress& progress)
{
    const RowReader reader(tensor);
    progress.begin("reading", tensor.bytes(), Unit::Bytes);
    Channels result{emptySide(reader.rows()), {}};
    const std::uint64_t count = std::min(reader.rows(), kStripes);
    std::vector<ColumnSums> stripes(count, {std::vector<double>(reader.columns()), std::vector<float>(reader.columns())});
    executor.forEach(count, [&](std::size_t stripe) {
        RowReader own = reader;
        for (std::uint64_t row = reader.rows() * stripe / count; row < reader.rows() * (stripe + 1) / count; ++row) {
            progress.checkpoint();
            addRow(own, row, stripes[stripe], result.rows);
            progress.advance(own.rowBytes());
        }
    });
    result.columns = columnsOf(stripes, reader.rows());
    setMedians(result.rows);
    setMedians(result.columns);
    return result;
}

}  // namespace halftone::inspect
