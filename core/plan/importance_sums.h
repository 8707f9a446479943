// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace halftone::plan {

/// What an importance matrix file holds: of each matrix, by its tensor's name, the squared activations that entered every
/// column, summed over the rows of activations. Sums rather than means, so that files can be merged.
struct ImportanceSums {
    struct Entry {
        std::vector<float> sums;  ///< expert by expert, one finite, non-negative sum for each column
        std::vector<float> counts;  ///< rows summed, one for each expert; 0 for one that no token reached
        std::size_t columns() const { return sums.size() / counts.size(); }
    };
    std::map<std::string, Entry> tensors;
    std::vector<std::string> datasets;  ///< names of the texts
    std::uint64_t chunks = 0;  ///< windows of text that were run
    std::uint32_t chunkTokens = 0;  ///< in each; 0 where the file does not say
};

/// All together, each weighing as many rows as it saw. A file that has one count for a whole stack of experts counts it for
/// each. Throws Error{Usage} naming a tensor whose shapes differ, and for none at all.
ImportanceSums mergedImportance(std::span<const ImportanceSums> parts);

}  // namespace halftone::plan
