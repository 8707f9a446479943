// SPDX-License-Identifier: Apache-2.0
#include "core/chat/operators.h"

#include "core/chat/characters.h"
#include "core/chat/place.h"
#include "core/chat/write.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace halftone::chat {
namespace {

constexpr auto kLargest = std::numeric_limits<std::int64_t>::max();

Error noOperator(std::string_view symbol, const Value& a, const Value& b)
{
    for (const Value* side : {&a, &b})
        if (const auto* missing = side->as<Undefined>())
            return valueError("'" + missing->name + "' is undefined");
    return valueError("'" + std::string(symbol) + "' does not go with " + std::string(a.kind()) + " and " + std::string(b.kind()));
}

Value whole(double result)
{
    if (!(std::abs(result) < 9.2e18))
        throw valueError("a number is too large");
    return std::int64_t(result);
}

/// Exact where the result fits 53 bits or the operands say it fits; Python would go on with longer integers.
Value integerArithmetic(std::string_view symbol, std::int64_t a, std::int64_t b)
{
    const double x = double(a), y = double(b);
    if (symbol == "+" || symbol == "-" || symbol == "*") {
        const double rough = symbol == "+" ? x + y : symbol == "-" ? x - y : x * y;
        whole(rough);
        return symbol == "+" ? a + b : symbol == "-" ? a - b : a * b;
    }
    if (symbol == "**")
        return b < 0 ? Value(std::pow(x, y)) : whole(std::pow(x, y));
    if (b == 0)
        throw valueError("division by zero");
    if (symbol == "/")
        return x / y;
    if (b == -1)
        return symbol == "//" ? negative(a) : Value(std::int64_t(0));
    const std::int64_t remainder = a % b, correction = remainder != 0 && (remainder < 0) != (b < 0);
    return symbol == "//" ? a / b - correction : remainder + correction * b;
}

Value floatArithmetic(std::string_view symbol, double a, double b)
{
    if (symbol == "+")
        return a + b;
    if (symbol == "-")
        return a - b;
    if (symbol == "*")
        return a * b;
    if (symbol == "**")
        return std::pow(a, b);
    if (b == 0)
        throw valueError("division by zero");
    if (symbol == "/")
        return a / b;
    return symbol == "//" ? std::floor(a / b) : a - std::floor(a / b) * b;
}

Value joined(const List& a, const List& b, Work& work)
{
    work.bytes((a.items.size() + b.items.size()) * sizeof(Value));
    auto items = a.items;
    items.insert(items.end(), b.items.begin(), b.items.end());
    return work.list(std::move(items), a.tuple);
}

Value repeated(const Value& value, std::int64_t count, Work& work)
{
    std::string text;
    std::vector<Value> items;
    for (std::int64_t i = 0; i < count; ++i) {
        work.step();
        if (value.string())
            work.append(text, *value.string());
        else
            for (const Value& item : value.list()->items) {
                work.bytes(sizeof(Value));
                items.push_back(item);
            }
    }
    return value.string() ? work.text(std::move(text)) : work.list(std::move(items), value.list()->tuple);
}

Value concatenated(const Value& a, const Value& b, Work& work)
{
    std::string text;
    writeText(text, a, work);
    writeText(text, b, work);
    return work.text(std::move(text));
}

bool equalLists(const List& a, const List& b, Work& work)
{
    if (a.tuple != b.tuple || a.items.size() != b.items.size())
        return false;
    for (std::size_t i = 0; i < a.items.size(); ++i)
        if (!equals(a.items[i], b.items[i], work))
            return false;
    return true;
}

bool equalDicts(const Dict& a, const Dict& b, Work& work)
{
    if (a.entries.size() != b.entries.size())
        return false;
    for (const auto& [key, value] : a.entries) {
        work.step(b.entries.size());
        const Value* other = b.find(key);
        if (!other || !equals(value, *other, work))
            return false;
    }
    return true;
}

}  // namespace

