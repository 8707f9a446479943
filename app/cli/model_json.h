// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/metadata.h"
#include "core/model/tensor.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace halftone::cli {

/// A metadata value; arrays of more than 64 elements as their count and first elements.
nlohmann::json valueJson(const model::Value& value);

/// Extents in ggml's order, innermost first: [256, 4096], "256 x 4096".
nlohmann::json shapeJson(const model::Shape& shape);
std::string shapeText(const model::Shape& shape);

}  // namespace halftone::cli
