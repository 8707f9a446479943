// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace halftone::chat {

class Value;
struct List;
struct Dict;
struct Namespace;
struct Callable;

struct Undefined {
    std::string name;
};  ///< what was asked for, for the sentence when it is used
struct None {};

using TextPtr = std::shared_ptr<const std::string>;
using ListPtr = std::shared_ptr<const List>;
using DictPtr = std::shared_ptr<const Dict>;
using NamespacePtr = std::shared_ptr<Namespace>;
using CallablePtr = std::shared_ptr<const Callable>;

/// A value of a template, with Python's kinds. Copies share; all but namespaces are immutable, so nothing contains itself.
class Value {
public:
    using Storage = std::variant<Undefined, None, bool, std::int64_t, double, TextPtr, ListPtr, DictPtr, NamespacePtr, CallablePtr>;

    Value() = default;
    template <class T, class = std::enable_if_t<std::is_constructible_v<Storage, T&&> && !std::is_same_v<std::decay_t<T>, Value>>>
    Value(T&& value) : m_storage(std::forward<T>(value))
    {
    }
    static Value text(std::string_view utf8) { return TextPtr(std::make_shared<const std::string>(utf8)); }
    static Value integer(std::size_t value) { return std::int64_t(value); }
    static Value undefined(std::string_view name) { return Undefined{std::string(name)}; }

    template <class T>
    const T* as() const
    {
        return std::get_if<T>(&m_storage);
    }
    const std::string* string() const { return as<TextPtr>() ? as<TextPtr>()->get() : nullptr; }
    const List* list() const { return as<ListPtr>() ? as<ListPtr>()->get() : nullptr; }
    const Dict* dict() const { return as<DictPtr>() ? as<DictPtr>()->get() : nullptr; }
    bool isUndefined() const { return as<Undefined>() != nullptr; }
    bool isNone() const { return as<None>() != nullptr; }
    bool isNumber() const { return as<bool>() || as<std::int64_t>() || as<double>(); }

    /// Python's int(bool) and int; nothing else.
    std::optional<std::int64_t> asInteger() const;
    /// Of a bool, an integer or a float.
    std::optional<double> asNumber() const;
    /// Python's truth: empty, zero, None and undefined are false.
    bool truth() const;
    /// "str", "list", ... for sentences.
    std::string_view kind() const;
    /// How deep lists and dicts are nested in it; 0 for what contains nothing.
    std::size_t depth() const;

private:
    Storage m_storage;
};

struct List {
    std::vector<Value> items;
    bool tuple = false;
    std::size_t depth = 1;
};

/// In the order of insertion, as in Python.
struct Dict {
    std::vector<std::pair<Value, Value>> entries;
    std::size_t depth = 1;

    const Value* find(std::string_view key) const;
    const Value* find(const Value& key) const;
};

/// What namespace() makes: the one thing a template can change. Nothing looks into it recursively.
struct Namespace {
    std::vector<std::pair<std::string, Value>> members;
};

struct Arguments {
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;

    /// By position or by name; null if it was not given.
    const Value* find(std::size_t position, std::string_view name) const;
    /// Throws Error{Malformed} if it was not given.
    const Value& need(std::size_t position, std::string_view name) const;
    /// Throw Error{Malformed} if it was given with another kind.
    std::int64_t integer(std::size_t position, std::string_view name, std::int64_t otherwise) const;
    std::string text(std::size_t position, std::string_view name, std::string_view otherwise) const;
    bool truth(std::size_t position, std::string_view name, bool otherwise) const;
};

struct Callable {
    std::string name;
    std::function<Value(const Arguments&)> call;
    std::size_t depth = 0;  ///< of what it is bound to
};

}  // namespace halftone::chat
