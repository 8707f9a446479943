// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace halftone::plan {

/// How much each column of a matrix matters: the mean of its squared activations. One value per column and expert.
struct ImportanceMatrix {
    std::map<std::string, std::vector<float>> columns;  ///< by tensor name ("blk.0.ffn_up.weight")

    /// Empty when nothing is known of the tensor.
    std::span<const float> find(const std::string& tensor) const;
};

/// Reads llama.cpp's GGUF importance matrix (NAME.in_sum2 over NAME.counts). Throws Error.
ImportanceMatrix readImportance(const std::filesystem::path& path);

}  // namespace halftone::plan
