// SPDX-License-Identifier: Apache-2.0
#include "core/backend/cpu_backend.h"

#include "core/base/executor.h"
#include "core/base/progress.h"
#include "core/quant/codec.h"

#include <algorithm>

namespace halftone::backend {
namespace {

/// About this many weights are done by one thread between two looks at the progress.
constexpr std::size_t kChunkWeights = 16 * 1024;

/// Calls body(first weight, weights) for runs of whole units on all threads.
template <class Body>
void forChunks(std::size_t weights, std::size_t unit, const Executor& executor, Progress& progress, const Body& body)
{
    const std::size_t size = std::max(kChunkWeights / unit * unit, unit);
    executor.forEach((weights + size - 1) / size, [&](std::size_t chunk) {
        if (progress.cancelled())
            progress.checkpoint();
        body(chunk * size, std::min(size, weights - chunk * size));
    });
}

}  // namespace

bool CpuBackend::canQuantize(quant::Type type, bool importance)
{
    const quant::TypeInfo& info = quant::info(type);
    return info.canQuantize && (importance || !info.needsImportance);
}

void CpuBackend::quantize(const Rows& rows, std::span<std::byte> packed, Progress& progress)
{
    const std::size_t block = std::max(quant::info(rows.type).blockSize, quant::info(rows.packed.type).blockSize);
    const std::size_t unit = rows.importance.empty() ? block : rows.columns;
    forChunks(rows.count(), unit, m_executor, progress, [&](std::size_t first, std::size_t count) {
        std::vector<float> scratch;
        quant::quantize(rows.type, rows.run(first, count, scratch), rows.importance.empty() ? count : rows.columns, rows.importance,
                        packed.subspan(quant::rowBytes(rows.type, first), quant::rowBytes(rows.type, count)));
    });
}

void CpuBackend::dequantize(const Packed& packed, std::span<float> out, Progress& progress)
{
    forChunks(out.size(), quant::info(packed.type).blockSize, m_executor, progress, [&](std::size_t first, std::size_t count) {
        const auto bytes = packed.bytes.subspan(quant::rowBytes(packed.type, first), quant::rowBytes(packed.type, count));
        quant::dequantize(packed.type, bytes, out.subspan(first, count));
    });
}

bool CpuBackend::canInspect(quant::Type type)
{
    return quant::info(type).canDequantize;
}

inspect::Inspection CpuBackend::inspect(const model::Tensor& tensor, int bins, Progress& progress)
{
    return inspect::inspect(tensor, bins, m_executor, progress);
}

}  // namespace halftone::backend
