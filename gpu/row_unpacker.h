// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"
#include "gpu/download.h"
#include "gpu/staging.h"
#include "gpu/tiles.h"

#include <array>
#include <map>
#include <memory>

namespace halftone::gpu {

/// Packed rows to floats on a device, bit for bit the CPU's.
class RowUnpacker {
public:
    /// `staging` must live longer.
    RowUnpacker(ComputeDevice& device, Staging& staging);

    /// Bytes behind the last weight that the shader reads with it.
    static constexpr std::uint64_t kBehind = 8;

    /// Compiles the kernel of a type unless that was done before. Throws Error where the driver cannot.
    void prepare(quant::Type type);
    /// Records the unpacking of `weights` weights, whole blocks, from the beginning of `packed` to the beginning of `floats`, which has
    /// room for whole eights. After prepare().
    void record(Commands& commands, quant::Type type, const Buffer& packed, const Buffer& floats, std::size_t weights) const;
    /// As backend::Backend::dequantize(), after prepare().
    void unpack(quant::Type type, std::span<const std::byte> packed, std::span<float> out, Progress& progress);

private:
    struct Slot {
        Slot(ComputeDevice& device, std::size_t weights);
        Buffer packed, floats;
        Commands commands;
        Download download;
    };

    void launch(const Tile& tile, quant::Type type, std::span<const std::byte> packed);

    ComputeDevice& m_device;
    Staging& m_staging;
    Buffer m_tables;
    std::size_t m_mostWeights;  ///< of a tile
    std::map<quant::Type, Kernel> m_kernels;
    std::map<quant::Type, Pace> m_paces;
    std::array<std::unique_ptr<Slot>, kTileSlots> m_slots;
};

}  // namespace halftone::gpu
