// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/hf/architectures.h"
#include "core/format/hf/config.h"

#include <string>
#include <vector>

namespace halftone::format::hf {

/// A tensor of factors that frequencies of rotary positions are divided by.
struct RopeFactors {
    std::string name;
    std::vector<float> values;
};

/// The factor tensors that a model's rope scaling asks for: Llama 3's "rope_freqs.weight", Phi-3's long and short ones.
/// Throws Error{Malformed} for factors that do not fit the heads.
std::vector<RopeFactors> ropeFactors(const Config& config, const Architecture& architecture);

/// The part of the configuration on rotary positions, under either of its names; of several kinds of layers those that see
/// everything.
Config ropeConfig(const Config& config);
/// "llama3", "linear", "yarn", "longrope", "" for none.
std::string ropeType(const Config& rope);
/// Dimensions of a head that are rotated.
std::uint32_t rotatedDimensions(const Config& config);

}  // namespace halftone::format::hf
