// SPDX-License-Identifier: Apache-2.0
#include "core/lesson/code_counts.h"

#include "core/inspect/compressibility.h"
#include "core/lesson/grid.h"
#include "core/quant/codec.h"
#include "core/quant/codes.h"

#include <algorithm>

namespace halftone::lesson {
namespace {

using quant::Type;

/// The bits of a code and what stands for zero.
struct CodeRange {
    int bits, zero;
};

CodeRange rangeOf(Type type)
{
    switch (type) {
    case Type::Q4_0: return {4, 8};
    case Type::Q5_0: return {5, 16};
    case Type::Q3_K: return {3, 4};
    case Type::Q6_K: return {6, 32};
    case Type::Q8_0: return {8, 128};
    default: return {quant::info(type).bits, 0};
    }
}

std::size_t countedRows(const Sample& sample)
{
    return std::clamp<std::size_t>(kMostCounted / sample.columns, 1, sample.rows());
}

void finish(CodeCounts& counts, int bits)
{
    counts.storedBits = bits;
    counts.entropyBits = inspect::entropyBits(counts.counts);
}

}  // namespace

std::vector<Type> countableTypes(const Sample& sample)
{
    std::vector<Type> types;
    for (const quant::TypeInfo& type : quant::allTypes())
        if (quant::hasCodes(type.type) && type.canQuantize && sample.columns % type.blockSize == 0)
            types.push_back(type.type);
    return types;
}

CodeCounts countCodes(const Sample& sample, Type type)
{
    const auto weights = std::span(sample.weights).first(countedRows(sample) * sample.columns);
    std::vector<std::byte> packed(quant::rowBytes(type, weights.size()));
    quant::quantize(type, weights, sample.columns, {}, packed);
    std::vector<std::uint8_t> codes(weights.size());
    quant::unpackCodes(type, packed, codes);

    const CodeRange range = rangeOf(type);
    CodeCounts result{-range.zero, std::vector<std::uint64_t>(std::size_t(1) << range.bits), 0, 0};
    for (const std::uint8_t code : codes)
        // The bytes of Q8_0 are signed numbers; the others count from their lowest level.
        ++result.counts[type == Type::Q8_0 ? std::uint8_t(code ^ 0x80) : code];
    finish(result, range.bits);
    return result;
}

CodeCounts countCodes(const Sample& sample, int bits, std::size_t block)
{
    CodeCounts result;
    result.first = symmetricGrid(1, bits).first;
    result.counts.resize(std::size_t(1 - 2 * result.first));
    for (std::size_t r = 0; r < countedRows(sample); ++r)
        for (std::size_t at = 0; at < sample.columns; at += block) {
            const auto weights = sample.row(r).subspan(at, std::min(block, sample.columns - at));
            const Grid grid = symmetricGrid(largestMagnitude(weights), bits);
            for (const float weight : weights)
                ++result.counts[std::size_t(grid.code(double(weight)) - result.first)];
        }
    finish(result, bits);
    return result;
}

}  // namespace halftone::lesson
