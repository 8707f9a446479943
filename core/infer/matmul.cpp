// SPDX-License-Identifier: Apache-2.0
#include "core/infer/matmul.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/infer/matmul_kernels.h"
#include "core/infer/packing.h"

#include <algorithm>

namespace halftone::infer {
namespace {

void check(const PackedMatrix& weights, const Activations& x, std::span<const float> out)
{
    if (!canMultiply(weights.type))
        throw Error(ErrorCode::Unsupported, "weights of this type cannot be multiplied");
    const std::uint32_t block = quant::info(weights.type).blockSize;
    if (weights.columns != x.columns() || weights.columns % block != 0 || out.size() != weights.rows * x.tokens())
        throw Error(ErrorCode::Usage, "the shapes of a matrix product do not fit");
}

/// Rows of one task: enough work to be worth a task, and several tasks a thread. Ranges begin with a tile.
std::size_t rowsPerTask(const kernels::Product& p, int threads)
{
    constexpr std::size_t kTaskBytes = 192 * 1024, kTasksPerThread = 4;
    const std::size_t bytesPerTile = p.rowBytes * kernels::kTileRows * std::max<std::size_t>(1, p.tokens / 2);
    const std::size_t enough = (kTaskBytes + bytesPerTile - 1) / bytesPerTile;
    const std::size_t tiles = (p.weights.rows + kernels::kTileRows - 1) / kernels::kTileRows;
    const std::size_t fair = std::clamp<std::size_t>(tiles / (std::size_t(threads) * kTasksPerThread), 1, 8);
    return std::max(enough, fair) * kernels::kTileRows;
}

const void* elements(ActivationFormat format, Activations& x, const Executor& executor)
{
    switch (format) {
    case ActivationFormat::Blocks32: return x.blocks32(executor).data();
    case ActivationFormat::Blocks256: return x.blocks256(executor).data();
    default: return x.floats().data();
    }
}

}  // namespace

bool canMultiply(quant::Type weights)
{
    return findPacking(weights) || floatBytes(weights);
}

ActivationFormat activationFormat(quant::Type weights)
{
    const Packing* packing = findPacking(weights);
    return !packing ? ActivationFormat::F32 : packing->activations == 32 ? ActivationFormat::Blocks32 : ActivationFormat::Blocks256;
}

void multiply(const PackedMatrix& weights, Activations& x, std::span<float> out, const Executor& executor)
{
    check(weights, x, out);
    if (out.empty())
        return;
    const kernels::Product product{
        .weights = weights,
        .rowBytes = quant::rowBytes(weights.type, weights.columns),
        .x = elements(activationFormat(weights.type), x, executor),
        .tokens = x.tokens(),
        .out = out.data(),
    };
    executor.forRanges(weights.rows, rowsPerTask(product, executor.threads()),
                       [&](std::size_t begin, std::size_t end) { kernels::multiplyRows(product, begin, end); });
}

}  // namespace halftone::infer
