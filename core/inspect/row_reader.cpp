// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/row_reader.h"

#include "core/base/error.h"
#include "core/quant/codec.h"

namespace halftone::inspect {

RowReader::RowReader(const model::Tensor& tensor) : m_tensor(&tensor), m_rowBytes(0)
{
    const quant::TypeInfo& type = quant::info(tensor.type);
    if (!type.canDequantize)
        throw Error(
            ErrorCode::Unsupported,
            {.problem = "weights of type " + std::string(type.name) + " cannot be read by this program", .place = "tensor " + tensor.name});
    if (tensor.shape.columns() % type.blockSize == 0)
        m_rowBytes = quant::rowBytes(tensor.type, tensor.shape.columns());
    if (m_rowBytes == 0 || tensor.bytes() < m_rowBytes * tensor.shape.rows())
        throw Error(ErrorCode::Malformed, {.problem = "the tensor has no data in this file", .place = "tensor " + tensor.name});
}

void RowReader::read(std::uint64_t row, std::uint64_t first, std::span<float> out)
{
    const std::uint64_t offset = quant::rowBytes(m_tensor->type, first), bytes = quant::rowBytes(m_tensor->type, out.size());
    quant::dequantize(m_tensor->type, m_tensor->data.view(row * m_rowBytes + offset, bytes, m_packed), out);
}

}  // namespace halftone::inspect
