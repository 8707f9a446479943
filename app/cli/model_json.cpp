// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/model_json.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace halftone::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kWholeArray = 64;  ///< longer arrays (vocabularies) are shown by length and first elements

json element(model::Bool value)
{
    return value.value;
}
template <class T>
json element(const T& value)
{
    return value;
}

json arrayJson(const model::Array& array)
{
    return std::visit(
        [](const auto& values) {
            json list = json::array();
            for (std::size_t i = 0; i < std::min(values.size(), values.size() > kWholeArray ? 8 : kWholeArray); ++i)
                list.push_back(element(values[i]));
            return values.size() > kWholeArray ? json{{"count", values.size()}, {"first", list}} : list;
        },
        array);
}

}  // namespace

json valueJson(const model::Value& value)
{
    return std::visit(
        [](const auto& v) -> json {
            if constexpr (std::is_same_v<std::decay_t<decltype(v)>, model::Array>)
                return arrayJson(v);
            else
                return element(v);
        },
        value);
}

json shapeJson(const model::Shape& shape)
{
    json list = json::array();
    for (std::uint32_t i = 0; i < shape.rank; ++i)
        list.push_back(shape.extent[i]);
    return list;
}

std::string shapeText(const model::Shape& shape)
{
    std::string text;
    for (std::uint32_t i = 0; i < shape.rank; ++i)
        text += (i ? " x " : "") + std::to_string(shape.extent[i]);
    return text;
}

}  // namespace halftone::cli
