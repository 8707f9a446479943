// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/quant/type.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace halftone::plan {

/// One of llama-quantize's named mixtures.
struct Preset {
    std::string_view name;          ///< "Q4_K_M"
    quant::Type type;               ///< what most matrices get
    std::uint32_t fileType;         ///< llama.cpp's LLAMA_FTYPE number, written as general.file_type
};

/// IQ1_S, IQ1_M ... Q8_0, F16, BF16, F32, from small to large.
std::span<const Preset> presets();
const Preset* findPreset(std::string_view name);

}  // namespace halftone::plan
