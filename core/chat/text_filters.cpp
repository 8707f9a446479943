// SPDX-License-Identifier: Apache-2.0
// Filters whose result is a text or a number.
#include "core/chat/characters.h"
#include "core/chat/filters.h"
#include "core/chat/methods.h"
#include "core/chat/operators.h"
#include "core/chat/place.h"
#include "core/chat/write.h"

#include <charconv>
#include <cmath>

namespace halftone::chat {
namespace {

Value trim(const Value& input, const Arguments& arguments, Work& work)
{
    const std::string text = toText(input, work);
    const Value* set = arguments.find(0, "chars");
    return work.text(std::string(set && set->string() ? stripped(text, *set->string(), Ends::Both) : stripped(text)));
}

template <std::string (*kMapped)(std::string_view)>
Value mapped(const Value& input, const Arguments&, Work& work)
{
    return work.text(kMapped(toText(input, work)));
}

std::string titled(std::string_view text)
{
    return titleCase(text, isTitleBreak);
}

Value replace(const Value& input, const Arguments& arguments, Work& work)
{
    const auto from = toText(arguments.need(0, "old"), work), to = toText(arguments.need(1, "new"), work);
    return work.text(replaced(toText(input, work), from, to, arguments.integer(2, "count", -1), work));
}

Value string(const Value& input, const Arguments&, Work& work)
{
    return input.string() ? input : work.text(toText(input, work));
}

Value same(const Value& input, const Arguments&, Work&)
{
    return input;
}

JsonStyle jsonStyle(const Arguments& arguments)
{
    JsonStyle style;
    style.asciiOnly = arguments.truth(0, "ensure_ascii", false);
    style.indent = arguments.integer(1, "indent", -1);
    if (style.indent >= 0)
        style.itemSeparator.pop_back();  // no space before a newline
    if (const Value* separators = arguments.find(2, "separators");
        separators && separators->list() && separators->list()->items.size() == 2) {
        const auto& pair = separators->list()->items;
        if (!pair[0].string() || !pair[1].string())
            throw valueError("separators must be two strings");
        style.itemSeparator = *pair[0].string();
        style.keySeparator = *pair[1].string();
    }
    style.sortKeys = arguments.truth(3, "sort_keys", false);
    return style;
}

Value json(const Value& input, const Arguments& arguments, Work& work)
{
    return work.text(toJson(input, jsonStyle(arguments), work));
}

/// What begins every line but the first.
std::string indentation(const Value* width)
{
    if (width && width->string())
        return *width->string();
    const auto spaces = width ? width->asInteger() : std::optional<std::int64_t>(4);
    if (!spaces || *spaces > 1000)
        throw valueError("an indent must be a text or a small number");
    return std::string(std::size_t(std::max<std::int64_t>(*spaces, 0)), ' ');
}

Value indent(const Value& input, const Arguments& arguments, Work& work)
{
    const std::string space = indentation(arguments.find(0, "width")), text = toText(input, work);
    const bool first = arguments.truth(1, "first", false), blank = arguments.truth(2, "blank", false);
    std::string out;
    for (std::size_t begin = 0;; ++begin) {
        const auto end = std::min(text.find('\n', begin), text.size());
        if (begin == 0 ? first : blank || end > begin)
            work.append(out, space);
        work.append(out, std::string_view(text).substr(begin, end - begin));
        if (end == text.size())
            return work.text(std::move(out));
        work.append(out, "\n");
        begin = end;
    }
}

template <class Number>
std::optional<Number> parsed(std::string_view text)
{
    text = stripped(text);
    if (!text.empty() && text[0] == '+')
        text.remove_prefix(1);
    Number number{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    return result.ec == std::errc() && result.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

Value integer(const Value& input, const Arguments& arguments, Work&)
{
    const Value* otherwise = arguments.find(0, "default");
    if (const auto whole = input.asInteger())
        return *whole;
    if (const auto* text = input.string())
        if (const auto whole = parsed<std::int64_t>(*text))
            return *whole;
    const auto number = input.string() ? parsed<double>(*input.string()) : input.asNumber();
    if (number && std::abs(*number) < 9.2e18)
        return std::int64_t(*number);
    return otherwise ? *otherwise : Value(std::int64_t(0));
}

Value floating(const Value& input, const Arguments& arguments, Work&)
{
    const auto number = input.string() ? parsed<double>(*input.string()) : input.asNumber();
    const Value* otherwise = arguments.find(0, "default");
    return number ? Value(*number) : otherwise ? *otherwise : Value(0.0);
}

double needNumber(const Value& input)
{
    if (const auto number = input.asNumber())
        return *number;
    throw valueError("a number is needed, not a value of kind " + std::string(input.kind()));
}

Value absolute(const Value& input, const Arguments&, Work&)
{
    return needNumber(input) < 0 ? negative(input) : input;
}

/// To the nearest decimal, as Python rounds: by the exact binary value, ties to even.
double nearest(double value, int precision)
{
    char buffer[512];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, precision);
    double result = value;
    if (end.ec == std::errc())
        std::from_chars(buffer, end.ptr, result);
    return result;
}

Value round(const Value& input, const Arguments& arguments, Work&)
{
    const double value = needNumber(input);
    const auto precision = arguments.integer(0, "precision", 0);
    const auto method = arguments.text(1, "method", "common");
    if (precision < 0 || precision > 20)
        throw valueError("round needs a precision from 0 to 20");
    const double scale = std::pow(10.0, double(precision));
    if (method == "ceil")
        return std::ceil(value * scale) / scale;
    if (method == "floor")
        return std::floor(value * scale) / scale;
    if (method != "common")
        throw valueError("round knows common, ceil and floor");
    return input.asInteger() ? input : Value(nearest(value, int(precision)));
}

struct Entry {
    std::string_view name;
    Filter filter;
};
constexpr Entry kFilters[] = {{"trim", trim},
                              {"upper", mapped<upperCase>},
                              {"lower", mapped<lowerCase>},
                              {"title", mapped<titled>},
                              {"capitalize", mapped<capitalized>},
                              {"replace", replace},
                              {"string", string},
                              {"safe", same},
                              {"tojson", json},
                              {"indent", indent},
                              {"int", integer},
                              {"float", floating},
                              {"abs", absolute},
                              {"round", round}};

}  // namespace

Filter textFilter(std::string_view name)
{
    for (const Entry& entry : kFilters)
        if (entry.name == name)
            return entry.filter;
    return nullptr;
}

Filter filterNamed(std::string_view name)
{
    if (const Filter filter = textFilter(name))
        return filter;
    if (const Filter filter = sequenceFilter(name))
        return filter;
    throw valueError("the filter '" + std::string(name.substr(0, 40)) + "' is not known here");
}

}  // namespace halftone::chat
