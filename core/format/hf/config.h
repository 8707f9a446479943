// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace halftone::format::hf {

/// config.json of a Hugging Face folder, its "text_config" merged in. A key whose value is null counts as missing; the
/// first of several names that is there wins. Throws Error{Malformed} naming the key for a value of another kind.
class Config {
public:
    using Keys = std::initializer_list<std::string_view>;

    explicit Config(nlohmann::json config);

    /// Null if there is none.
    const nlohmann::json* find(std::string_view key) const;
    /// Adds what the model's class in Transformers fills in where the file is silent.
    void setDefault(std::string_view key, nlohmann::json value);

    std::optional<std::uint32_t> integer(Keys keys) const;
    std::optional<double> number(Keys keys) const;
    std::optional<bool> boolean(Keys keys) const;
    std::optional<std::string> text(Keys keys) const;
    /// A part of it, empty if there is none: "rope_scaling".
    Config object(Keys keys) const;

    /// The class the weights belong to: "LlamaForCausalLM", "" if none is named.
    std::string modelClass() const;
    /// Throws Error{Malformed} when it is missing or 0.
    std::uint32_t required(Keys keys) const;

private:
    struct Found {
        std::string_view key;
        const nlohmann::json* value = nullptr;
    };
    Found first(Keys keys) const;

    nlohmann::json m_config;
};

}  // namespace halftone::format::hf
