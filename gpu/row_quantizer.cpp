// SPDX-License-Identifier: Apache-2.0
#include "gpu/row_quantizer.h"

#include "core/base/progress.h"
#include "core/quant/codec.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace halftone::gpu {
namespace {

constexpr std::size_t kMostTile = 1u << 20;
constexpr std::size_t kLeastBlock = 32, kMostBytesPerGroup = 34 * kGroupWeights / 32;
constexpr std::uint32_t kSpreadGroup = 64;
constexpr std::size_t kMostSourceBytes = 2;  // of a packed weight

std::size_t mostTileWeights(const ComputeDevice& device)
{
    const std::uint64_t fitting = std::min(device.limits().storageRange, device.limits().bufferBytes) / sizeof(float);
    return std::min<std::size_t>(kMostTile, std::size_t(fitting / kGroupWeights * kGroupWeights));
}

/// Whole rows where a row's mean square counts, else whatever fills a work-group.
std::size_t unitOf(const backend::Rows& rows)
{
    return rows.importance.empty() || !looksAtRows(rows.type) ? kGroupWeights : rows.columns;
}

/// What a slot's download brings: whole words.
std::uint64_t packedBytes(quant::Type type, std::size_t weights)
{
    return (quant::rowBytes(type, weights) + 3) / 4 * 4;
}

std::size_t refusedWords(quant::Type type, std::size_t weights)
{
    return (weights / quant::info(type).blockSize + 31) / 32;
}

std::uint64_t mostPackedBytes(std::size_t weights)
{
    return (weights + kGroupWeights - 1) / kGroupWeights * kMostBytesPerGroup;
}

std::uint64_t mostRefusedBytes(std::size_t weights)
{
    return weights / kLeastBlock / 8 + sizeof(std::uint32_t);
}

}  // namespace

RowQuantizer::Slot::Slot(ComputeDevice& device, std::size_t count)
    : source(device, count * kMostSourceBytes + RowUnpacker::kBehind, Buffer::Place::Device),
      weights(device, count * sizeof(float), Buffer::Place::Device),
      spreads(device, count / kLeastBlock * sizeof(float), Buffer::Place::Device),
      packed(device, mostPackedBytes(count), Buffer::Place::Device),
      refused(device, mostRefusedBytes(count), Buffer::Place::Device),
      commands(device, device.compute()),
      download(device, mostPackedBytes(count) + mostRefusedBytes(count))
{
}

RowQuantizer::RowQuantizer(ComputeDevice& device, Staging& staging, const RowUnpacker& unpacker)
    : m_device(device),
      m_staging(staging),
      m_unpacker(unpacker),
      m_spreads(device, {.shader = "row_spreads", .buffers = 2, .pushWords = 2}),
      m_importance(device, sizeof(float), Buffer::Place::Device),
      m_mostWeights(mostTileWeights(device))
{
}

void RowQuantizer::prepare(quant::Type type, bool importance)
{
    if (!m_kernels.contains({type, importance}))
        m_kernels.try_emplace({type, importance}, m_device, *quantizeKernel(type, importance));
    const std::vector<std::uint32_t> book = m_books.contains(type) ? std::vector<std::uint32_t>() : codeBookWords(type);
    if (book.empty())
        return;
    Buffer words(m_device, book.size() * sizeof(std::uint32_t), Buffer::Place::Device);
    m_device.wait(m_staging.upload(std::as_bytes(std::span(book)), words));
    m_books.emplace(type, std::move(words));
}

RowQuantizer::Slot& RowQuantizer::slot(const Tile& tile)
{
    auto& slot = m_slots[tile.slot];
    if (!slot)
        slot = std::make_unique<Slot>(m_device, m_mostWeights);
    return *slot;
}

void RowQuantizer::setImportance(std::span<const float> importance)
{
    if (importance.empty())
        return;
    m_device.drain();  // a cancelled run may still read it
    if (m_importance.bytes() < importance.size_bytes())
        m_importance = Buffer(m_device, importance.size_bytes(), Buffer::Place::Device);
    m_device.wait(m_staging.upload(std::as_bytes(importance), m_importance));
}

/// The CPU's bytes for a run of a row's blocks.
void RowQuantizer::quantizeHere(const backend::Rows& rows, std::size_t first, std::size_t count, std::span<std::byte> packed)
{
    const std::span<const float> importance =
        rows.importance.empty() ? rows.importance : rows.importance.subspan(first % rows.columns, count);
    quant::quantize(rows.type, rows.run(first, count, m_scratch), count, importance,
                    packed.subspan(quant::rowBytes(rows.type, first), quant::rowBytes(rows.type, count)));
}

