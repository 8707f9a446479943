// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/gguf_writer.h"
#include "core/plan/plan.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace halftone::model {
class Model;
}

namespace halftone::plan {

/// The plan changes nothing and the source is one file: the output is a copy of it, whatever its layout.
bool copiesFile(const model::Model& model, const Plan& plan);

/// The tensor table of the output file.
std::vector<format::TensorHeader> outputHeaders(const model::Model& model, const Plan& plan);

/// Bytes of the entries of outputMetadata(), without making it: the vocabulary is measured, not copied.
std::uint64_t outputMetadataBytes(const model::Model& model, const Plan& plan);

/// The key under which an output says what its tensors' data come to (write/tensor_hash.h), and the value that holds its
/// place until they are written: of the same length.
inline constexpr std::string_view kTensorHashKey = "halftone.tensor_hash";
inline constexpr std::string_view kNoTensorHash = "xxh3-128:00000000000000000000000000000000";

/// Metadata that quantizing sets, or leaves out, whatever the source says.
bool setByQuantizing(std::string_view key);

/// Alignment of tensor data in the output file.
std::uint64_t outputAlignment(const model::Model& model);

}  // namespace halftone::plan
