// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/weight_tables.h"

#include "core/quant/code_book_points.h"
#include "core/quant/eights.h"
#include "core/quant/level_search.h"
#include "core/quant/small_floats.h"
#include "gpu/staging.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>

namespace halftone::gpu {
namespace {

void addLevels(std::vector<std::uint32_t>& tables, std::span<const float> levels)
{
    std::ranges::transform(levels, std::back_inserter(tables), [](float level) { return std::bit_cast<std::uint32_t>(level); });
}

void addPoints(std::vector<std::uint32_t>& tables, std::span<const std::uint16_t> points)
{
    tables.insert(tables.end(), points.begin(), points.end());
}

}  // namespace

std::vector<std::uint32_t> weightTables()
{
    constexpr std::size_t kFirstPoint = 64;
    std::vector<std::uint32_t> tables;
    addLevels(tables, quant::kLevelsIQ4);
    addLevels(tables, quant::kLevelsE2M1);
    addLevels(tables, quant::kLevelsIQ2);
    addLevels(tables, quant::kLevelsIQ3_XXS);
    addLevels(tables, quant::kLevelsIQ3_S);
    addLevels(tables, quant::kLevelsIQ1);
    tables.resize(kFirstPoint);
    addPoints(tables, quant::kPointsIQ2_XXS);
    addPoints(tables, quant::kPointsIQ2_XS);
    addPoints(tables, quant::kPointsIQ2_S);
    addPoints(tables, quant::kPointsIQ1);
    addPoints(tables, quant::kPointsIQ3_XXS);
    addPoints(tables, quant::kPointsIQ3_S);
    return tables;
}

Buffer uploadedWeightTables(ComputeDevice& device)
{
    const std::vector<std::uint32_t> tables = weightTables();
    const auto bytes = std::as_bytes(std::span(tables));
    Buffer buffer(device, bytes.size(), Buffer::Place::Device);
    Staging staging(device, bytes.size());
    device.wait(staging.upload(bytes, buffer));
    return buffer;
}

std::vector<std::uint32_t> weightConstants(quant::Type type)
{
    const quant::TypeInfo& info = quant::info(type);
    const bool single = info.blockSize == 1;
    return {std::uint32_t(type), single ? 1 : info.blockSize / 8, single ? info.blockBytes * 8 : info.blockBytes};
}

}  // namespace halftone::gpu
