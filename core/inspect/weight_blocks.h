// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace halftone::inspect {

/// A tensor cut into pieces that fit a core's caches: piece i holds weights [i * kPieceWeights, ...) in file order. The cut
/// depends on the tensor alone, so sums over pieces in order are the same for any number of threads.
class WeightBlocks {
public:
    static constexpr std::size_t kPieceWeights = 32768;   ///< a multiple of every type's block size

    /// Throws Error{Unsupported} for a type whose weights cannot be read yet.
    explicit WeightBlocks(const model::Tensor& tensor);

    std::size_t count() const { return (m_weights + kPieceWeights - 1) / kPieceWeights; }
    /// The piece's weights: a view on the file for F32 in place, else dequantized into `scratch`, which keeps its memory.
    std::span<const float> read(std::size_t piece, std::vector<float>& scratch) const;
    std::uint64_t bytes(std::size_t piece) const;

private:
    struct Place {
        std::uint64_t offset, bytes;
    };
    Place placeOf(std::size_t piece) const;

    const model::Tensor* m_tensor;
    std::uint64_t m_weights;
};

}  // namespace halftone::inspect
