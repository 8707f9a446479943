// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/safetensors.h"
#include "core/model/tensor.h"
#include "core/quant/type.h"

#include <cstdint>
#include <string>

namespace halftone::format::hf {

/// The name without the parts that multimodal models put before their language model's; empty for their other parts.
std::string languageName(std::string name);

/// Dimensions innermost first; beyond four the outer ones are taken together. Throws Error{Malformed} where one is 0.
model::Shape shapeOf(const SafeTensor& tensor);

/// The type that takes up the elements; FP8 becomes BF16.
quant::Type typeOf(Dtype dtype);

/// What llama.cpp computes with in single precision, whatever the rest of the model is stored as. `name` is GGUF's.
bool staysFloat(const std::string& name, std::uint32_t rank);

}  // namespace halftone::format::hf
