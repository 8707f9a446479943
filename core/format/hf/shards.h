// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/safetensors.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace halftone {
class InputFile;
class MappedFile;
}  // namespace halftone

namespace halftone::format::hf {

/// One safetensors file of a folder.
struct Shard {
    std::shared_ptr<const MappedFile> file;  ///< for tensors that are used in place
    std::shared_ptr<const InputFile> input;  ///< the same file, for bytes that others are made from
    std::vector<SafeTensor> tensors;  ///< in the order of their names
};

/// Opens the weights of a folder: the files that model.safetensors.index.json names, in the order of their names, or the
/// only *.safetensors files there are. Headers alone are read. Throws Error naming the file: one that is missing, one
/// outside the folder, a tensor that the index and the files disagree about.
std::vector<Shard> openShards(const std::filesystem::path& folder);

}  // namespace halftone::format::hf
