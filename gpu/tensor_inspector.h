// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/inspect/scan.h"
#include "core/inspect/statistics.h"
#include "gpu/download.h"
#include "gpu/staging.h"
#include "gpu/tiles.h"

#include <array>
#include <map>
#include <memory>
#include <vector>

namespace halftone::gpu {

/// Statistics and histograms of packed tensors on a device. Counts of bins are the CPU's but for weights at the border of two; sums are
/// single precision within 4096 weights, double across them.
class TensorInspector {
public:
    explicit TensorInspector(ComputeDevice& device);

    /// Compiles the kernels of a type unless that was done before. Throws Error where the driver cannot.
    void prepare(quant::Type type);
    /// As inspect::inspect(). Throws Error, Unsupported where the weights are too far apart for floats.
    inspect::Inspection inspect(const model::Tensor& tensor, int bins, Progress& progress);

private:
    enum class Pass { Moments, Bins };
    struct Slot {
        Slot(ComputeDevice& device, std::uint64_t packedBytes);
        Buffer packed, results;
        Commands commands;
        Download download;  ///< of `results`
    };

    const Kernel& kernel(Pass pass, quant::Type type);
    /// Runs a pass over the tensor; `land(words)` gets the results of each tile.
    template <class Land>
    void run(Pass pass, const model::Tensor& tensor, std::span<const std::uint32_t> push, std::size_t bins, Progress& progress,
             const Land& land);
    void launch(const Kernel& kernel, const Tile& tile, const model::Tensor& tensor, std::span<const std::uint32_t> push,
                std::size_t resultWords);
    inspect::Moments momentsOf(const model::Tensor& tensor, float pivot, float unit, Progress& progress);

    ComputeDevice& m_device;
    Staging m_staging;
    Buffer m_tables;
    std::uint64_t m_tileBytes;
    std::map<std::pair<Pass, quant::Type>, Kernel> m_kernels;
    std::map<std::pair<Pass, quant::Type>, Pace> m_paces;
    std::array<std::unique_ptr<Slot>, kTileSlots> m_slots;
    std::vector<std::byte> m_made;  ///< bytes of a tensor that is not in place
    std::vector<std::uint32_t> m_results;
};

}  // namespace halftone::gpu
