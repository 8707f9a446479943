// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model/model.h"

#include <filesystem>
#include <optional>

namespace halftone::format::hf {

/// The Hugging Face folder that a path means: the folder itself, its config.json, or a file of its weights. Empty for anything
/// else.
std::optional<std::filesystem::path> folderOf(const std::filesystem::path& path);

/// Opens a Hugging Face folder as the model that llama.cpp's converter would make of it: GGUF's names, order, types and
/// metadata. Tensors are views on the files where the layout allows, the others are made when they are touched. A model whose
/// class is not known keeps its own names and says in whyNotWritable() why it cannot become a GGUF. Throws Error naming file,
/// place and rule.
model::Model::Parts openFolder(const std::filesystem::path& folder);

}  // namespace halftone::format::hf
