// SPDX-License-Identifier: Apache-2.0
#include "core/chat/template.h"

#include "core/chat/evaluator.h"
#include "core/chat/parser.h"

#include <nlohmann/json.hpp>

namespace halftone::chat {
namespace {

Value converted(const nlohmann::ordered_json& json, std::size_t depth, Work& work)
{
    if (depth > kDeepestValue)
        throw Error(ErrorCode::Malformed, "JSON is nested too deeply");
    if (json.is_string())
        return work.text(json.get<std::string>());
    if (json.is_boolean())
        return json.get<bool>();
    if (json.is_number_float() || (json.is_number_unsigned() && json.get<std::uint64_t>() > std::uint64_t(INT64_MAX)))
        return json.get<double>();
    if (json.is_number())
        return json.get<std::int64_t>();
    if (json.is_array()) {
        std::vector<Value> items;
        for (const auto& item : json)
            items.push_back(converted(item, depth + 1, work));
        return work.list(std::move(items));
    }
    if (!json.is_object())
        return None{};
    std::vector<std::pair<Value, Value>> entries;
    for (const auto& [key, value] : json.items())
        entries.emplace_back(Value::text(key), converted(value, depth + 1, work));
    return work.dict(std::move(entries));
}

}  // namespace

Template::Template(std::string_view source) : m_body(parse(source)) {}

std::string Template::render(const Variables& variables, const RenderOptions& options) const
{
    return Evaluator(variables, options).run(m_body);
}

Value fromJson(const nlohmann::ordered_json& json)
{
    Work work(Limits{.bytes = std::size_t(1) << 30});
    return converted(json, 1, work);
}

}  // namespace halftone::chat
