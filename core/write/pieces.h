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
}

namespace halftone::write {

/// A run of source bytes that is read, converted and written as one.
struct Piece {
    static constexpr std::size_t kNoTensor = std::numeric_limits<std::size_t>::max();

    std::size_t tensor = kNoTensor;     ///< index into Model::tensors; kNoTensor where a file is copied as it is
    std::uint32_t file = 0;             ///< index into Model::files
    std::uint64_t sourceOffset = 0;     ///< in that file
    std::uint64_t sourceBytes = 0;
    std::uint64_t outputOffset = 0;
    std::uint64_t firstWeight = 0;      ///< in the tensor
    std::uint64_t weights = 0;          ///< 0 where bytes are copied unseen
};

/// The smallest run of a tensor's weights that can be quantized apart: a row where importance weights its columns (some
/// formats then look at the whole row), otherwise the larger of the two types' blocks.
std::uint64_t unitOf(const model::Tensor& tensor, const plan::Choice& choice, bool withImportance);

/// Cuts a model into pieces in the order of the output file, one at a time; a file that is copied as it is, by bytes alone.
/// A piece has at most 8 MiB of source and 4 Mi weights, or one unit where that is more.
class Cutter {
public:
    /// `offsets` says where each tensor goes, `weighted` which have importance weights. All is kept by reference.
    Cutter(const model::Model& model, const plan::Plan& plan, const std::vector<std::uint64_t>& offsets, const std::vector<bool>& weighted);

    std::optional<Piece> next();

private:
    std::optional<Piece> nextOfFile();
    Piece cut(const model::Tensor& tensor);

    const model::Model& m_model;
    const plan::Plan& m_plan;
    const std::vector<std::uint64_t>& m_offsets;
    const std::vector<bool>& m_weighted;
    const bool m_wholeFile;
    std::size_t m_tensor = 0;
    std::uint64_t m_weight = 0;            ///< of the current tensor
    std::uint64_t m_byte = 0;              ///< of the file that is copied
};

}  // namespace halftone::write
