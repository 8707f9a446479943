// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace halftone::format {

static_assert(std::endian::native == std::endian::little, "numbers are copied from little-endian files as they are");

/// Text from a file made fit for a message: control and non-ASCII bytes shown as \xNN, long text cut.
std::string printable(std::string_view text);

/// Reads numbers and strings off the front of untrusted bytes. Every read is compared with the bytes that remain before
/// anything is touched or allocated; what does not fit is Error{Malformed} naming field and byte. Memory that the read
/// values will need is charged against a budget, so that no file makes its reader allocate without bound.
class BoundedReader {
public:
    BoundedReader(std::span<const std::byte> bytes, std::uint64_t memoryBudget) : m_bytes(bytes), m_budget(memoryBudget) {}

    std::uint64_t offset() const noexcept { return m_offset; }
    std::uint64_t remaining() const noexcept { return m_bytes.size() - m_offset; }

    /// What is being read, for messages: "tensor 3 of 74". The text must outlive its use here.
    void setContext(std::string_view context) { m_context = context; }

    /// A little-endian number. `field` names it in messages: "number of tensors".
    template <class T>
    T number(std::string_view field)
    {
        static_assert(std::is_arithmetic_v<T>);
        T value;
        std::memcpy(&value, take(sizeof(T), field).data(), sizeof(T));
        return value;
    }

    /// The next `count` bytes.
    std::span<const std::byte> take(std::uint64_t count, std::string_view field);
    /// A string behind its 64-bit length.
    std::string_view string(std::string_view field);
    /// A 64-bit count of things that take at least `smallest` bytes each in the file and `memory` bytes each here.
    std::uint64_t count(std::string_view field, std::uint64_t smallest, std::uint64_t memory);

    /// Throws Error{Unsupported} when all charges together exceed the budget.
    void charge(std::uint64_t bytes, std::string_view field);

    /// Throws Error with the present context and `at` as the place.
    [[noreturn]] void fail(ErrorCode code, std::string problem, std::uint64_t at, std::string advice) const;

private:
    std::span<const std::byte> m_bytes;
    std::uint64_t m_offset = 0;
    std::uint64_t m_budget;
    std::string_view m_context;
};

}  // namespace halftone::format
