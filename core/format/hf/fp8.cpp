// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/fp8.h"

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/format/bounded_reader.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <array>

namespace halftone::format::hf {

namespace {

constexpr std::array<std::string_view, 7> kSuffixes{".weight_scale_inv", ".weight_scale", ".input_scale", ".activation_scale",
                                                    "_activation_scale", ".k_scale",      ".v_scale"};

[[noreturn]] void refuse(const SafeTensor& tensor, std::string problem)
{
    throw Error(ErrorCode::Malformed,
                {.problem = std::move(problem), .place = "tensor " + printable(tensor.name), .advice = "take another file of the model"});
}

std::uint64_t blocksIn(std::uint64_t extent, std::uint64_t block)
{
    return extent / block + (extent % block != 0);
}

}  // namespace

Fp8Scales::Fp8Scales(const std::vector<Shard>& shards, const Config& config)
{
    for (const Shard& shard : shards) {
        for (const SafeTensor& tensor : shard.tensors)
            m_active = m_active || tensor.dtype == Dtype::F8E4M3;
    }
    if (!m_active)
        return;
    for (const Shard& shard : shards) {
        for (const SafeTensor& tensor : shard.tensors) {
            if (isScale(tensor.name))
                m_places.emplace(tensor.name, Place{&shard, &tensor});
        }
    }
    const Config quantization = config.object({"quantization_config"});
    const nlohmann::json* block = quantization.find("weight_block_size");
    if (!block)
        return;
    const auto isExtent = [](const nlohmann::json& value) { return value.is_number_unsigned() && value.get<std::uint64_t>() > 0; };
    if (!block->is_array() || block->size() != 2 || !std::ranges::all_of(*block, isExtent))
        throw Error(ErrorCode::Malformed,
                    {.problem = "weight_block_size is not a pair of positive integers",
                     .place = "key quantization_config",
                     .advice = "download config.json again"});
    m_blockRows = block->at(0).get<std::uint64_t>();
    m_blockColumns = block->at(1).get<std::uint64_t>();
}

bool Fp8Scales::isScale(std::string_view name) const
{
    return m_active && std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return name.ends_with(suffix); });
}

BlockScales Fp8Scales::of(const SafeTensor& matrix) const
{
    const std::uint64_t columns = matrix.shape.empty() ? 1 : matrix.shape.back();
    const std::uint64_t rows = columns == 0 ? 0 : matrix.bytes / columns;
    auto found = m_places.find(matrix.name + "_scale_inv");
    if (found == m_places.end())
        found = m_places.find(matrix.name + "_scale");
    if (found == m_places.end())
        return {{1.0f}, rows, columns};
    const SafeTensor& tensor = *found->second.tensor;
    BlockScales scales{read(found->second), rows, columns};
    if (scales.values.size() == 1)
        return scales;
    const bool perRow = scales.values.size() == rows && (tensor.shape.size() == 1 || tensor.shape.back() == 1);
    scales.blockRows = perRow ? 1 : m_blockRows;
    scales.blockColumns = perRow ? columns : m_blockColumns;
    if (scales.blockRows == 0 || tensor.shape.size() > 2
        || scales.values.size() != blocksIn(rows, scales.blockRows) * blocksIn(columns, scales.blockColumns))
        refuse(tensor, "the scales fit neither the rows nor the blocks of their matrix");
    return scales;
}

std::vector<float> Fp8Scales::read(const Place& place) const
{
    const SafeTensor& tensor = *place.tensor;
    quant::Type type = quant::Type::F32;
    if (tensor.dtype == Dtype::BF16)
        type = quant::Type::BF16;
    else if (tensor.dtype == Dtype::F16)
        type = quant::Type::F16;
    else if (tensor.dtype != Dtype::F32)
        refuse(tensor, "scales of the type " + std::string(dtypeName(tensor.dtype)) + " cannot be read");
    std::vector<std::byte> bytes(tensor.bytes);
    place.shard->input->readAt(tensor.offset, bytes);
    std::vector<float> values(tensor.bytes / dtypeBytes(tensor.dtype));
    quant::dequantize(type, bytes, values);
    return values;
}

}  // namespace halftone::format::hf
