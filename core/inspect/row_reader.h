// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace halftone::inspect {

/// The weights of a matrix, row by row or a part of a row. Cheap to copy: each thread has its own.
class RowReader {
public:
    /// Throws Error{Unsupported} for a type that cannot be read here and Error{Malformed} for a tensor without data. The tensor must
    /// outlive this.
    explicit RowReader(const model::Tensor& tensor);

    std::uint64_t rows() const { return m_tensor->shape.rows(); }
    std::uint64_t columns() const { return m_tensor->shape.columns(); }
    std::uint64_t rowBytes() const { return m_rowBytes; }
    /// Fills `out` with the weights from column `first` on; both ends lie at whole blocks, or at the row's end.
    void read(std::uint64_t row, std::uint64_t first, std::span<float> out);

private:
    const model::Tensor* m_tensor;
    std::uint64_t m_rowBytes;
    std::vector<std::byte> m_packed;  ///< of a row that is not in place
};

}  // namespace halftone::inspect
