// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace halftone::model {

/// A GGUF array: one element type, any length. std::vector<bool> is avoided so that elements stay addressable.
struct Bool { bool value; friend bool operator==(Bool, Bool) = default; };
using Array = std::variant<std::vector<std::uint8_t>, std::vector<std::int8_t>, std::vector<std::uint16_t>, std::vector<std::int16_t>,
                           std::vector<std::uint32_t>, std::vector<std::int32_t>, std::vector<float>, std::vector<Bool>,
                           std::vector<std::string>, std::vector<std::uint64_t>, std::vector<std::int64_t>, std::vector<double>>;

/// A metadata value with exactly GGUF's value types, so that what was read can be written back byte for byte.
using Value = std::variant<std::uint8_t, std::int8_t, std::uint16_t, std::int16_t, std::uint32_t, std::int32_t, float, Bool,
                           std::string, Array, std::uint64_t, std::int64_t, double>;

/// The same type and the same bits: a NaN is itself, 0 is not -0.
bool sameBits(const Value& a, const Value& b);

/// Key-value pairs in file order with unique keys.
class Metadata {
public:
    struct Entry { std::string key; Value value; };

    const std::vector<Entry>& entries() const noexcept { return m_entries; }
    bool contains(std::string_view key) const { return find(key) != nullptr; }
    const Value* find(std::string_view key) const;

    /// Adds at the end, or replaces in place.
    void set(std::string key, Value value);
    void erase(std::string_view key);

    /// Typed look-ups; a missing key or a value of another kind is empty. `integer` takes any integer type that fits,
    /// `number` any integer or float.
    std::optional<std::string_view> string(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    std::optional<double> number(std::string_view key) const;
    std::optional<bool> boolean(std::string_view key) const;
    /// Null unless the key holds an array of exactly T.
    template <class T>
    const std::vector<T>* array(std::string_view key) const
    {
        const Value* value = find(key);
        const Array* array = value ? std::get_if<Array>(value) : nullptr;
        return array ? std::get_if<std::vector<T>>(array) : nullptr;
    }

private:
    std::vector<Entry> m_entries;
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view key) const noexcept { return std::hash<std::string_view>{}(key); }
    };
    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> m_index;
};

}  // namespace halftone::model
