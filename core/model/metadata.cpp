// SPDX-License-Identifier: Apache-2.0
#include "core/model/metadata.h"

#include <algorithm>
#include <bit>
#include <type_traits>
#include <utility>

namespace halftone::model {

namespace {

template <class T>
bool same(const T& a, const T& b)
{
    return a == b;
}
bool same(float a, float b)
{
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}
bool same(double a, double b)
{
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}
bool same(const Array& a, const Array& b)
{
    return a.index() == b.index() && std::visit([&b](const auto& x) {
               const auto& y = std::get<std::decay_t<decltype(x)>>(b);
               return std::ranges::equal(x, y, [](const auto& p, const auto& q) { return same(p, q); });
           }, a);
}

}  // namespace

bool sameBits(const Value& a, const Value& b)
{
    return a.index() == b.index() && std::visit([&b](const auto& x) { return same(x, std::get<std::decay_t<decltype(x)>>(b)); }, a);
}

const Value* Metadata::find(std::string_view key) const
{
    const auto found = m_index.find(key);
    return found == m_index.end() ? nullptr : &m_entries[found->second].value;
}

void Metadata::set(std::string key, Value value)
{
    const auto [found, added] = m_index.try_emplace(key, m_entries.size());
    if (added)
        m_entries.push_back({std::move(key), std::move(value)});
    else
        m_entries[found->second].value = std::move(value);
}

void Metadata::erase(std::string_view key)
{
    const auto found = m_index.find(key);
    if (found == m_index.end())
        return;
    const std::size_t position = found->second;
    m_index.erase(found);
    m_entries.erase(m_entries.begin() + std::ptrdiff_t(position));
    for (std::size_t i = position; i < m_entries.size(); ++i)
        m_index.find(m_entries[i].key)->second = i;
}

std::optional<std::string_view> Metadata::string(std::string_view key) const
{
    const Value* value = find(key);
    const std::string* text = value ? std::get_if<std::string>(value) : nullptr;
    return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

std::optional<std::int64_t> Metadata::integer(std::string_view key) const
{
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    return std::visit(
        [](const auto& held) -> std::optional<std::int64_t> {
            if constexpr (std::is_integral_v<std::decay_t<decltype(held)>>) {
                if (std::in_range<std::int64_t>(held))
                    return std::int64_t(held);
            }
            return std::nullopt;
        },
        *value);
}

std::optional<double> Metadata::number(std::string_view key) const
{
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    return std::visit(
        [](const auto& held) -> std::optional<double> {
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(held)>>)
                return double(held);
            else
                return std::nullopt;
        },
        *value);
}

std::optional<bool> Metadata::boolean(std::string_view key) const
{
    const Value* value = find(key);
    const Bool* held = value ? std::get_if<Bool>(value) : nullptr;
    return held ? std::optional<bool>(held->value) : std::nullopt;
}

}  // namespace halftone::model
