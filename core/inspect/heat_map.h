// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace halftone {
class Executor;
class Progress;
}
namespace halftone::model {
struct Tensor;
}

namespace halftone::inspect {

/// |w| of a matrix, seen from far: each cell stands for a block of neighbouring rows and columns. Cells are row-major.
struct HeatMap {
    std::uint64_t rows = 0, columns = 0;   ///< of the tensor (dimensions above the second are stacked as rows)
    std::uint32_t height = 0, width = 0;   ///< cells; at most rows and columns
    std::vector<float> mean;               ///< mean |w| of the block's finite weights
    std::vector<float> max;                ///< max |w|, which shows a lone outlier that the mean hides

    std::uint64_t firstRow(std::uint32_t y) const { return rows * y / height; }
    std::uint64_t firstColumn(std::uint32_t x) const { return columns * x / width; }
};

/// One parallel pass; the result does not depend on the number of threads. `maxHeight` and `maxWidth` at least 1.
/// Advances `progress` by the tensor's bytes. Throws Error{Unsupported} for a type that cannot be read here and
/// Error{Malformed} for a tensor without data.
HeatMap heatMap(const model::Tensor& tensor, std::uint32_t maxHeight, std::uint32_t maxWidth, const Executor& executor, Progress& progress);

}  // namespace halftone::inspect
