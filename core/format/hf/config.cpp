// SPDX-License-Identifier: Apache-2.0
#include "core/format/hf/config.h"

#include "core/base/error.h"

#include <limits>

namespace halftone::format::hf {

namespace {

using nlohmann::json;

[[noreturn]] void refuse(std::string problem, std::string_view key)
{
    throw Error(ErrorCode::Malformed,
                {.problem = std::move(problem), .place = "key " + std::string(key), .advice = "download the file again"});
}

}  // namespace

Config::Config(json config) : m_config(std::move(config))
{
    if (!m_config.is_object())
        throw Error(ErrorCode::Malformed, {.problem = "the configuration is not an object", .advice = "download the file again"});
    for (const char* part : {"text_config", "llm_config", "language_config"}) {
        const json* text = find(part);
        if (!text)
            continue;
        if (!text->is_object())
            refuse("the value is not an object", part);
        m_config.update(json(*text));
    }
}

const json* Config::find(std::string_view key) const
{
    const auto found = m_config.find(key);
    return found == m_config.end() || found->is_null() ? nullptr : &*found;
}

void Config::setDefault(std::string_view key, json value)
{
    if (!find(key))
        m_config[std::string(key)] = std::move(value);
}

Config::Found Config::first(Keys keys) const
{
    for (const std::string_view key : keys)
        if (const json* value = find(key))
            return {key, value};
    return {};
}

std::optional<std::uint32_t> Config::integer(Keys keys) const
{
    const Found found = first(keys);
    if (!found.value)
        return std::nullopt;
    if (!found.value->is_number_unsigned() || found.value->get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max())
        refuse("the value is not an integer from 0 to 4294967295", found.key);
    return std::uint32_t(found.value->get<std::uint64_t>());
}

std::optional<double> Config::number(Keys keys) const
{
    const Found found = first(keys);
    if (!found.value)
        return std::nullopt;
    if (!found.value->is_number())
        refuse("the value is not a number", found.key);
    return found.value->get<double>();
}

std::optional<bool> Config::boolean(Keys keys) const
{
    const Found found = first(keys);
    if (!found.value)
        return std::nullopt;
    if (!found.value->is_boolean())
        refuse("the value is neither true nor false", found.key);
    return found.value->get<bool>();
}

std::optional<std::string> Config::text(Keys keys) const
{
    const Found found = first(keys);
    if (!found.value)
        return std::nullopt;
    if (!found.value->is_string())
        refuse("the value is not text", found.key);
    return found.value->get<std::string>();
}

Config Config::object(Keys keys) const
{
    const Found found = first(keys);
    if (found.value && !found.value->is_object())
        refuse("the value is not an object", found.key);
    return Config(found.value ? *found.value : json::object());
}

std::string Config::modelClass() const
{
    const json* classes = find("architectures");
    if (!classes || !classes->is_array() || classes->empty())
        return {};
    if (!classes->front().is_string())
        refuse("the first entry is not text", "architectures");
    return classes->front().get<std::string>();
}

std::uint32_t Config::required(Keys keys) const
{
    const auto value = integer(keys);
    if (!value || *value == 0)
        refuse("the value is missing or 0", *keys.begin());
    return *value;
}

}  // namespace halftone::format::hf
