// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/sample.h"

#include "core/base/error.h"
#include "core/base/progress.h"
#include "core/inspect/row_reader.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <cmath>

namespace halftone::lesson {

std::span<const float> Sample::block(std::size_t index, std::size_t size) const
{
    const std::size_t perRow = columns / size;
    return row(index / perRow).subspan(index % perRow * size, size);
}

Sample sampleOf(const model::Tensor& tensor, Progress& progress)
{
    inspect::RowReader reader(tensor);
    Sample sample{tensor.name, tensor.shape.elements(), std::size_t(std::min(reader.columns(), Sample::kMostWeights)), {}};
    const std::uint64_t rows = std::min(reader.rows(), Sample::kMostWeights / sample.columns);
    sample.weights.resize(std::size_t(rows) * sample.columns);
    progress.begin("reading", rows * sample.columns, Unit::Weights);
    for (std::uint64_t i = 0; i < rows; ++i) {
        progress.checkpoint();
        // Of equal parts of the tensor the first row each; no product that could overflow.
        const std::uint64_t at = reader.rows() / rows * i + reader.rows() % rows * i / rows;
        reader.read(at, 0, std::span(sample.weights).subspan(std::size_t(i) * sample.columns, sample.columns));
        progress.advance(sample.columns);
    }
    if (quant::findNonFinite(sample.weights) < sample.weights.size())
        throw Error(ErrorCode::Malformed, {.problem = "the tensor holds weights that are no numbers", .place = "tensor " + tensor.name});
    return sample;
}

std::size_t leastCentredBlock(const Sample& sample, std::size_t size)
{
    std::size_t found = 0;
    double farthest = -1;
    for (std::size_t i = 0; i < sample.blocks(size); ++i) {
        const auto [low, high] = std::ranges::minmax(sample.block(i, size));
        const double aside = high > low ? std::abs(double(high) + double(low)) / (double(high) - double(low)) : 0;
        if (aside > farthest) {
            farthest = aside;
            found = i;
        }
    }
    return found;
}

}  // namespace halftone::lesson
