// SPDX-License-Identifier: Apache-2.0
#include "core/plan/recipe.h"

#include "core/base/error.h"
#include "core/format/json.h"

#include <nlohmann/json.hpp>

namespace halftone::plan {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kFormat = "halftone-recipe";
constexpr int kVersion = 1;
constexpr const char* kAdvice = "load another file, or save the recipe again";
constexpr format::JsonLimits kLimits{.depth = 4, .advice = kAdvice};
constexpr std::size_t kMaxRules = 10'000;

[[noreturn]] void refuse(std::string problem, std::string place = {})
{
    throw Error(ErrorCode::Malformed, {.problem = std::move(problem), .place = std::move(place), .advice = kAdvice});
}

/// Names from a file are shown in messages; a hostile one shall not fill the screen.
std::string shown(std::string_view text) { return std::string(text.substr(0, 120)); }

std::string textOf(const Json& value, const std::string& key)
{
    if (!value.is_string())
        refuse("must be a text", "key " + key);
    return value.get<std::string>();
}

quant::Type typeOf(const Json& value, const std::string& key)
{
    const std::string name = textOf(value, key);
    const quant::TypeInfo* info = quant::findType(std::string_view(name));
    if (!info)
        refuse("there is no type \"" + shown(name) + "\"", "key " + key);
    return info->type;
}

const Json& member(const Json& object, const char* name, const std::string& where)
{
    const auto found = object.find(name);
    if (found == object.end())
        refuse("is missing", "key " + where + name);
    return *found;
}

Rule ruleOf(const Json& value, const std::string& where)
{
    if (!value.is_object())
        refuse("must be an object with pattern and type", "key " + where);
    for (const auto& [key, ignored] : value.items()) {
        if (key != "pattern" && key != "type")
            refuse("no recipe has such a key", "key " + where + "." + shown(key));
    }
    return {textOf(member(value, "pattern", where + "."), where + ".pattern"), typeOf(member(value, "type", where + "."), where + ".type")};
}

void readRules(const Json& value, Recipe& recipe)
{
    if (!value.is_array() || value.size() > kMaxRules)
        refuse("must be a list of at most " + std::to_string(kMaxRules) + " rules", "key rules");
    for (std::size_t i = 0; i < value.size(); ++i)
        recipe.rules.push_back(ruleOf(value[i], "rules[" + std::to_string(i) + "]"));
}

void readExact(const Json& value, Recipe& recipe)
{
    if (!value.is_object())
        refuse("must be an object of tensor names and types", "key exact");
    for (const auto& [name, type] : value.items())
        recipe.exact.emplace(name, typeOf(type, "exact." + shown(name)));
}

void readPins(const Json& value, Recipe& recipe)
{
    if (!value.is_array())
        refuse("must be a list of tensor names", "key pins");
    for (std::size_t i = 0; i < value.size(); ++i)
        recipe.pins.insert(textOf(value[i], "pins[" + std::to_string(i) + "]"));
}

void readKey(const std::string& key, const Json& value, Recipe& recipe)
{
    if (key == "format") {
        if (value != kFormat)
            refuse("is not \"halftone-recipe\"", "key format");
    } else if (key == "version") {
        if (value != kVersion)
            refuse("this program reads version 1 only", "key version");
    } else if (key == "name") {
        recipe.name = textOf(value, key);
    } else if (key == "base") {
        recipe.base = textOf(value, key);
    } else if (key == "rules") {
        readRules(value, recipe);
    } else if (key == "exact") {
        readExact(value, recipe);
    } else if (key == "pins") {
        readPins(value, recipe);
    } else {
        refuse("no recipe has such a key", "key " + shown(key));
    }
}

Recipe recipeOf(const Json& json)
{
    if (!json.is_object())
        refuse("a recipe is one JSON object", "byte 0");
    member(json, "format", "");
    member(json, "version", "");
    member(json, "base", "");
    Recipe recipe;
    for (const auto& [key, value] : json.items())
        readKey(key, value, recipe);
    return recipe;
}

Json document(const Recipe& recipe)
{
    Json json{{"format", kFormat}, {"version", kVersion}, {"name", recipe.name}, {"base", recipe.base}};
    json["rules"] = Json::array();
    for (const Rule& rule : recipe.rules)
        json["rules"].push_back({{"pattern", rule.pattern}, {"type", quant::name(rule.type)}});
    json["exact"] = Json::object();
    for (const auto& [name, type] : recipe.exact)
        json["exact"].emplace(name, quant::name(type));
    json["pins"] = recipe.pins;
    return json;
}

/// Names of a broken model may hold bytes that are no UTF-8; they are replaced.
std::string dumped(const Json& json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string toJson(const Recipe& recipe) { return dumped(document(recipe), 2) + "\n"; }

std::string toEmbeddedJson(const Recipe& recipe)
{
    Json json = document(recipe);
    json.erase("pins");
    json["name"] = recipe.name.substr(recipe.name.find_last_of("/\\") + 1);
    return dumped(json, -1);
}

std::uint64_t embeddedChoiceBytes(const std::string& tensor, quant::Type type)
{
    constexpr std::uint64_t kMarks = 4;   // a colon, the type's two quotes, a comma
    return dumped(Json(tensor), -1).size() + quant::name(type).size() + kMarks;
}

Recipe recipeFromJson(std::string_view text)
{
    const Json json = format::readJson(text, kLimits);
    try {
        return recipeOf(json);
    } catch (const Error& error) {
        throw format::withByte(error, text);
    }
}

}  // namespace halftone::plan
