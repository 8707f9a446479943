// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/rope_factors.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace halftone::format::hf {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(std::string problem, std::string key)
{
    throw Error(ErrorCode::Malformed,
                {.problem = std::move(problem), .place = "key " + std::move(key), .advice = "download config.json again"});
}

/// Llama 3's way to longer contexts: slow rotations are slowed by `factor`, fast ones kept, those between interpolated
/// (Transformers, modeling_rope_utils.py, _compute_llama3_parameters). Single precision, as llama.cpp's converter computes.
std::vector<float> llama3Factors(const Config& config, const Config& rope)
{
    const auto dimensions = config.integer({"head_dim"}).value_or(rotatedDimensions(config));
    const auto base = float(rope.number({"rope_theta"}).value_or(config.number({"rope_theta"}).value_or(10000.0)));
    const auto factor = float(rope.number({"factor"}).value_or(8.0));
    const auto low = float(rope.number({"low_freq_factor"}).value_or(1.0)), high = float(rope.number({"high_freq_factor"}).value_or(4.0));
    const auto trained = float(
        rope.number({"original_max_position_embeddings"}).value_or(config.number({"original_max_position_embeddings"}).value_or(8192)));
    std::vector<float> factors;
    for (std::uint32_t i = 0; i < dimensions; i += 2) {
        const float frequency = 1.0f / std::pow(base, float(i) / float(dimensions));
        const float wavelength = float(2 * std::numbers::pi) / frequency;
        if (wavelength < trained / high) {
            factors.push_back(1.0f);
        } else if (wavelength > trained / low) {
            factors.push_back(factor);
        } else {
            const float smooth = (trained / wavelength - low) / (high - low);
            factors.push_back(1.0f / ((1.0f - smooth) / factor + smooth));
        }
    }
    return factors;
}

std::vector<float> listedFactors(const Config& rope, const std::string& key, std::size_t expected)
{
    const json* list = rope.find(key);
    if (!list || !list->is_array() || list->size() != expected
        || !std::ranges::all_of(*list, [](const json& value) { return value.is_number(); }))
        refuse("the value is not a list of " + std::to_string(expected) + " numbers", key);
    return list->get<std::vector<float>>();
}

}  // namespace

Config ropeConfig(const Config& config)
{
    Config rope = config.object({"rope_parameters", "rope_scaling"});
    return rope.find("full_attention") ? rope.object({"full_attention"}) : rope;
}

std::string ropeType(const Config& rope)
{
    std::string type = rope.text({"rope_type", "type"}).value_or("");
    return type == "default" ? std::string() : type;
}

std::uint32_t rotatedDimensions(const Config& config)
{
    const double share =
        config.number({"partial_rotary_factor"}).value_or(ropeConfig(config).number({"partial_rotary_factor"}).value_or(1.0));
    if (!(share > 0 && share <= 1))
        refuse("the value is not a share between 0 and 1", "partial_rotary_factor");
    return std::uint32_t(share * config.required({"hidden_size", "n_embd"})) / config.required({"num_attention_heads", "n_head"});
}

std::vector<RopeFactors> ropeFactors(const Config& config, const Architecture& architecture)
{
    constexpr std::uint32_t kMostDimensions = 65'536;
    const Config rope = ropeConfig(config);
    const std::string type = ropeType(rope);
    if (type.empty())
        return {};
    if (config.integer({"head_dim"}).value_or(rotatedDimensions(config)) > kMostDimensions)
        refuse("more than 65536 dimensions in a head", "head_dim");
    if (type == "llama3" && has(architecture, Extra::VocabularyAndRope))
        return {{"rope_freqs.weight", llama3Factors(config, rope)}};
    if (has(architecture, Extra::LongRope) && rope.find("long_factor")) {
        const std::size_t half = rotatedDimensions(config) / 2;
        return {{"rope_factors_long.weight", listedFactors(rope, "long_factor", half)},
                {"rope_factors_short.weight", listedFactors(rope, "short_factor", half)}};
    }
    return {};
}

}  // namespace halftone::format::hf
