// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/architectures.h"
#include "core/format/hf/config.h"
#include "core/model/metadata.h"
#include "core/model/warning.h"

#include <filesystem>
#include <string>
#include <vector>

namespace halftone::format::hf {

/// Reads the tokenizer of a folder (tokenizer.model or tokenizer.json with the files around them) and writes it under
/// tokenizer.*, as llama.cpp's converter does. `architecture` may be null. Files that were read are added to `read`, what is
/// not known for sure to `warnings`. Throws Error naming file and place.
void addTokenizerMetadata(const std::filesystem::path& folder, const Config& config, const Architecture* architecture,
                          model::Metadata& metadata, std::vector<std::filesystem::path>& read, std::vector<model::Warning>& warnings);

}  // namespace halftone::format::hf
