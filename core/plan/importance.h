// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace halftone::plan {

/// How much each column of a matrix matters: the mean of its squared activations. One finite, non-negative value per
/// column and expert, expert by expert.
struct ImportanceMatrix {
    /// An expert that no token of the calibration text reached; all its columns got the value 1.
    struct Gap {
        std::string tensor;
        std::size_t expert = 0, experts = 1;
    };
    std::map<std::string, std::vector<float>> columns;  ///< by tensor name ("blk.0.ffn_up.weight")
    std::vector<Gap> gaps;                              ///< to be shown to the user, who may want more text

    /// Empty when nothing is known of the tensor.
    std::span<const float> find(const std::string& tensor) const;
};

/// Reads llama.cpp's GGUF importance matrix (NAME.in_sum2 over NAME.counts). Throws Error{Malformed} naming
/// the tensor for what is no importance matrix, for missing counts and for values that are NaN, infinite or negative.
ImportanceMatrix readImportance(const std::filesystem::path& path);

}  // namespace halftone::plan