bool equals(const Value& a, const Value& b, Work& work)
{
    work.step();
    if (a.string() && b.string()) {
        work.step(std::min(a.string()->size(), b.string()->size()) / 256);
        return *a.string() == *b.string();
    }
    if (const auto x = a.asInteger(), y = b.asInteger(); x && y)
        return *x == *y;
    if (const auto x = a.asNumber(), y = b.asNumber(); x && y)
        return *x == *y;
    if (a.list() && b.list())
        return equalLists(*a.list(), *b.list(), work);
    if (a.dict() && b.dict())
        return equalDicts(*a.dict(), *b.dict(), work);
    if (const auto* x = a.as<NamespacePtr>(), *y = b.as<NamespacePtr>(); x && y)
        return *x == *y;
    return (a.isNone() && b.isNone()) || (a.isUndefined() && b.isUndefined());
}

bool less(const Value& a, const Value& b, Work& work)
{
    work.step();
    if (a.string() && b.string()) {
        work.step(std::min(a.string()->size(), b.string()->size()) / 256);
        return *a.string() < *b.string();  // the order of UTF-8 is the order of code points
    }
    if (const auto x = a.asNumber(), y = b.asNumber(); x && y)
        return *x < *y;
    const List *left = a.list(), *right = b.list();
    if (!left || !right || left->tuple != right->tuple)
        throw noOperator("<", a, b);
    const std::size_t common = std::min(left->items.size(), right->items.size());
    for (std::size_t i = 0; i < common; ++i)
        if (!equals(left->items[i], right->items[i], work))
            return less(left->items[i], right->items[i], work);
    return left->items.size() < right->items.size();
}

bool contains(const Value& container, const Value& item, Work& work)
{
    if (const auto* text = container.string()) {
        if (!item.string())
            throw noOperator("in", item, container);
        work.search(text->size(), item.string()->size());
        return text->find(*item.string()) != text->npos;
    }
    if (const auto* list = container.list())
        return std::any_of(list->items.begin(), list->items.end(), [&](const Value& other) { return equals(item, other, work); });
    if (const auto* dict = container.dict()) {
        work.step(dict->entries.size());
        return dict->find(item) != nullptr;
    }
    if (!container.isUndefined())
        throw noOperator("in", item, container);
    return false;
}

bool compare(std::string_view symbol, const Value& a, const Value& b, Work& work)
{
    if (symbol == "==")
        return equals(a, b, work);
    if (symbol == "!=")
        return !equals(a, b, work);
    if (symbol == "in")
        return contains(b, a, work);
    if (symbol == "not in")
        return !contains(b, a, work);
    if (symbol == "<")
        return less(a, b, work);
    if (symbol == ">")
        return less(b, a, work);
    return symbol == "<=" ? less(a, b, work) || equals(a, b, work) : less(b, a, work) || equals(a, b, work);
}

Value arithmetic(std::string_view symbol, const Value& a, const Value& b, Work& work)
{
    if (symbol == "~")
        return concatenated(a, b, work);
    if (const auto x = a.asInteger(), y = b.asInteger(); x && y)
        return integerArithmetic(symbol, *x, *y);
    if (const auto x = a.asNumber(), y = b.asNumber(); x && y)
        return floatArithmetic(symbol, *x, *y);
    if (symbol == "+" && a.string() && b.string())
        return concatenated(a, b, work);
    if (symbol == "+" && a.list() && b.list() && a.list()->tuple == b.list()->tuple)
        return joined(*a.list(), *b.list(), work);
    if (symbol == "*" && (a.string() || a.list()) && b.asInteger())
        return repeated(a, *b.asInteger(), work);
    if (symbol == "*" && (b.string() || b.list()) && a.asInteger())
        return repeated(b, *a.asInteger(), work);
    throw noOperator(symbol, a, b);
}

Value negative(const Value& value)
{
    if (const auto number = value.asInteger()) {
        if (*number < -kLargest)
            throw valueError("a number is too large");
        return -*number;
    }
    if (const auto number = value.asNumber())
        return -*number;
    throw noOperator("-", value, value);
}

