// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/tensor_data.h"
#include "core/quant/type.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace halftone {
class InputFile;
}

namespace halftone::format::hf {

using Source = std::shared_ptr<const model::ByteSource>;

/// Bytes of a file from `offset` on, read by position: safe against the file shrinking, unlike its mapping.
Source fileBytes(std::shared_ptr<const InputFile> file, std::uint64_t offset, std::uint64_t bytes);

/// Bytes that exist in memory already.
Source madeBytes(std::vector<std::byte> bytes);

/// The rows of `source`, `rowBytes` long each, in another order: `rowAt(r)` is where the result's row r comes from.
Source reorderedRows(Source source, std::uint64_t rowBytes, std::function<std::uint64_t(std::uint64_t)> rowAt);

/// `bytes` of `source` from `offset` on; both at whole weights.
Source part(Source source, std::uint64_t offset, std::uint64_t bytes);

/// One after the other, as experts are stacked.
Source stacked(std::vector<Source> parts);

/// Weights of a float type as F32, each plus `added` (Gemma's norms leave out a 1 that engines expect).
Source asFloats(Source source, quant::Type type, float added = 0);

/// The transpose of a matrix of `rows` x `columns` elements of `elementBytes` each. Every read goes through all of it.
Source transposed(Source source, std::uint64_t rows, std::uint64_t columns, std::uint64_t elementBytes);

/// Scales of an FP8 matrix: one for each block of blockRows x blockColumns, row by row.
struct BlockScales {
    std::vector<float> values;
    std::uint64_t blockRows = 1, blockColumns = 1;
};
/// A matrix of E4M3 numbers (1 sign, 4 exponent, 3 mantissa bits, no infinity) times its scales, as BF16.
Source scaledE4M3(Source source, std::uint64_t columns, BlockScales scales);

/// One E4M3 number.
float e4m3(std::uint8_t bits);

}  // namespace halftone::format::hf
