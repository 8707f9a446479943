// SPDX-License-Identifier: Apache-2.0
#include "core/write/pieces.h"

#include "core/model/model.h"

#include <algorithm>

namespace halftone::write {
namespace {

constexpr std::uint64_t kMaxBytes = 8u << 20;
constexpr std::uint64_t kMaxWeights = 4u << 20;

}  // namespace

std::uint64_t unitOf(const model::Tensor& tensor, const plan::Choice& choice, bool withImportance)
{
    if (withImportance && choice.type != tensor.type)
        return tensor.shape.columns();
    return std::max(quant::info(tensor.type).blockSize, quant::info(choice.type).blockSize);
}

Cutter::Cutter(const model::Model& model, std::vector<std::uint64_t> units) : m_model(model), m_units(std::move(units)) {}

std::optional<Piece> Cutter::next()
{
    if (m_units.empty())
        return nextOfFile();
    if (m_tensor == m_units.size())
        return std::nullopt;
    const model::Tensor& tensor = m_model.tensors()[m_tensor];
    const Piece piece = cut(tensor);
    m_weight += piece.weights;
    if (m_weight == tensor.shape.elements()) {
        m_weight = 0;
        ++m_tensor;
    }
    return piece;
}

std::optional<Piece> Cutter::nextOfFile()
{
    const std::uint64_t left = m_model.fileBytes() - m_byte;
    if (left == 0)
        return std::nullopt;
    const Piece piece{.sourceOffset = m_byte, .sourceBytes = std::min(left, kMaxBytes)};
    m_byte += piece.sourceBytes;
    return piece;
}

Piece Cutter::cut(const model::Tensor& tensor) const
{
    const std::uint64_t unit = m_units[m_tensor];
    const std::uint64_t fitting =
        std::min(kMaxWeights, kMaxBytes / quant::info(tensor.type).blockBytes * quant::info(tensor.type).blockSize);
    const std::uint64_t most = std::max(fitting / unit * unit, unit);
    const std::uint64_t weights = std::min(most, tensor.shape.elements() - m_weight);
    return {.tensor = m_tensor,
            .file = tensor.file,
            .sourceOffset = tensor.offset + quant::rowBytes(tensor.type, m_weight),
            .sourceBytes = quant::rowBytes(tensor.type, weights),
            .firstWeight = m_weight,
            .weights = weights,
            .lastOfTensor = m_weight + weights == tensor.shape.elements()};
}

}  // namespace halftone::write
