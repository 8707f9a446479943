// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/metadata.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace halftone::plan {

struct ImportanceSums;

/// How much each column of a matrix matters: the mean of its squared activations. One finite, non-negative value per
/// column and expert, expert by expert.
struct ImportanceMatrix {
    /// An expert that no token of the calibration text reached; all its columns got the value 1.
    struct Gap {
        std::string tensor;
        std::size_t expert = 0, experts = 1;
    };
    std::map<std::string, std::vector<float>> columns;  ///< by tensor name ("blk.0.ffn_up.weight")
    std::vector<Gap> gaps;  ///< to be shown to the user, who may want more text
    std::string file;  ///< its name without folders, where it was read from one
    std::vector<std::string> datasets;  ///< the texts that it was made from
    std::uint64_t chunks = 0;  ///< windows of text

    /// Empty when nothing is known of the tensor.
    std::span<const float> find(const std::string& tensor) const;
};

/// Means from sums. Throws Error{Malformed} naming the tensor where one is not finite.
ImportanceMatrix meansOf(const ImportanceSums& sums);

/// meansOf(readImportanceSums(path)).
ImportanceMatrix readImportance(const std::filesystem::path& path);

/// quantize.imatrix.*, which llama-quantize too leaves in a file that it made with an importance matrix; names without folders.
std::vector<model::Metadata::Entry> provenanceOf(const ImportanceMatrix& matrix);

}  // namespace halftone::plan
