// SPDX-License-Identifier: Apache-2.0
#include "core/infer/matmul.h"

#include "core/base/error.h"
#include "core/base/executor.h"
#include "core/infer/matmul_reference.h"
#include "core/infer/packing.h"

namespace halftone::infer {
namespace {

std::uint64_t bytesOfRow(quant::Type type, std::uint64_t columns)
{
    if (const Packing* packing = findPacking(type))
        return columns / packing->columns * packing->bytes;
    return columns * floatBytes(type);
}

void check(const PackedMatrix& weights, const Activations& x, std::span<const float> out)
{
    const Packing* packing = findPacking(weights.type);
    if (!canMultiply(weights.type))
        throw Error(ErrorCode::Unsupported, "weights of this type cannot be multiplied");
    if (weights.columns != x.columns() || (packing && weights.columns % packing->columns != 0) || out.size() != weights.rows * x.tokens())
        throw Error(ErrorCode::Usage, "the shapes of a matrix product do not fit");
}

/// `x` are blocks or floats of all tokens.
template <class Element>
void multiplyRows(const PackedMatrix& weights, std::span<const Element> x, std::size_t tokens, std::span<float> out, const Executor& executor)
{
    const std::size_t stride = bytesOfRow(weights.type, weights.columns), perToken = x.size() / tokens;
    executor.forRanges(weights.rows, 64, [&](std::size_t begin, std::size_t end) {
        for (std::size_t r = begin; r < end; ++r)
            for (std::size_t t = 0; t < tokens; ++t)
                out[t * weights.rows + r] = reference::dot(weights.type, weights.data + r * stride, x.subspan(t * perToken, perToken));
    });
}

}  // namespace

bool canMultiply(quant::Type weights)
{
    return findPacking(weights) || floatBytes(weights);
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
    switch (activationFormat(weights.type)) {
    case ActivationFormat::F32: return multiplyRows(weights, x.floats(), x.tokens(), out, executor);
    case ActivationFormat::Blocks32: return multiplyRows(weights, x.blocks32(executor), x.tokens(), out, executor);
    case ActivationFormat::Blocks256: return multiplyRows(weights, x.blocks256(executor), x.tokens(), out, executor);
    }
}

}  // namespace halftone::infer
