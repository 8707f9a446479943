// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/part.h"

namespace halftone::inspect {

std::uint64_t stackedMatrices(const model::Tensor& tensor)
{
    return tensor.shape.extent[2] * tensor.shape.extent[3];
}

model::Tensor rowsOf(const model::Tensor& tensor, std::uint64_t first, std::uint64_t count)
{
    const std::uint64_t columns = tensor.shape.columns();
    if (columns % quant::info(tensor.type).blockSize != 0)
        return tensor;
    const std::uint64_t rowBytes = quant::rowBytes(tensor.type, columns);
    if (tensor.bytes() < rowBytes * tensor.shape.rows())
        return tensor;  // whoever reads it says so
    model::Tensor part = tensor;
    part.shape.extent = {columns, count, 1, 1};
    part.shape.rank = 2;
    part.data = tensor.data.part(first * rowBytes, count * rowBytes);
    part.offset = tensor.offset + first * rowBytes;
    return part;
}

model::Tensor stackedMatrix(const model::Tensor& tensor, std::uint64_t index)
{
    const std::uint64_t rows = tensor.shape.extent[1];
    return stackedMatrices(tensor) == 1 ? tensor : rowsOf(tensor, index * rows, rows);
}

}  // namespace halftone::inspect
