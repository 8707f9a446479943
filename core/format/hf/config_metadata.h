// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/architectures.h"
#include "core/format/hf/config.h"
#include "core/model/metadata.h"

namespace halftone::format::hf {

/// Fills in what the model's class in Transformers assumes where config.json is silent.
void setClassDefaults(Config& config, const Architecture& architecture);

/// The architecture's numbers under GGUF's keys ("llama.block_count"), as llama.cpp's converter writes them. Throws
/// Error{Malformed} naming the key for one that is missing or of another kind.
void addArchitectureMetadata(const Config& config, const Architecture& architecture, model::Metadata& metadata);

}  // namespace halftone::format::hf
