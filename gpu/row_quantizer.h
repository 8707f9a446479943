// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/backend/backend.h"
#include "gpu/download.h"
#include "gpu/quantize_kernels.h"
#include "gpu/row_unpacker.h"
#include "gpu/staging.h"
#include "gpu/tiles.h"

#include <array>
#include <map>
#include <memory>
#include <vector>

namespace halftone::gpu {

/// Packs rows on a device, tile by tile: while one is computed the next is on its way and the last comes back. The bytes are the CPU's.
/// Blocks whose numbers come near the ends of what floats hold, where drivers may round as they like, are left to the CPU.
class RowQuantizer {
public:
    /// `staging` and `unpacker` must live longer.
    RowQuantizer(ComputeDevice& device, Staging& staging, const RowUnpacker& unpacker);

    /// Compiles the kernel unless that was done before. Requires quantizeKernel(). Throws Error where the driver cannot.
    void prepare(quant::Type type, bool importance);
    /// As backend::Backend::quantize(), after prepare(); packed rows after the unpacker's prepare() for their type.
    void quantize(const backend::Rows& rows, std::span<std::byte> packed, Progress& progress);

    /// Weights that were left to the CPU so far.
    std::uint64_t leftToCpu() const { return m_leftToCpu; }

private:
    struct Slot {
        Slot(ComputeDevice& device, std::size_t weights);
        Buffer source, weights, spreads, packed, refused;
        Commands commands;
        Download download;  ///< of `packed`, then `refused`
    };

    Slot& slot(const Tile& tile);
    void quantizeHere(const backend::Rows& rows, std::size_t first, std::size_t count, std::span<std::byte> packed);
    void setImportance(std::span<const float> importance);
    Ticket bring(Slot& slot, const Tile& tile, const backend::Rows& rows);
    void launch(const Tile& tile, const backend::Rows& rows);
    void dispatchSpreads(Slot& slot, std::size_t rows, std::size_t columns);
    void land(const Tile& tile, const backend::Rows& rows, std::span<std::byte> packed);
    void quantizeRefused(const Tile& tile, const backend::Rows& rows, std::span<std::byte> packed);

    ComputeDevice& m_device;
    Staging& m_staging;
    const RowUnpacker& m_unpacker;
    std::map<std::pair<quant::Type, bool>, Kernel> m_kernels;
    std::map<quant::Type, Buffer> m_books;  ///< of types with a code book
    std::map<std::pair<quant::Type, bool>, Pace> m_paces;
    Kernel m_spreads;
    Buffer m_importance;
    std::size_t m_mostWeights;  ///< of a tile: what the device's ranges hold
    std::array<std::unique_ptr<Slot>, kTileSlots> m_slots;
    std::vector<std::uint32_t> m_refused;
    std::vector<float> m_scratch;
    std::uint64_t m_leftToCpu = 0;
};

}  // namespace halftone::gpu
