// SPDX-License-Identifier: Apache-2.0
#include "gpu/infer/weight_memory.h"

#include "core/base/error.h"

#include <algorithm>

namespace halftone::gpu {
namespace {

/// Kernels read whole words and the one behind them.
constexpr std::uint64_t kPadding = 8;
constexpr std::uint64_t kStagingPart = 4u << 20;

}  // namespace

WeightMemory::WeightMemory(ComputeDevice& device, std::uint64_t chunkBytes)
    : m_device(device),
      m_chunkBytes(std::min({chunkBytes, device.limits().storageRange, device.limits().bufferBytes}) / 4 * 4),
      m_staging(std::make_unique<Staging>(device, kStagingPart))
{
}

std::uint64_t WeightMemory::bytesOf(const infer::PackedMatrix& matrix)
{
    return quant::rowBytes(matrix.type, matrix.columns) * matrix.rows + kPadding;
}

/// Bytes of content that the last chunk used still takes.
std::uint64_t WeightMemory::room() const
{
    const std::uint64_t taken = m_chunksUsed == 0 ? m_chunkBytes : m_used + kPadding;
    return m_chunkBytes > taken ? m_chunkBytes - taken : 0;
}

WeightMemory::Place WeightMemory::reserve(std::uint64_t bytes)
{
    if (bytes > room()) {
        if (bytes + kPadding > m_chunkBytes)
            throw Error(ErrorCode::OutOfMemory, "The graphics device cannot hold so long a row of weights");
        if (m_chunksUsed == m_chunks.size())
            m_chunks.push_back(std::make_unique<Buffer>(m_device, m_chunkBytes, Buffer::Place::Device));
        ++m_chunksUsed;
        m_used = 0;
    }
    const std::uint64_t offset = m_used, alignment = m_device.limits().offsetAlignment;
    m_used = std::min(m_chunkBytes, (offset + bytes + kPadding + alignment - 1) / alignment * alignment);
    return {m_chunks[m_chunksUsed - 1].get(), offset};
}

Slice WeightMemory::add(std::span<const std::byte> bytes)
{
    const Place place = reserve(bytes.size());
    m_last = m_staging->upload(bytes, *place.buffer, place.offset);
    return {*place.buffer, place.offset, (bytes.size() + kPadding) / 4 * 4};
}

Slice WeightMemory::add(std::span<const float> vector)
{
    return vector.empty() ? Slice() : add(std::as_bytes(vector));
}

DeviceMatrix WeightMemory::add(const infer::PackedMatrix& matrix)
{
    const std::uint64_t rowBytes = quant::rowBytes(matrix.type, matrix.columns);
    DeviceMatrix result{.type = matrix.type,
                        .rows = std::uint32_t(matrix.rows),
                        .columns = std::uint32_t(matrix.columns),
                        .rowBytes = std::uint32_t(rowBytes)};
    for (std::uint64_t row = 0; row < matrix.rows;) {
        const std::uint64_t fitting = room() >= rowBytes ? room() / rowBytes : (m_chunkBytes - kPadding) / rowBytes;
        const std::uint64_t here = std::clamp<std::uint64_t>(fitting, 1, matrix.rows - row);
        const Slice slice = add(std::span(matrix.data + row * rowBytes, here * rowBytes));
        result.parts.push_back({slice, std::uint32_t(row), std::uint32_t(here)});
        row += here;
    }
    return result;
}

DeviceMatrix WeightMemory::add(const infer::Linear& linear)
{
    infer::PackedMatrix all = linear.weight;
    all.rows *= linear.experts;
    DeviceMatrix result = add(all);
    result.rows = std::uint32_t(linear.weight.rows);
    result.bias = add(std::span<const float>(linear.bias));
    return result;
}

DeviceNorm WeightMemory::add(const infer::Norm& norm)
{
    return {.weight = add(std::span<const float>(norm.weight)), .bias = add(std::span<const float>(norm.bias))};
}

void WeightMemory::finish()
{
    m_device.wait(m_last);
    m_staging.reset();
}

}  // namespace halftone::gpu