std::vector<Value> iterate(const Value& value, Work& work)
{
    std::vector<Value> items;
    if (const auto* list = value.list()) {
        work.bytes(list->items.size() * sizeof(Value));
        return list->items;
    }
    if (const auto* dict = value.dict()) {
        work.bytes(dict->entries.size() * sizeof(Value));
        for (const auto& entry : dict->entries)
            items.push_back(entry.first);
        return items;
    }
    if (const auto* text = value.string()) {
        work.bytes(text->size() * sizeof(std::string_view));
        for (const auto character : characters(*text))
            items.push_back(work.text(std::string(character)));
        return items;
    }
    if (!value.isUndefined())
        throw valueError("nothing can go through a value of kind " + std::string(value.kind()));
    return items;
}

std::size_t length(const Value& value)
{
    if (const auto* text = value.string())
        return characterCount(*text);
    if (const auto* list = value.list())
        return list->items.size();
    if (const auto* dict = value.dict())
        return dict->entries.size();
    if (!value.isUndefined())
        throw valueError("a value of kind " + std::string(value.kind()) + " has no length");
    return 0;
}

Value subscript(const Value& value, const Value& key, Work& work)
{
    const Value missing = key.string() ? Value::undefined(*key.string()) : Value::undefined(std::string(value.kind()) + " item");
    if (const auto* dict = value.dict()) {
        work.step(dict->entries.size() / 8);
        const Value* found = dict->find(key);
        return found ? *found : missing;
    }
    const auto index = key.asInteger();
    if (!index || (!value.list() && !value.string()))
        return missing;
    if (const auto* text = value.string())
        work.bytes(text->size() * sizeof(std::string_view));
    const auto parts = value.string() ? characters(*value.string()) : std::vector<std::string_view>();
    const auto count = std::int64_t(value.list() ? value.list()->items.size() : parts.size());
    const auto at = *index < 0 ? *index + count : *index;
    if (at < 0 || at >= count)
        return missing;
    return value.list() ? value.list()->items[std::size_t(at)] : work.text(std::string(parts[std::size_t(at)]));
}

namespace {

/// The positions that Python's slice goes through.
std::vector<std::size_t> slicePositions(std::int64_t count, const Value& from, const Value& to, const Value& step)
{
    const auto number = [](const Value& value, std::int64_t otherwise) {
        if (value.isNone())
            return otherwise;
        if (const auto whole = value.asInteger())
            return *whole;
        throw valueError("a slice needs integers");
    };
    const std::int64_t by = std::clamp(number(step, 1), -kLargest, kLargest);
    if (by == 0)
        throw valueError("a slice cannot go in steps of 0");
    const std::int64_t low = by > 0 ? 0 : -1, high = by > 0 ? count : count - 1;
    const auto bound = [&](std::int64_t at) { return std::clamp(at < 0 ? at + count : at, low, high); };
    const std::int64_t begin = from.isNone() ? (by > 0 ? 0 : count - 1) : bound(number(from, 0));
    const std::int64_t end = to.isNone() ? (by > 0 ? count : -1) : bound(number(to, 0));
    std::vector<std::size_t> positions;
    for (std::int64_t at = begin; by > 0 ? at < end : at > end;) {
        positions.push_back(std::size_t(at));
        if (std::abs(by) >= count)
            break;
        at += by;
    }
    return positions;
}

}  // namespace

Value slice(const Value& value, const Value& from, const Value& to, const Value& step, Work& work)
{
    if (value.isUndefined() || (!value.string() && !value.list()))
        throw noOperator("[:]", value, value);
    if (const auto* list = value.list()) {
        std::vector<Value> items;
        work.bytes(list->items.size() * sizeof(Value));
        for (const std::size_t at : slicePositions(std::int64_t(list->items.size()), from, to, step))
            items.push_back(list->items[at]);
        return work.list(std::move(items), list->tuple);
    }
    work.bytes(value.string()->size() * sizeof(std::string_view));
    const auto parts = characters(*value.string());
    std::string text;
    for (const std::size_t at : slicePositions(std::int64_t(parts.size()), from, to, step))
        text += parts[at];
    return work.text(std::move(text));
}

}  // namespace halftone::chat
