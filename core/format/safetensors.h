// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::format {

/// Number formats of safetensors files that are read. Others are refused by name.
enum class Dtype { F64, F32, F16, BF16, F8E4M3, I64, I32, I16, I8, U8, Bool };

std::string_view dtypeName(Dtype dtype);
std::uint64_t dtypeBytes(Dtype dtype);

/// One entry of the header.
struct SafeTensor {
    std::string name;
    Dtype dtype = Dtype::F32;
    std::vector<std::uint64_t> shape;  ///< outermost first, as PyTorch has it; empty for a single number
    std::uint64_t offset = 0;  ///< of the data from the start of the file, bytes
    std::uint64_t bytes = 0;
};

/// Reads the header of a safetensors file from all its bytes; data is not touched. Format: 8 bytes of length, that much JSON
/// {"name": {"dtype", "shape", "data_offsets": [begin, end]}, "__metadata__": {text: text}}, then the data without gaps
/// (https://github.com/huggingface/safetensors#format). Tensors come in the order of their names. Throws
/// Error{Malformed | Unsupported} naming tensor and rule (without the file's name).
std::vector<SafeTensor> readSafetensors(std::span<const std::byte> bytes);

}  // namespace halftone::format
