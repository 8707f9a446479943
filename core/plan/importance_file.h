// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/plan/importance_sums.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace halftone::plan {

/// Reads llama.cpp's importance matrix: the GGUF form (general.type "imatrix", NAME.in_sum2 and NAME.counts) or the older
/// .dat. That one holds means times chunks; they become sums over chunks of 512 tokens, llama-imatrix's default, so that it
/// can be merged with others. Throws Error{Malformed} naming the tensor for what is no importance matrix, for missing
/// counts, values that are NaN, infinite or negative, and for every count that the file's length does not bear.
ImportanceSums readImportanceSums(const std::filesystem::path& path);
/// The same from all bytes of a file.
ImportanceSums parseImportance(std::span<const std::byte> bytes);

/// Writes the GGUF form, whole or not at all. Of each dataset only the file's name is kept, never its folder.
/// Throws Error{System | DiskFull}.
void writeImportanceSums(const ImportanceSums& sums, const std::filesystem::path& path);

}  // namespace halftone::plan
