// SPDX-License-Identifier: Apache-2.0
// Jinja2's tests: what may stand after "is".
#include "core/chat/characters.h"
#include "core/chat/filters.h"
#include "core/chat/operators.h"
#include "core/chat/place.h"
#include "core/chat/write.h"

namespace halftone::chat {
namespace {

using Test = bool (*)(const Value&, const Arguments&, Work&);

std::int64_t needInteger(const Value& value)
{
    if (const auto number = value.asInteger())
        return *number;
    throw valueError("an integer is needed, not a value of kind " + std::string(value.kind()));
}

bool isDivisible(const Value& value, const Arguments& arguments, Work& work)
{
    return !arithmetic("%", needInteger(value), needInteger(arguments.need(0, "num")), work).truth();
}

template <const char* kSymbol>
bool comparesTo(const Value& value, const Arguments& arguments, Work& work)
{
    return compare(kSymbol, value, arguments.need(0, "other"), work);
}

bool isSame(const Value& value, const Arguments& arguments, Work& work)
{
    const Value& other = arguments.need(0, "other");
    return value.kind() == other.kind() && equals(value, other, work);
}

bool isIterable(const Value& value, const Arguments&, Work&)
{
    return value.string() || value.list() || value.dict() || value.isUndefined();
}

bool isKnownFilter(const Value& value, const Arguments&, Work&)
{
    return value.string() && (textFilter(*value.string()) || sequenceFilter(*value.string()));
}

constexpr char kEqual[] = "==", kUnequal[] = "!=", kLess[] = "<", kLessEqual[] = "<=", kGreater[] = ">",
               kGreaterEqual[] = ">=", kIn[] = "in";

struct Entry {
    std::string_view name;
    Test test;
};
constexpr Entry kTests[] = {
    {"defined", [](const Value& value, const Arguments&, Work&) { return !value.isUndefined(); }},
    {"undefined", [](const Value& value, const Arguments&, Work&) { return value.isUndefined(); }},
    {"none", [](const Value& value, const Arguments&, Work&) { return value.isNone(); }},
    {"string", [](const Value& value, const Arguments&, Work&) { return value.string() != nullptr; }},
    {"mapping", [](const Value& value, const Arguments&, Work&) { return value.dict() != nullptr; }},
    {"sequence", isIterable},
    {"iterable", isIterable},
    {"number", [](const Value& value, const Arguments&, Work&) { return value.isNumber(); }},
    {"integer", [](const Value& value, const Arguments&, Work&) { return value.as<std::int64_t>() != nullptr; }},
    {"float", [](const Value& value, const Arguments&, Work&) { return value.as<double>() != nullptr; }},
    {"boolean", [](const Value& value, const Arguments&, Work&) { return value.as<bool>() != nullptr; }},
    {"true", [](const Value& value, const Arguments&, Work&) { return value.as<bool>() && *value.as<bool>(); }},
    {"false", [](const Value& value, const Arguments&, Work&) { return value.as<bool>() && !*value.as<bool>(); }},
    {"callable", [](const Value& value, const Arguments&, Work&) { return value.as<CallablePtr>() != nullptr; }},
    {"odd", [](const Value& value, const Arguments&, Work&) { return needInteger(value) % 2 != 0; }},
    {"even", [](const Value& value, const Arguments&, Work&) { return needInteger(value) % 2 == 0; }},
    {"lower",
     [](const Value& value, const Arguments&, Work& work) {
         const auto text = toText(value, work);
         return lowerCase(text) == text && upperCase(text) != text;
     }},
    {"upper",
     [](const Value& value, const Arguments&, Work& work) {
         const auto text = toText(value, work);
         return upperCase(text) == text && lowerCase(text) != text;
     }},
    {"divisibleby", isDivisible},
    {"sameas", isSame},
    {"filter", isKnownFilter},
    {"equalto", comparesTo<kEqual>},
    {"eq", comparesTo<kEqual>},
    {"==", comparesTo<kEqual>},
    {"ne", comparesTo<kUnequal>},
    {"!=", comparesTo<kUnequal>},
    {"lt", comparesTo<kLess>},
    {"lessthan", comparesTo<kLess>},
    {"<", comparesTo<kLess>},
    {"le", comparesTo<kLessEqual>},
    {"<=", comparesTo<kLessEqual>},
    {"gt", comparesTo<kGreater>},
    {"greaterthan", comparesTo<kGreater>},
    {">", comparesTo<kGreater>},
    {"ge", comparesTo<kGreaterEqual>},
    {">=", comparesTo<kGreaterEqual>},
    {"in", comparesTo<kIn>},
};

}  // namespace

Test testNamed(std::string_view name)
{
    for (const Entry& entry : kTests)
        if (entry.name == name)
            return entry.test;
    throw valueError("the test '" + std::string(name.substr(0, 40)) + "' is not known here");
}

}  // namespace halftone::chat
