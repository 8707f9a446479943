// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/config.h"
#include "core/model/metadata.h"
#include "core/model/warning.h"
#include "core/model/tensor.h"

#include <filesystem>
#include <span>
#include <vector>

namespace halftone::format::hf {

/// What is written under general.*: type, name, size label, the authors' sampling settings (generation_config.json) and what
/// the model card (README.md) states about licence, tags and languages. Names are told from the folder as llama.cpp's
/// converter does; its guesses at base name, version and fine-tune are not made. Files that were read are added to `read`; settings that
/// are no valid JSON are left out with a warning: published models have such.
void addGeneralMetadata(const std::filesystem::path& folder, std::span<const model::Tensor> tensors, const Config& config,
                        model::Metadata& metadata, std::vector<std::filesystem::path>& read, std::vector<model::Warning>& warnings);

/// "7.3M": parameters with at least two digits, as gguf-py's size_label writes them.
std::string sizeLabel(std::uint64_t parameters);
/// "meta-Llama-3" as "Meta Llama 3": dashes become spaces, words that are all lower case get a capital, except versions.
std::string titleOf(std::string_view name);

}  // namespace halftone::format::hf
