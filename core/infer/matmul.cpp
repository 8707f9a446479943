// SPDX-License-Identifier: Apache-2.0
#include "core/infer/matmul.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/infer/matmul_kernels.h"
#include "core/infer/packing.h"
#include "core/quant/codec.h"

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

bool hasKernel(quant::Type weights)
{
    return findPacking(weights) || floatBytes(weights);
}

/// Types without a kernel of their own: tile after tile of rows becomes floats, and these are multiplied. `product.x` are floats.
void multiplyDequantized(const kernels::Product& product, std::size_t begin, std::size_t end)
{
    const PackedMatrix& packed = product.weights;
    std::vector<float> weights(kernels::kTileRows * packed.columns), out(kernels::kTileRows * product.tokens);
    for (std::size_t row = begin; row < end; row += kernels::kTileRows) {
        const std::size_t rows = std::min(kernels::kTileRows, end - row);
        const std::span tile = std::span(weights).first(rows * packed.columns);
        quant::dequantize(packed.type, {packed.data + row * product.rowBytes, rows * product.rowBytes}, tile);
        const kernels::Product floats{
            .weights = {quant::Type::F32, std::as_bytes(tile).data(), rows, packed.columns},
            .rowBytes = packed.columns * sizeof(float),
            .x = product.x,
            .tokens = product.tokens,
            .out = out.data(),
        };
        kernels::multiplyRows(floats, 0, rows);
        for (std::size_t t = 0; t < product.tokens; ++t)
            std::copy_n(out.data() + t * rows, rows, product.out + t * packed.rows + row);
    }
}

}  // namespace

bool canMultiply(quant::Type weights)
{
    return hasKernel(weights) || quant::info(weights).canDequantize;
}

ActivationFormat activationFormat(quant::Type weights)
{
    const Packing* packing = findPacking(weights);
    return !packing ? ActivationFormat::F32 : packing->columns == 32 ? ActivationFormat::Blocks32 : ActivationFormat::Blocks256;
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
    const auto multiplyRange = hasKernel(weights.type) ? kernels::multiplyRows : multiplyDequantized;
    executor.forRanges(weights.rows, rowsPerTask(product, executor.threads()),
                       [&](std::size_t begin, std::size_t end) { multiplyRange(product, begin, end); });
}

}  // namespace halftone::infer
