// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

namespace halftone::model {
class Model;
}

namespace halftone::format {

/// Opens a .gguf file, any shard of a split one, or a Hugging Face folder (also by its config.json or a file of its weights).
/// Reads metadata and the tensor table only, so a 40 GB model takes
/// milliseconds. Throws Error{Malformed | Unsupported | System} naming file, field, place and rule.
std::shared_ptr<const model::Model> openModel(const std::filesystem::path& path);

/// What stands for the model in titles and lists: the folder, where `path` is a file of a Hugging Face folder.
std::filesystem::path modelPath(const std::filesystem::path& path);

}  // namespace halftone::format
