// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/plan.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace halftone::model {
class Model;
struct Tensor;
}  // namespace halftone::model

namespace halftone::write {

/// A run of source bytes that is read, converted and written as one.
struct Piece {
    static constexpr std::size_t kNoTensor = std::numeric_limits<std::size_t>::max();

    std::size_t tensor = kNoTensor;  ///< index into Model::tensors; kNoTensor where a file is copied as it is
    std::uint32_t file = 0;  ///< index into Model::files
    std::uint64_t sourceOffset = 0;  ///< in that file
    std::uint64_t sourceBytes = 0;
    std::uint64_t firstWeight = 0;  ///< in the tensor
    std::uint64_t weights = 0;  ///< 0 where bytes are copied unseen
    bool lastOfTensor = false;
};

/// The smallest run of a tensor's weights that can be quantized apart: a row where importance weights its columns (some
/// formats then look at the whole row), otherwise the larger of the two types' blocks.
std::uint64_t unitOf(const model::Tensor& tensor, const plan::Choice& choice, bool withImportance);

/// Cuts a model into pieces in the order of its tensors, one at a time; a file that is copied as it is, by bytes alone.
/// A piece has at most 8 MiB of source and 4 Mi weights, or one unit where that is more.
class Cutter {
public:
    /// `units` has one number for each tensor: the weights that stay together, see unitOf(). Without units the model's one
    /// file is cut as it is.
    Cutter(const model::Model& model, std::vector<std::uint64_t> units);

    std::optional<Piece> next();

private:
    std::optional<Piece> nextOfFile();
    Piece cut(const model::Tensor& tensor) const;

    const model::Model& m_model;
    const std::vector<std::uint64_t> m_units;
    std::size_t m_tensor = 0;
    std::uint64_t m_weight = 0;  ///< of the current tensor
    std::uint64_t m_byte = 0;  ///< of the file that is copied
};

}  // namespace halftone::write
