// SPDX-License-Identifier: Apache-2.0
#include "gpu/row_unpacker.h"

#include "gpu/infer/weight_tables.h"

#include <algorithm>
#include <cstring>

namespace halftone::gpu {
namespace {

constexpr std::size_t kMostTile = 1u << 20;
constexpr std::uint32_t kEights = 4, kGroup = 64 * 8 * kEights;  // weights of a group
/// Tiles begin at whole blocks of every type and at whole words.
constexpr std::size_t kTileUnit = 1024;

std::size_t mostTileWeights(const ComputeDevice& device)
{
    const std::uint64_t fitting = std::min(device.limits().storageRange, device.limits().bufferBytes) - RowUnpacker::kBehind;
    return std::min<std::size_t>(kMostTile, std::size_t(fitting / sizeof(float) / kTileUnit * kTileUnit));
}

}  // namespace

RowUnpacker::Slot::Slot(ComputeDevice& device, std::size_t weights)
    : packed(device, weights * sizeof(float) + kBehind, Buffer::Place::Device),
      floats(device, weights * sizeof(float), Buffer::Place::Device),
      commands(device, device.compute()),
      download(device, weights * sizeof(float))
{
}

RowUnpacker::RowUnpacker(ComputeDevice& device, Staging& staging)
    : m_device(device),
      m_staging(staging),
      m_tables(uploadedWeightTables(device)),
      m_mostWeights(mostTileWeights(device))
{
}

void RowUnpacker::prepare(quant::Type type)
{
    if (m_kernels.contains(type))
        return;
    std::vector<std::uint32_t> constants = weightConstants(type);
    constants.push_back(kEights);
    m_kernels.try_emplace(type, m_device, KernelSource{.shader = "unpack", .buffers = 3, .pushWords = 1, .constants = constants});
}

void RowUnpacker::record(Commands& commands, quant::Type type, const Buffer& packed, const Buffer& floats, std::size_t weights) const
{
    commands.dispatch(m_kernels.at(type), std::array<Slice, 3>{packed, m_tables, floats}, std::array{std::uint32_t(weights)},
                      std::uint32_t((weights + kGroup - 1) / kGroup));
}

void RowUnpacker::unpack(quant::Type type, std::span<const std::byte> packed, std::span<float> out, Progress& progress)
{
    forTiles(
        out.size(), kTileUnit, m_mostWeights, m_paces[type], progress, [&](const Tile& tile) { launch(tile, type, packed); },
        [&](const Tile& tile) {
            const std::span<float> floats = out.subspan(tile.first, tile.weights);
            std::memcpy(floats.data(), m_slots[tile.slot]->download.wait().data(), floats.size_bytes());
        });
}

void RowUnpacker::launch(const Tile& tile, quant::Type type, std::span<const std::byte> packed)
{
    auto& slot = m_slots[tile.slot];
    if (!slot)
        slot = std::make_unique<Slot>(m_device, m_mostWeights);
    slot->download.wait();  // of a cancelled run
    slot->commands.begin();
    const auto bytes = packed.subspan(quant::rowBytes(type, tile.first), quant::rowBytes(type, tile.weights));
    const Ticket there = m_staging.upload(bytes, slot->packed);
    record(slot->commands, type, slot->packed, slot->floats, tile.weights);
    const Ticket done = slot->commands.submit({&there, 1});
    slot->download.start(std::array<Slice, 1>{Slice(slot->floats, 0, tile.weights * sizeof(float))}, done);
}

}  // namespace halftone::gpu
