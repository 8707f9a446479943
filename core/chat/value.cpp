// SPDX-License-Identifier: Apache-2.0
#include "core/chat/value.h"

#include "core/base/error.h"

namespace halftone::chat {
namespace {

Error argumentError(std::string_view name, std::string_view wanted)
{
    return Error(ErrorCode::Malformed, "argument '" + std::string(name) + "' must be " + std::string(wanted));
}

bool sameKey(const Value& a, const Value& b)
{
    if (a.string() && b.string())
        return *a.string() == *b.string();
    const auto x = a.asNumber(), y = b.asNumber();
    return (x && y && *x == *y) || (a.isNone() && b.isNone());
}

}  // namespace

std::optional<std::int64_t> Value::asInteger() const
{
    if (const auto* truth = as<bool>())
        return *truth ? 1 : 0;
    if (const auto* number = as<std::int64_t>())
        return *number;
    return {};
}

std::optional<double> Value::asNumber() const
{
    if (const auto* number = as<double>())
        return *number;
    if (const auto whole = asInteger())
        return double(*whole);
    return {};
}

bool Value::truth() const
{
    if (const auto number = asNumber())
        return *number != 0;
    if (const auto* text = string())
        return !text->empty();
    if (const auto* items = list())
        return !items->items.empty();
    if (const auto* members = dict())
        return !members->entries.empty();
    return as<NamespacePtr>() || as<CallablePtr>();
}

std::string_view Value::kind() const
{
    static constexpr std::string_view kNames[] = {"undefined", "None", "bool", "int",       "float",
                                                  "str",       "list", "dict", "namespace", "function"};
    return list() && list()->tuple ? "tuple" : kNames[m_storage.index()];
}

std::size_t Value::depth() const
{
    if (const auto* items = list())
        return items->depth;
    if (const auto* members = dict())
        return members->depth;
    return as<CallablePtr>() ? (*as<CallablePtr>())->depth : 0;
}

const Value* Dict::find(std::string_view key) const
{
    for (const auto& [name, value] : entries)
        if (name.string() && *name.string() == key)
            return &value;
    return nullptr;
}

const Value* Dict::find(const Value& key) const
{
    for (const auto& [name, value] : entries)
        if (sameKey(name, key))
            return &value;
    return nullptr;
}

const Value* Arguments::find(std::size_t position, std::string_view name) const
{
    if (position < positional.size())
        return &positional[position];
    for (const auto& [key, value] : named)
        if (key == name)
            return &value;
    return nullptr;
}

const Value& Arguments::need(std::size_t position, std::string_view name) const
{
    if (const Value* value = find(position, name))
        return *value;
    throw Error(ErrorCode::Malformed, "argument '" + std::string(name) + "' is missing");
}

std::int64_t Arguments::integer(std::size_t position, std::string_view name, std::int64_t otherwise) const
{
    const Value* value = find(position, name);
    if (!value || value->isNone())
        return otherwise;
    if (const auto number = value->asInteger())
        return *number;
    throw argumentError(name, "an integer");
}

std::string Arguments::text(std::size_t position, std::string_view name, std::string_view otherwise) const
{
    const Value* value = find(position, name);
    if (!value || value->isNone())
        return std::string(otherwise);
    if (const auto* string = value->string())
        return *string;
    throw argumentError(name, "a string");
}

bool Arguments::truth(std::size_t position, std::string_view name, bool otherwise) const
{
    const Value* value = find(position, name);
    return value ? value->truth() : otherwise;
}

}  // namespace halftone::chat