void RowQuantizer::quantize(const backend::Rows& rows, std::span<std::byte> packed, Progress& progress)
{
    if (std::max(unitOf(rows), rows.importance.size()) > m_mostWeights) {
        for (std::size_t first = 0; first < rows.count(); first += rows.columns)  // rows that no binding holds
            quantizeHere(rows, first, rows.columns, packed);
        return;
    }
    setImportance(rows.importance);
    forTiles(
        rows.count(), unitOf(rows), m_mostWeights, m_paces[{rows.type, !rows.importance.empty()}], progress,
        [&](const Tile& tile) { launch(tile, rows); }, [&](const Tile& tile) { land(tile, rows, packed); });
}

/// Rows come as floats or in a type that becomes floats here.
Ticket RowQuantizer::bring(Slot& slot, const Tile& tile, const backend::Rows& rows)
{
    const backend::Packed& from = rows.packed;
    if (from.bytes.empty())
        return m_staging.upload(std::as_bytes(rows.weights.subspan(tile.first, tile.weights)), slot.weights);
    const auto bytes = from.bytes.subspan(quant::rowBytes(from.type, tile.first), quant::rowBytes(from.type, tile.weights));
    return m_staging.upload(bytes, from.type == quant::Type::F32 ? slot.weights : slot.source);
}

void RowQuantizer::launch(const Tile& tile, const backend::Rows& rows)
{
    Slot& slot = this->slot(tile);
    slot.download.wait();  // of a cancelled run
    const bool weighted = !rows.importance.empty();
    const Ticket there = bring(slot, tile, rows);
    slot.commands.begin();
    slot.commands.fill(slot.refused, 0);
    if (!rows.packed.bytes.empty() && rows.packed.type != quant::Type::F32) {
        m_unpacker.record(slot.commands, rows.packed.type, slot.source, slot.weights, tile.weights);
        slot.commands.barrier();
    }
    if (weighted && looksAtRows(rows.type))
        dispatchSpreads(slot, tile.weights / rows.columns, rows.columns);
    slot.commands.barrier();
    const std::array<std::uint32_t, 3> push{std::uint32_t(tile.weights), std::uint32_t(weighted ? rows.columns : tile.weights),
                                            std::uint32_t(weighted ? tile.first % rows.columns : 0)};
    std::vector<Slice> slices{slot.weights, m_importance, slot.spreads, slot.packed, slot.refused};
    if (const auto book = m_books.find(rows.type); book != m_books.end())
        slices.emplace_back(book->second);
    slot.commands.dispatch(m_kernels.at({rows.type, weighted}), slices, push,
                           std::uint32_t((tile.weights + kGroupWeights - 1) / kGroupWeights));
    const Ticket made = slot.commands.submit({&there, 1});
    slot.download.start(std::array<Slice, 2>{Slice(slot.packed, 0, packedBytes(rows.type, tile.weights)),
                                             Slice(slot.refused, 0, refusedWords(rows.type, tile.weights) * sizeof(std::uint32_t))},
                        made);
}

void RowQuantizer::dispatchSpreads(Slot& slot, std::size_t rows, std::size_t columns)
{
    slot.commands.dispatch(m_spreads, std::array<Slice, 2>{slot.weights, slot.spreads},
                           std::array<std::uint32_t, 2>{std::uint32_t(rows), std::uint32_t(columns)},
                           std::uint32_t((rows + kSpreadGroup - 1) / kSpreadGroup));
}

void RowQuantizer::land(const Tile& tile, const backend::Rows& rows, std::span<std::byte> packed)
{
    const auto bytes = this->slot(tile).download.wait();
    const auto to = packed.subspan(quant::rowBytes(rows.type, tile.first), quant::rowBytes(rows.type, tile.weights));
    std::memcpy(to.data(), bytes.data(), to.size());
    m_refused.resize(refusedWords(rows.type, tile.weights));
    std::memcpy(m_refused.data(), bytes.data() + packedBytes(rows.type, tile.weights), m_refused.size() * sizeof(std::uint32_t));
    quantizeRefused(tile, rows, packed);
}

/// Here, block by block, or row by row where a block's bytes depend on all of its row.
void RowQuantizer::quantizeRefused(const Tile& tile, const backend::Rows& rows, std::span<std::byte> packed)
{
    const std::size_t block = quant::info(rows.type).blockSize;
    const std::size_t unit = !rows.importance.empty() && looksAtRows(rows.type) ? rows.columns : block;
    std::size_t done = 0;  // weights of the tile
    for (std::size_t word = 0; word < m_refused.size(); ++word) {
        for (std::uint32_t bits = m_refused[word]; bits != 0; bits &= bits - 1) {
            const std::size_t first = (word * 32 + std::size_t(std::countr_zero(bits))) * block / unit * unit;
            if (first < done)
                continue;
            quantizeHere(rows, tile.first + first, unit, packed);
            m_leftToCpu += unit;
            done = first + unit;
        }
    }
}

}  // namespace halftone::gpu
