// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace halftone {
class Progress;
}

namespace halftone::lesson {

/// Weights that share one scale in the lessons, as in the legacy types and the sub-blocks of most k-quants.
inline constexpr std::size_t kBlock = 32;
/// Bits of a stored scale or minimum: a half.
inline constexpr int kScaleBits = 16;

/// Some whole rows of a tensor, evenly spaced, small enough to compute with while a slider moves.
struct Sample {
    static constexpr std::uint64_t kMostWeights = std::uint64_t(1) << 18;

    std::string tensor;  ///< its name
    std::uint64_t tensorWeights = 0;
    std::size_t columns = 0;  ///< of a row here; the first kMostWeights of a longer one
    std::vector<float> weights;  ///< row by row, all finite

    std::size_t rows() const { return columns ? weights.size() / columns : 0; }
    std::span<const float> row(std::size_t index) const { return std::span(weights).subspan(index * columns, columns); }
    bool isWhole() const { return weights.size() == tensorWeights; }
    /// Blocks of `size` weights that lie within a row, row by row.
    std::size_t blocks(std::size_t size) const { return rows() * (columns / size); }
    std::span<const float> block(std::size_t index, std::size_t size) const;
};

/// Throws Error{Unsupported} for a type that cannot be read here, Error{Malformed} for a tensor without data or with weights that are no
/// numbers, Error{Cancelled}.
Sample sampleOf(const model::Tensor& tensor, Progress& progress);

/// The block of `size` weights that lies farthest to one side of zero: |max + min| / (max - min) is largest. 0 if there is none.
std::size_t leastCentredBlock(const Sample& sample, std::size_t size);

}  // namespace halftone::lesson
