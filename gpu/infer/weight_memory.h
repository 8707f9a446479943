// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/infer/weights.h"
#include "gpu/staging.h"

#include <cstdint>
#include <span>
#include <vector>

namespace halftone::gpu {

/// Rows of a matrix that one kernel can see at once.
struct MatrixPart {
    Slice slice;
    std::uint32_t firstRow = 0, rows = 0;
};

/// Packed weights on a device, and the bias added to their product; or a matrix for each of several experts, one after the other.
struct DeviceMatrix {
    quant::Type type = quant::Type::F32;
    std::uint32_t rows = 0, columns = 0, rowBytes = 0;  ///< of one matrix
    std::vector<MatrixPart> parts;  ///< of all of them
    Slice bias;  ///< no bytes: none
};

struct DeviceNorm {
    Slice weight, bias;  ///< no weight: what should be normalized stays as it is; no bias: none is added
};

/// As few buffers as may be, all alike: one more that is mostly empty could be what does not fit.
constexpr std::uint64_t evenChunk(std::uint64_t bytes, std::uint64_t chunkBytes)
{
    const std::uint64_t chunks = (bytes + chunkBytes - 1) / chunkBytes;
    return (bytes + chunks - 1) / chunks;
}

/// The memory that a network's weights are copied to: buffers that a kernel can bind whole. Matrices larger than one are spread over
/// several, row by row.
class WeightMemory {
public:
    /// No buffer is larger than `chunkBytes`, or than the device allows.
    WeightMemory(ComputeDevice& device, std::uint64_t chunkBytes);

    // Each throws Error{OutOfMemory}, and what Staging throws.
    DeviceMatrix add(const infer::PackedMatrix& matrix);
    DeviceMatrix add(const infer::Linear& linear);
    DeviceNorm add(const infer::Norm& norm);
    Slice add(std::span<const float> vector);
    Slice add(std::span<const std::byte> bytes);
    /// When all that was added has arrived.
    Ticket last() const { return m_last; }
    /// Returns once everything has arrived; the way there is given back, and nothing can be added any more.
    void finish();
    /// Forgets what was added and keeps the memory: what comes next takes its place. Nothing may read it any more.
    void startAnew() { m_chunksUsed = 0; }

    /// What a matrix takes here, at most.
    static std::uint64_t bytesOf(const infer::PackedMatrix& matrix);

private:
    struct Place {
        const Buffer* buffer;
        std::uint64_t offset;
    };
    std::uint64_t room() const;
    Place reserve(std::uint64_t bytes);

    ComputeDevice& m_device;
    std::uint64_t m_chunkBytes;
    std::unique_ptr<Staging> m_staging;
    std::vector<std::unique_ptr<Buffer>> m_chunks;
    std::size_t m_chunksUsed = 0;
    std::uint64_t m_used = 0;  ///< of the last one used
    Ticket m_last;
};

}  // namespace halftone::gpu
