// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/format/gguf_writer.h"
#include "core/write/journal.h"
#include "core/write/quantize_file.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace halftone::write {

/// One of the files that a pass over the source writes.
struct Target {
    const plan::Plan& plan;
    std::filesystem::path destination;
    format::GgufLayout layout = {};  ///< empty where the source file is copied as it is
    std::string layoutDigest = {};  ///< of the header before the tensors' hash is in it
    std::vector<std::string> importance = {};  ///< digest of each tensor's importance weights, empty without

    std::vector<std::optional<FinishedTensor>> found = {};  ///< of each tensor, what a dead run left of it
    std::size_t kept = 0;  ///< so many of the first ones are in place in `out`, the other ones in `aside`
    std::unique_ptr<InputFile> aside = {};
    std::unique_ptr<AtomicFile> out = {};

    std::vector<FinishedTensor> finished = {};  ///< the first tensors, in order; one is being written after them
    std::unique_ptr<Hasher> hasher = std::make_unique<Hasher>();  ///< of that one; of the whole file where it is copied
    double squaredError = 0;  ///< of that one
    std::string tensorHash = {};  ///< once all are written: what the header says of them

    bool copiesFile() const { return layout.header.empty(); }
    bool isWeighted(std::size_t tensor) const { return !importance[tensor].empty(); }
    bool isKept(std::size_t tensor) const { return tensor < kept; }
    bool isFound(std::size_t tensor) const { return !isKept(tensor) && tensor < found.size() && found[tensor].has_value(); }
    /// It is made from the source's bytes; the others need none of them.
    bool isMade(std::size_t tensor) const { return !isKept(tensor) && !isFound(tensor); }
};

}  // namespace halftone::write
