// SPDX-License-Identifier: Apache-2.0
#include "core/inspect/weight_blocks.h"

#include "core/base/error.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <cstring>

namespace halftone::inspect {

WeightBlocks::WeightBlocks(const model::Tensor& tensor) : m_tensor(&tensor), m_weights(tensor.data.empty() ? 0 : tensor.shape.elements())
{
    if (!quant::info(tensor.type).canDequantize)
        throw Error(ErrorCode::Unsupported, {.problem = "weights of type " + std::string(quant::name(tensor.type)) + " cannot be read yet",
                                             .place = "tensor " + tensor.name,
                                             .advice = "it can still be copied as it is"});
}

WeightBlocks::Place WeightBlocks::placeOf(std::size_t piece) const
{
    const std::uint64_t first = std::uint64_t(piece) * kPieceWeights;
    const std::uint64_t count = std::min<std::uint64_t>(kPieceWeights, m_weights - first);
    return {quant::rowBytes(m_tensor->type, first), quant::rowBytes(m_tensor->type, count)};
}

std::uint64_t WeightBlocks::bytes(std::size_t piece) const
{
    return placeOf(piece).bytes;
}

std::span<const float> WeightBlocks::read(std::size_t piece, std::vector<float>& scratch) const
{
    const Place place = placeOf(piece);
    std::vector<std::byte> made;
    const auto source = m_tensor->data.view(place.offset, place.bytes, made);
    const auto& type = quant::info(m_tensor->type);
    const std::size_t count = source.size() / type.blockBytes * type.blockSize;
    if (type.type == quant::Type::F32 && m_tensor->data.inPlace() && reinterpret_cast<std::uintptr_t>(source.data()) % alignof(float) == 0)
        return {reinterpret_cast<const float*>(source.data()), count};
    scratch.resize(kPieceWeights);
    const auto out = std::span(scratch).first(count);
    quant::dequantize(m_tensor->type, source, out);
    return out;
}

}  // namespace halftone::inspect
