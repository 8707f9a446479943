// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/infer/network_commands.h"
#include "gpu/infer/submit_pacer.h"

#include <span>
#include <vector>

namespace halftone {
class Progress;
}

namespace halftone::gpu {

/// Times products of packed matrices with one vector on a device, as decoding a token has them: one after the other, each with a kernel
/// of its own and a barrier behind it.
class ProductTimer {
public:
    /// Copies the matrices to the device, into buffers of at most `chunkBytes`. `kernels` must live longer. Throws Error: no memory, a
    /// kernel that does not compile.
    ProductTimer(NetworkKernels& kernels, std::span<const infer::PackedMatrix> matrices, std::uint64_t chunkBytes);

    /// What each is multiplied with: as many floats from the first on as the matrix has columns.
    std::span<const float> vector() const { return m_vector; }
    /// The first rows of the first matrix's product. Throws Error where the device fails.
    void multiplyFirst(std::span<float> rows);
    /// Of a product with every matrix: the best of some runs that together take some tenths of a second. Throws Error: Cancelled, or the
    /// device fails.
    double seconds(Progress& progress);

private:
    double runAll(int rounds, Progress& progress);
    double submit(Progress& progress);

    ComputeDevice& m_device;
    WeightMemory m_memory;
    std::vector<DeviceMatrix> m_matrices;
    std::vector<float> m_vector;
    Buffer m_input, m_output;
    Commands m_commands;
    NetworkCommands m_steps;
    SubmitPacer m_pacer;
    double m_recorded = 0;  ///< multiply-adds since the last submit
};

}  // namespace halftone::gpu
